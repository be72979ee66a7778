import { describe, expect, it } from "vitest"
import { mentioned, segments, shownText, typing } from "../../src/pages/channels/mentioning"
import { deviceOf, officeOf } from "../../src/pages/channels/people"
import { drawable, named, typeOf } from "../../src/pages/channels/pictures"

const bytes = (...these: number[]): Uint8Array => new Uint8Array([...these, ...new Uint8Array(16)])
const words = (text: string): Uint8Array => new TextEncoder().encode(text)

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
    expect(drawable(bytes(0xff, 0xd8, 0xff))?.type).toBe("image/jpeg")
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
