/** Fold the recorded channel of the vectors from its bytes alone. */

import { expect, test } from "vitest"
import { fromBase64 } from "../../src/wire/bytes"
import { CertificateRefused, type DeviceCertificate, verifyAuthority, verifyDevice } from "../../src/wire/certificates"
import { type Entry, kindFromWord, urgencyFromWord } from "../../src/wire/entries"
import { DeviceUri } from "../../src/wire/identity"
import { advance, type Directory, found, Membership } from "../../src/wire/membership"
import { type Case, load, rows, verdict } from "./vectors"

interface Told extends Case {
  readonly entry: Omit<Entry, "kind" | "urgency" | "data"> & { kind: string; urgency: string; data: string }
  readonly after: object
}

const FILE = load<{
  root: string
  authorities: Record<string, string>
  certificates: Record<string, string[]>
  entries: Told[]
}>("membership")
const ROOT = fromBase64(FILE.root)

/** The certificates of the file. */
const LISTED: Directory = {
  async device(uri, atMs): Promise<DeviceCertificate | null> {
    for (const text of FILE.certificates[uri] ?? []) {
      try {
        return await verifyDevice(fromBase64(text), authorityOf(DeviceUri.parse(uri).party), ROOT, atMs)
      } catch (refused) {
        if (!(refused instanceof CertificateRefused)) throw refused
      }
    }
    return null
  },
  async authorityKeys(signer, atMs) {
    return [(await verifyAuthority(authorityOf(signer.split(".")[0] ?? ""), ROOT, atMs)).key]
  },
}

function authorityOf(party: string): Uint8Array {
  return fromBase64(FILE.authorities[party] ?? "")
}

function read({ entry }: Told): Entry {
  return {
    ...entry,
    kind: kindFromWord(entry.kind),
    post_id: entry.post_id.replaceAll("-", ""),
    urgency: urgencyFromWord(entry.urgency),
    data: fromBase64(entry.data),
  }
}

function summary(member: Membership, atMs: number): object {
  const leaves = [...member.leaves].sort(([one], [other]) => one - other)
  return {
    epoch: member.epoch,
    seated: [...member.seated].sort(),
    leaves: Object.fromEntries(leaves.map(([index, leaf]) => [String(index), leaf.uri])),
    surplus: [...member.surplus(atMs)],
    revoked: [...member.revoked].sort(),
    rejoining: [...member.rejoining].sort(),
  }
}

test("the recorded channel", async () => {
  const told = rows(FILE.entries)
  expect(told.length).toBe(50)
  let member: Membership | null = null
  for (const [name, row] of told) {
    const entry = read(row)
    const before: Membership | null = member
    const code = await verdict(async () => {
      member = before === null ? await found(entry, LISTED) : await advance(before, entry, LISTED)
    })
    expect(code, name).toBe(row.expect)
    if (member === null) throw new Error("the charter does not count")
    expect(summary(member, entry.at_ms), name).toEqual(row.after)
    // What is kept of a fold is the fold.
    const again = Membership.fromJson(JSON.parse(JSON.stringify((member as Membership).toJson())))
    expect(again, name).toEqual(member)
  }
})
