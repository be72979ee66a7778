import { describe, expect, test } from "vitest"
import { concat, fromBase64, fromHex, toHex } from "../../src/wire/bytes"
import {
  authorityKeyId,
  CertificateRefused,
  lifetime,
  readAuthority,
  readRoot,
  verifyAuthority,
  verifyDevice,
} from "../../src/wire/certificates"
import { bitString, integer, sequence } from "../../src/wire/der"
import { DeviceUri, NameRefused } from "../../src/wire/identity"
import { enrolmentFingerprint, issueAuthority, issueDevice, makeRoot } from "../../src/wire/issuing"
import { generateSeed, KeyRefused, publicKeyOf } from "../../src/wire/keys"
import { type Case, load, rows, seedOf, verdict } from "./vectors"

interface File {
  certificates: Record<string, string>
  good: {
    deployment: string
    host: string
    uri: string
    root_key: string
    authority_key: string
    device_key: string
    not_before_ms: number
    not_after_ms: number
  }
  cases: (Case & { root: string; authority?: string; device?: string; at_ms: number })[]
  enrolment: { key: string; uri: string; invitation_digest: string; fingerprint: string }
}
const FILE = load<File>("certificates")
const AT_MS = FILE.good.not_before_ms + 300_000

function der(name: string | undefined): Uint8Array {
  return fromBase64(FILE.certificates[name ?? ""] ?? "missing from the vectors")
}
const [ROOT, KE, DEVICE] = [der("root"), der("KE"), der("KE device")]

test.each(rows(FILE.cases))("%s", async (_, one) => {
  const judged = async (): Promise<void> => {
    const root = await readRoot(der(one.root))
    if (one.device !== undefined) await verifyDevice(der(one.device), der(one.authority), root.der, one.at_ms)
  }
  expect(await verdict(judged)).toBe(one.expect)
})

test("every certificate of the vectors stands in a case", () => {
  const used = new Set(FILE.cases.flatMap((one) => [one.root, one.authority, one.device]))
  expect(Object.keys(FILE.certificates).filter((name) => !used.has(name))).toEqual([])
})

test("what the good chain gives", async () => {
  const { good } = FILE
  const root = await readRoot(ROOT)
  const party = await verifyAuthority(KE, ROOT, AT_MS)
  const device = await verifyDevice(DEVICE, KE, ROOT, AT_MS)
  expect([root.deployment, toHex(root.key)]).toEqual([good.deployment, good.root_key])
  expect([party.host, toHex(party.key)]).toEqual([good.host, good.authority_key])
  expect([String(device.uri), toHex(device.key), device.authority]).toEqual([good.uri, good.device_key, KE])
  expect(lifetime(DEVICE)).toEqual([good.not_before_ms, good.not_after_ms])
  expect(readAuthority(KE)).toEqual({ host: good.host, key: party.key })
  expect(lifetime(fromHex("3003020101"))).toEqual([])
})

test.each([0x01, 0x80, 0xff])("no byte changed by %i is taken", async (mask) => {
  for (let at = 0; at < DEVICE.length; at++) {
    const forged = DEVICE.slice()
    forged[at] = (forged[at] as number) ^ mask
    await expect(verifyDevice(forged, KE, ROOT, AT_MS), `byte ${at}`).rejects.toThrow(CertificateRefused)
  }
})

test("what is cut short is refused cleanly wherever it ends", async () => {
  for (let end = 0; end < DEVICE.length; end++) {
    expect(await verdict(() => authorityKeyId(DEVICE.subarray(0, end)))).toBe("malformed_certificate")
  }
})

test("nothing may follow a certificate, though it be DER", async () => {
  expect(await verdict(() => authorityKeyId(concat(DEVICE, fromHex("0500"))))).toBe("malformed_certificate")
})

test("integers and bit strings have their one form", () => {
  const written = [0n, 127n, 128n, 255n, 256n, (1n << 127n) + 1n].map((value) => toHex(integer(value)))
  expect(written.slice(0, 5)).toEqual(["020100", "02017f", "02020080", "020200ff", "02020100"])
  expect(written[5]).toBe(`02110080${"00".repeat(14)}01`)
  expect(toHex(sequence(bitString(new Uint8Array(200))))).toMatch(/^3081cc0381c900/)
  expect(toHex(sequence(new Uint8Array(300))).slice(0, 8)).toBe("3082012c")
})

