import { describe, expect, it } from "vitest"
import { mentioned, segments, shownText, typing } from "../../src/pages/channels/mentioning"
import { deviceOf, officeOf } from "../../src/pages/channels/people"
import { sizeOf } from "../../src/pages/channels/picture_size"
import { drawable, named, typeOf } from "../../src/pages/channels/pictures"
import { seatChanges } from "../../src/pages/seats"

const bytes = (...these: number[]): Uint8Array => new Uint8Array([...these, ...new Uint8Array(16)])
const words = (text: string): Uint8Array => new TextEncoder().encode(text)

const high = (number: number, size: number): number[] => Array.from({ length: size }, (_, nth) => Math.floor(number / 256 ** (size - 1 - nth)) % 256)
const low = (number: number, size: number): number[] => high(number, size).reverse()
const jpeg = (wide: number, tall: number): Uint8Array => bytes(0xff, 0xd8, 0xff, 0xc2, 0, 17, 8, ...high(tall, 2), ...high(wide, 2), 3)
const png = (wide: number, tall: number): Uint8Array =>
  bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, ...words("IHDR"), ...high(wide, 4), ...high(tall, 4), 8, 6)
const webp = (chunk: string, ...said: number[]): Uint8Array => bytes(...words("RIFF"), 0, 0, 0, 0, ...words(`WEBP${chunk}`), 0, 0, 0, 0, ...said)
const lossy = (wide: number, tall: number): Uint8Array => webp("VP8 ", 0x10, 0, 0, 0x9d, 0x01, 0x2a, ...low(wide, 2), ...low(tall, 2))
const lossless = (wide: number, tall: number): Uint8Array => webp("VP8L", 0x2f, ...low((wide - 1) + (tall - 1) * 2 ** 14, 4))
const extended = (wide: number, tall: number): Uint8Array => webp("VP8X", 0, 0, 0, 0, ...low(wide - 1, 3), ...low(tall - 1, 3))

describe("mentions", () => {
  const parties = ["ae", "ke", "rilo-esa"]
  it("finds the Members that a text names, each once", () => {
    expect(mentioned("@KE and @ke, (@rilo-esa) but not @fr nor x@aex", parties)).toEqual(["ke", "rilo-esa"])
  })
  it("cuts a text without losing a letter", () => {
    const text = "See @KE: PN-STOP-III-BE-2026-000001-21, <b>@FR</b>"
    const cut = segments(text, ["ke"])
    expect(cut.map((one) => one.text).join("")).toBe(text)
    expect(cut.filter((one) => one.party !== undefined)).toEqual([{ text: "@KE", party: "ke" }])
    expect(cut.filter((one) => one.reference !== undefined).map((one) => one.reference)).toEqual(["PN-STOP-III-BE-2026-000001-21"])
  })
  it("knows what is typed behind an @ and what is an address", () => {
    expect(typing("hello @k", 8)).toEqual({ from: 6, word: "k" })
    expect(typing("@", 1)).toEqual({ from: 0, word: "" })
    expect(typing("a@k", 3)).toBeNull()
    expect(typing("@ke ", 4)).toBeNull()
  })
  it("shows what would turn letters around", () => {
    expect(shownText("\u202egpj.exe\u202d")).toBe("\ufffdgpj.exe\ufffd")
    expect(shownText("مرحبا\u200f \u2068x\u2069")).toBe("مرحبا\u200f \u2068x\u2069")
  })
})

