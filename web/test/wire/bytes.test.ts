import { expect, test } from "vitest"
import { fromBase64, fromBase64Url, fromHex, toBase64, toBase64Url, toHex, utf8 } from "../../src/wire/bytes"

const EVERY = Uint8Array.from({ length: 256 }, (_, byte) => byte)

test("hex and base64 are read back, and agree with the platform's own", () => {
  for (const size of [0, 1, 2, 3, 255, 256, 10_000]) {
    const data = Uint8Array.from({ length: size }, (_, at) => (at * 7) & 255)
    const buffer = Buffer.from(data)
    expect(toHex(data)).toBe(buffer.toString("hex"))
    expect(toBase64(data)).toBe(buffer.toString("base64"))
    expect(toBase64Url(data)).toBe(buffer.toString("base64url"))
    expect(fromHex(toHex(data))).toEqual(data)
    expect(fromBase64(toBase64(data))).toEqual(data)
    expect(fromBase64Url(toBase64Url(data))).toEqual(data)
  }
})

test.each(["0", "AB", "zz", " 00", "0x00"])("%j is not hex", (text) => {
  expect(() => fromHex(text)).toThrow(RangeError)
})

test.each(["Z", "ZA", "ZA=", "Z A=", "ZGF0YQ", "ZGF0YQ==\n", "ZB==", "ZGE1", "AAB=", "-_-_", "=", "A==="])(
  "%j is base64 in its one form or refused",
  (text) => {
    const taken = Buffer.from(text, "base64").toString("base64") === text
    if (taken) expect(toBase64(fromBase64(text))).toBe(text)
    else expect(() => fromBase64(text)).toThrow(RangeError)
    expect(taken).toBe(text === "ZGE1")
  },
)

test("URL-safe base64 has no padding and no other alphabet", () => {
  const text = toBase64Url(EVERY)
  expect(text).toMatch(/[-_]/)
  for (const loose of [`${text}=`, text.replaceAll("-", "+"), "Z", "ZB"]) {
    expect(() => fromBase64Url(loose)).toThrow(RangeError)
  }
})

test("a lone surrogate is no text", () => {
  expect(toHex(utf8("😀"))).toBe("f09f9880")
  for (const text of ["\ud800", "a\udc00", "\ude00\ud83d"]) expect(() => utf8(text)).toThrow(RangeError)
})