describe("issuing", () => {
  const uri = DeviceUri.parse(FILE.good.uri)

  test("what is issued here is, byte for byte, what the Python side issues", async () => {
    const [rootSeed, caSeed] = [seedOf("root"), seedOf("ke")]
    expect(await makeRoot("stop.example", rootSeed, AT_MS, 10, 1n)).toEqual(ROOT)
    expect(await issueAuthority("ke", ROOT, rootSeed, await publicKeyOf(caSeed), AT_MS, 5, 2n)).toEqual(KE)
    const deviceKey = await publicKeyOf(seedOf(FILE.good.uri))
    expect(await issueDevice(uri, deviceKey, KE, caSeed, AT_MS, 90, 4n)).toEqual(DEVICE)
  })

  test("a chain made here verifies here, and two of the same differ", async () => {
    const [rootSeed, caSeed, deviceKey] = [generateSeed(), generateSeed(), await publicKeyOf(generateSeed())]
    const root = await makeRoot("stop.example", rootSeed, AT_MS)
    const authority = await issueAuthority("ke", root, rootSeed, await publicKeyOf(caSeed), AT_MS)
    const [one, two] = [
      await issueDevice(uri, deviceKey, authority, caSeed, AT_MS),
      await issueDevice(uri, deviceKey, authority, caSeed, AT_MS),
    ]
    expect(toHex(one)).not.toBe(toHex(two))
    for (const issued of [one, two]) {
      const device = await verifyDevice(issued, authority, root, AT_MS)
      expect([String(device.uri), device.key]).toEqual([FILE.good.uri, deviceKey])
      expect(device.not_after_ms - device.not_before_ms).toBe(90 * 86_400_000)
    }
    expect(authorityKeyId(one)).toBe(authorityKeyId(two))
  })

  test("a certificate that ends after 2049 says so in four digits", async () => {
    const seed = generateSeed()
    const root = await makeRoot("stop.example", seed, AT_MS, 30)
    expect((await readRoot(root)).not_after_ms).toBe(FILE.good.not_before_ms + 30 * 365 * 86_400_000)
    expect(Buffer.from(root).toString("latin1")).toContain("\x18\x0f20570107075500Z")
  })

  test("nothing is issued that would not verify", async () => {
    const [rootSeed, caSeed, key] = [generateSeed(), generateSeed(), fromHex(FILE.good.device_key)]
    const root = await makeRoot("stop.example", rootSeed, AT_MS)
    const caKey = await publicKeyOf(caSeed)
    const authority = await issueAuthority("ke", root, rootSeed, caKey, AT_MS)
    const verdicts = [
      () => issueAuthority("ke", root, caSeed, caKey, AT_MS),
      () => issueDevice(uri, key, authority, rootSeed, AT_MS),
      async () => issueDevice(uri, key, await issueAuthority("be", root, rootSeed, caKey, AT_MS), caSeed, AT_MS),
      ...[0, 91, -1].map((days) => () => issueDevice(uri, key, authority, caSeed, AT_MS, days)),
    ].map(verdict)
    expect(await Promise.all(verdicts)).toEqual([
      ...["wrong_issuer", "wrong_issuer", "wrong_name"],
      ...["wrong_validity", "wrong_validity", "wrong_validity"],
    ])
    await expect(issueDevice(uri, new Uint8Array(32), authority, caSeed, AT_MS)).rejects.toThrow(KeyRefused)
    await expect(issueAuthority("KE", root, rootSeed, caKey, AT_MS)).rejects.toThrow(NameRefused)
    await expect(makeRoot("STOP.example", rootSeed, AT_MS)).rejects.toThrow(NameRefused)
  })

  test("the enrolment fingerprint depends on everything", () => {
    const { key, uri: name, invitation_digest: invitation, fingerprint } = FILE.enrolment
    const given = DeviceUri.parse(name)
    expect(enrolmentFingerprint(fromHex(key), given, invitation)).toBe(fingerprint)
    const others = [
      enrolmentFingerprint(fromHex(FILE.good.root_key), given, invitation),
      enrolmentFingerprint(fromHex(key), DeviceUri.parse(name.replace("ncp", "ocu")), invitation),
      enrolmentFingerprint(fromHex(key), given, "00".repeat(32)),
    ]
    expect(new Set([...others, fingerprint]).size).toBe(4)
  })
})
