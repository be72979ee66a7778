/**
 * Seal a file into segments under a key of its own, and open it again (docs/protocol.md §10, FILE-1 and FILE-3).
 *
 *     file ─▶ padded (Padmé) ─▶ segments of 512 KiB ─▶ Cobblestone-256 under a fresh key ─▶ one blob per segment
 */
import { MOST_BYTES, type SealedFile } from "../contents/sealed_file"
import { concat, fromBase64, fromHex, randomBytes, toBase64, toHex } from "../wire/bytes"
import { decrypt, encrypt, KEY_BYTES } from "../wire/cobblestone"
import { sha256Hex } from "../wire/hash"
import { SealRefused } from "../wire/sealing"
import { encode } from "../wire/tls"

const LABEL = "pratique document v1"
export const SEGMENT_BYTES = 512 * 1024
const ID_BYTES = 16

/** Give the size to which a file is padded: Padmé, at most 12 % more, so that few files share no size. */
export function paddedSize(size: number): number {
  if (size < 2) return size
  const exponent = 31 - Math.clz32(size)
  const mask = 2 ** (exponent - (32 - Math.clz32(exponent))) - 1
  return Math.ceil(size / (mask + 1)) * (mask + 1)
}

/** Seal a file; give what its content says of it and the sealed segments in order. */
export async function sealFile(
  data: Uint8Array,
  name: string,
  type: string,
): Promise<{ said: SealedFile; segments: Uint8Array[] }> {
  if (data.length === 0 || data.length > MOST_BYTES) {
    const code = data.length === 0 ? "file_empty" : "file_too_large"
    throw new SealRefused(code, `a file has 1 to ${MOST_BYTES} bytes, this one ${data.length}`)
  }
  const [key, id] = [randomBytes(KEY_BYTES), randomBytes(ID_BYTES)]
  const padded = concat(data, new Uint8Array(paddedSize(data.length) - data.length))
  const count = Math.ceil(padded.length / SEGMENT_BYTES)
  const segments: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const piece = padded.subarray(index * SEGMENT_BYTES, (index + 1) * SEGMENT_BYTES)
    segments.push(await encrypt(key, context(id, index, count), piece))
  }
  const said = {
    id: toHex(id),
    name,
    type,
    size_bytes: data.length,
    sha256: sha256Hex(data),
    key: toBase64(key),
    segments: segments.map(sha256Hex),
  }
  return { said, segments }
}

/**
 * Fetch the segments of a file by their digests, open and check them.
 *
 * Throws  SealRefused: segment_differs, cannot_open, malformed_file; whatever `fetch` throws
 */
export async function openFile(file: SealedFile, fetch: (digest: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  const [key, id, count] = [fromBase64(file.key), fromHex(file.id), file.segments.length]
  const pieces: Uint8Array[] = []
  for (const [index, digest] of file.segments.entries()) {
    const sealed = await fetch(digest)
    if (sha256Hex(sealed) !== digest) {
      throw new SealRefused("segment_differs", `segment ${index + 1} of ${file.name} is not what was put`)
    }
    const piece = await decrypt(key, context(id, index, count), sealed)
    if (piece === null) throw new SealRefused("cannot_open", `segment ${index + 1} of ${file.name} does not open`)
    pieces.push(piece)
  }
  const padded = concat(...pieces)
  const data = padded.slice(0, file.size_bytes)
  const sized = padded.length === paddedSize(file.size_bytes)
  const fits = sized && padded.subarray(file.size_bytes).every((one) => one === 0)
  if (!fits || sha256Hex(data) !== file.sha256) {
    throw new SealRefused("malformed_file", `${file.name} is not what its sender described`)
  }
  return data
}

function context(id: Uint8Array, index: number, count: number): Uint8Array {
  return encode(LABEL, id, index, count)
}
