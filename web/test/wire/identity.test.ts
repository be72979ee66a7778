import { expect, test } from "vitest"
import { checkOfficeId, DeviceUri, NameRefused, officeParty, partyHost } from "../../src/wire/identity"
import { type Case, load, rows, verdict } from "./vectors"

type Parts = Record<"party" | "deployment" | "office" | "person" | "device", string>
const FILE = load<{
  devices: (Case & { uri: string; host: string; office_id: string; parts: Parts })[]
  offices: (Case & { office: string; party: string })[]
}>("identity")

test.each(rows(FILE.devices))("device: %s", async (_, one) => {
  expect(await verdict(() => DeviceUri.parse(one.uri))).toBe(one.expect)
  if (one.expect !== "ok") return
  const uri = DeviceUri.parse(one.uri)
  expect(uri).toMatchObject(one.parts)
  expect([String(uri), uri.host, uri.officeId]).toEqual([one.uri, one.host, one.office_id])
})

test.each(rows(FILE.offices))("office: %s", async (_, one) => {
  expect(await verdict(() => checkOfficeId(one.office))).toBe(one.expect)
  if (one.expect === "ok") expect(officeParty(one.office)).toBe(one.party)
})

test("a host has at most 64 characters", () => {
  const deployment = `${"d".repeat(42)}.example`
  expect(partyHost("p".repeat(13), deployment)).toHaveLength(64)
  expect(() => partyHost("p".repeat(14), deployment)).toThrow(NameRefused)
})
