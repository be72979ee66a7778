import { describe, expect, it } from "vitest"
import { withoutMetadata } from "../../src/worker/photos"

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  new Uint8Array(parts.flatMap((one) => (typeof one === "string" ? [...one].map((sign) => sign.charCodeAt(0)) : one)))
const text = (data: Uint8Array): string => String.fromCharCode(...data)

/** Write one JPEG segment. */
function segment(marker: number, ...parts: (string | number[])[]): number[] {
  const body = [...bytes(...parts)]
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body]
}

function exif(turn: number, little = false): number[] {
  const two = (value: number): number[] => (little ? [value & 0xff, value >> 8] : [value >> 8, value & 0xff])
  const four = (value: number): number[] => (little ? [value, 0, 0, 0] : [0, 0, 0, value])
  const make = [...two(0x010f), ...two(2), ...four(4), 0x43, 0x61, 0x6d, 0]
  const orientation = [...two(0x0112), ...two(3), ...four(1), ...two(turn), 0, 0]
  const head = [...(little ? [0x49, 0x49] : [0x4d, 0x4d]), ...two(42), ...four(8)]
  return segment(0xe1, "Exif", [0, 0], head, two(2), make, orientation, [0, 0, 0, 0], "GPS 50.85 4.35")
}

function jpeg(...extra: number[][]): Uint8Array {
  const table = segment(0xdb, [0, 1, 2, 3])
  const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 0x12, 0xff, 0x00, 0x34]
  return new Uint8Array([0xff, 0xd8, ...segment(0xe0, "JFIF", [0]), ...extra.flat(), ...table, ...scan, 0xff, 0xd9])
}

describe("a photo without metadata", () => {
  it.each([false, true])("keeps a JPEG's picture and turn, and nothing else of EXIF (little endian: %s)", (little) => {
    const taken = jpeg(exif(6, little), segment(0xe1, "http://ns.adobe.com/xap/1.0/"), segment(0xfe, "by Ana"))
    const film = new Uint8Array([...taken, ...bytes("MotionPhoto_Data")])
    const left = withoutMetadata(film, "image/jpeg")
    for (const gone of ["GPS", "Cam", "adobe", "Ana", "Motion"]) expect(text(left)).not.toContain(gone)
    const at = text(left).indexOf("Exif")
    const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
    expect([...left.subarray(at + 6, at + 32)]).toEqual(tiff)
    expect(text(left)).toContain(text(jpeg().subarray(-24)))
    // A second time there is nothing to take out.
    expect(withoutMetadata(left, "image/jpeg")).toEqual(left)
  })

  it("leaves an upright JPEG without any EXIF", () => {
    expect(withoutMetadata(jpeg(exif(1)), "image/jpeg")).toEqual(jpeg())
  })

  it("keeps of a PNG what is needed to show it", () => {
    const chunk = (name: string, body: string): number[] => [0, 0, 0, body.length, ...bytes(name, body), 1, 2, 3, 4]
    const head = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]
    const named = { IHDR: "13", tEXt: "Author Ana", eXIf: "GPS", IDAT: "pix", IEND: "" }
    const whole = Object.entries(named).map(([name, body]) => chunk(name, body))
    const left = withoutMetadata(new Uint8Array([...head, ...whole.flat()]), "image/png")
    expect(left).toEqual(new Uint8Array([...head, ...whole[0]!, ...whole[3]!, ...whole[4]!]))
  })

  it("takes EXIF and XMP out of a WebP, and its flags", () => {
    const chunk = (name: string, body: number[]): number[] => {
      return [...bytes(name), body.length, 0, 0, 0, ...body, ...(body.length % 2 ? [0] : [])]
    }
    const chunks = [chunk("VP8X", [0x0c, 0, 0, 0]), chunk("VP8 ", [1, 2, 3]), chunk("EXIF", [9, 9]), chunk("XMP ", [8])]
    const riff = (...kept: number[][]): Uint8Array => {
      const body = kept.flat()
      return new Uint8Array([...bytes("RIFF"), body.length + 4, 0, 0, 0, ...bytes("WEBP"), ...body])
    }
    const left = withoutMetadata(riff(...chunks), "image/webp")
    expect(left).toEqual(riff(chunk("VP8X", [0, 0, 0, 0]), chunks[1]!))
  })

  it.each(["image/jpeg", "image/png", "image/webp"] as const)("refuses what is no %s", (type) => {
    for (const wrong of [new Uint8Array(), bytes("GIF89a and more of it"), jpeg().subarray(0, 20)]) {
      expect(() => withoutMetadata(wrong, type)).toThrow("cut off or damaged")
    }
  })
})
