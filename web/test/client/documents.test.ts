/** Files sealed by Python open here, and the other way round; what was changed is refused. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { openFile, paddedSize, sealFile, SEGMENT_BYTES } from "../../src/client/documents"
import { SealedFile } from "../../src/contents/sealed_file"
import { fromBase64, randomBytes } from "../../src/wire/bytes"
import { sha256, sha256Hex } from "../../src/wire/hash"

interface Vector {
  readonly sizes: readonly (readonly [number, number])[]
  readonly file: unknown
  readonly data_sha256: string
  readonly segments: readonly string[]
}
const vectors = JSON.parse(readFileSync(new URL("../../../vectors/files.json", import.meta.url), "utf8")) as Vector

function keep(segments: readonly Uint8Array[]): (digest: string) => Promise<Uint8Array> {
  const kept = new Map(segments.map((one) => [sha256Hex(one), one]))
  return async (digest) => kept.get(digest) ?? new Uint8Array()
}

describe("files", () => {
  it("are padded as Python pads them", () => {
    expect(vectors.sizes.length).toBeGreaterThan(20)
    for (const [size, padded] of vectors.sizes) expect(paddedSize(size)).toBe(padded)
  })

  it("sealed by Python open here", async () => {
    const file = SealedFile.check(vectors.file)
    const data = await openFile(file, keep(vectors.segments.map(fromBase64)))
    expect(sha256Hex(data)).toBe(vectors.data_sha256)
  })

  it.each([1, 1000, SEGMENT_BYTES, SEGMENT_BYTES + 1])("come back, %i bytes", async (size) => {
    const data = size > 60_000 ? new Uint8Array(size).fill(7) : randomBytes(size)
    const { said, segments } = await sealFile(data, "seal.jpg", "image/jpeg")
    expect(sha256(await openFile(SealedFile.check(said), keep(segments)))).toEqual(sha256(data))
  })

  it.each([
    ["another size", { size_bytes: 999 }, "malformed_file"],
    ["another digest", { sha256: "0".repeat(64) }, "malformed_file"],
    ["another id", { id: "0".repeat(32) }, "cannot_open"],
    ["another key", { key: `${"A".repeat(43)}=` }, "cannot_open"],
    ["a segment that is not there", { segments: ["0".repeat(64)] }, "segment_differs"],
  ])("that were changed are refused: %s", async (_name, changes, code) => {
    const { said, segments } = await sealFile(randomBytes(5000), "seal.jpg", "image/jpeg")
    await expect(openFile({ ...said, ...changes }, keep(segments))).rejects.toMatchObject({ code })
  })
})
