import { describe, expect, test } from "vitest"
import { readManifest, ReleaseRefused } from "../../src/sw/manifest"

const DIGEST = "ab".repeat(32)
const read = (value: unknown) => readManifest(new TextEncoder().encode(JSON.stringify(value)).buffer)

describe("what a build consists of", () => {
  test("is read", () => {
    const files = { "assets/main-Ab_1.js": DIGEST, "index.html": DIGEST }
    expect(read({ version: "1", files })).toEqual({ version: "1", files })
  })

  test.each([
    ["no page", {}],
    ["a way out of the folder", { "../x.js": DIGEST }],
    ["a way out inside", { "assets/../../x.js": DIGEST }],
    ["an absolute path", { "/x.js": DIGEST }],
    ["another origin", { "https://evil.example/x.js": DIGEST }],
    ["another host", { "//evil.example/x.js": DIGEST }],
    ["a query", { "x.js?y": DIGEST }],
    ["a hidden file", { ".x.js": DIGEST }],
    ["capital digits", { "x.js": DIGEST.toUpperCase() }],
    ["a short digest", { "x.js": "ab" }],
    ["no digest", { "x.js": null }],
  ])("is refused with %s", (name, more) => {
    const files = name === "no page" ? {} : { "index.html": DIGEST, ...more }
    expect(() => read({ version: "1", files })).toThrow(ReleaseRefused)
  })

  test.each([null, [], "x", {}, { version: "1" }, { version: 1, files: {} }, { version: "1", files: {}, more: 1 }])(
    "is refused as %j",
    (value) => expect(() => read(value)).toThrow(ReleaseRefused),
  )

  test("is refused when it is no JSON", () => {
    expect(() => readManifest(new Uint8Array([0xff]).buffer)).toThrow(ReleaseRefused)
  })
})