describe("pictures", () => {
  it("tells a picture by its first bytes", () => {
    expect(typeOf(bytes(0xff, 0xd8, 0xff, 0xe0))).toBe("image/jpeg")
    expect(typeOf(bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))).toBe("image/png")
    expect(typeOf(bytes(...words("RIFF"), 0, 0, 0, 0, ...words("WEBP")))).toBe("image/webp")
  })
  it.each(["<svg onload=alert(1)>", "<!doctype html><script>", "GIF89a", "RIFF0000WAVE", "%PDF-1.7", "", "\ufeff<svg>"])(
    "draws nothing else: %s",
    (text) => {
      expect(typeOf(words(text))).toBeNull()
      expect(drawable(words(text))).toBeNull()
    },
  )
  it("says of what it draws only what the bytes are", () => {
    expect(drawable(jpeg(640, 480))?.type).toBe("image/jpeg")
    expect(drawable(png(640, 480))?.type).toBe("image/png")
    expect(drawable(lossy(640, 480))?.type).toBe("image/webp")
  })
  it.each([["JPEG", jpeg], ["PNG", png], ["WebP", lossy], ["lossless WebP", lossless], ["extended WebP", extended]] as const)(
    "reads how large a %s would be, and draws none that is too large",
    (_kind, made) => {
      expect(sizeOf(made(640, 481))).toEqual({ width: 640, height: 481 })
      expect(sizeOf(made(8192, 6144))).toEqual({ width: 8192, height: 6144 })
      expect(drawable(made(8192, 6144))).not.toBeNull()
      expect(drawable(made(16_000, 16_000))).toBeNull()
      expect(sizeOf(made(640, 481).subarray(0, 10))).toBeNull()
      expect(drawable(made(640, 481).subarray(0, 10))).toBeNull()
    },
  )
  it("draws no line of pixels that is longer than a canvas", () => {
    expect(drawable(png(20_001, 1))).toBeNull()
    expect(drawable(png(0xffffffff, 0xffffffff))).toBeNull()
    expect(drawable(png(0, 10))).toBeNull()
  })
  it("finds the frame of a JPEG behind what a camera writes, and no frame where a table only looks like one", () => {
    const app = [0xff, 0xe1, 0, 12, ...words("Exif\0\0\xff"), 0xc0]
    const table = [0xff, 0xc4, 0, 9, 8, 0, 1, 0, 1, 1, 1]
    const one = jpeg(16_000, 16_000)
    const behind = new Uint8Array([0xff, 0xd8, ...app, 0xff, ...table, ...one.subarray(2)])
    expect(sizeOf(behind)).toEqual({ width: 16_000, height: 16_000 })
    expect(sizeOf(new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0, 0, ...one.subarray(2)]))).toBeNull()
    expect(sizeOf(new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2, ...one.subarray(2)]))).toBeNull()
  })
  it("names a file by what it is", () => {
    expect(named("\u202egnp.exe", "image/jpeg")).toBe("gnp.jpg")
    expect(named("../../etc/passwd", "image/png")).toBe("....etcpasswd.png")
    expect(named("photo.svg", "image/webp")).toBe("photo.webp")
    expect(named("", "image/jpeg")).toBe("photo.jpg")
    expect([...named("🦀".repeat(400), "image/png")].length).toBe(124)
  })
})

describe("devices", () => {
  it("reads whose a device is", () => {
    expect(deviceOf("pratique://be.stop.example/ncp/m.peeters/desk1")).toEqual({ party: "be", office: "ncp", person: "m.peeters", device: "desk1" })
    expect(officeOf("pratique://rilo-esa.stop.example/ncp/n.achieng/desk1")).toBe("rilo-esa/ncp")
    expect(deviceOf("nonsense").person).toBe("nonsense")
  })
})

it("what others change of the seats meanwhile is neither taken back nor asked for again", () => {
  const base = ["be/ncp", "ke/ncp"]
  expect(seatChanges(base, ["be/ncp", "ae/ncp"], base)).toEqual({ seat: ["ae/ncp"], unseat: ["ke/ncp"] })
  // Uganda came, Kenya went, the Emirates were seated by somebody else.
  expect(seatChanges(base, ["be/ncp", "ae/ncp"], ["be/ncp", "ug/ncp", "ae/ncp"])).toEqual({ seat: [], unseat: [] })
  expect(seatChanges(base, base, ["be/ncp", "ug/ncp"])).toEqual({ seat: [], unseat: [] })
})
