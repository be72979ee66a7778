/** Photos that come by themselves: small ones, over a good link, and what the bytes say counts, not the sender's word. */
import { describe, expect, it } from "vitest"
import { comesByItself, inTurn, MOST_BY_ITSELF } from "../../src/pages/channels/coming"
import { drawable } from "../../src/pages/channels/pictures"

const photo = { size_bytes: 400_000, width: 2048, height: 1536 }

describe("a photo that nobody asked for yet", () => {
  it.each([
    ["comes", photo, {}, true],
    ["comes", photo, { effectiveType: "4g", saveData: false }, true],
    ["waits over a thin link", photo, { effectiveType: "3g" }, false],
    ["waits where data is dear", photo, { saveData: true }, false],
    ["waits where it is heavy", { ...photo, size_bytes: 3 << 20 }, {}, false],
    ["waits where it is large", { ...photo, width: 8000, height: 6000 }, {}, false],
  ])("%s", (_what, one, link, comes) => {
    expect(comesByItself(one, link)).toBe(comes)
  })
  it("is not drawn where it is larger than was said", () => {
    const said = (size: number): number[] => [size >>> 24, size >>> 16, size >>> 8, size].map((one) => one & 0xff)
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, ...said(7000), ...said(7000), 8, 6])
    expect(drawable(png)).not.toBeNull()
    expect(drawable(png, MOST_BY_ITSELF)).toBeNull()
  })
  it("comes after the others, also after one that failed", async () => {
    const done: string[] = []
    const failing = inTurn(async () => {
      await Promise.resolve()
      done.push("first")
      throw new Error("offline")
    })
    const next = inTurn(() => Promise.resolve(void done.push("second")))
    await expect(failing).rejects.toThrow("offline")
    await next
    expect(done).toEqual(["first", "second"])
  })
})
