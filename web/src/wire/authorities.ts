/**
 * Fold the signed party lists: who the parties are, and whose CA vouches for a device when (docs/protocol.md §2).
 *
 * The fold begins at the pinned root. It only grows: a later list adds parties and CAs and ends CAs, it never forgets
 * one, so a device of last year verifies as it did then.
 */

import { type Authority, type ListedParty, PartyList } from "./bodies"
import { equal, fromBase64, toHex } from "./bytes"
import { keyIdentifier } from "./certificate_profile"
import {
  type AuthorityCertificate,
  authorityKeyId,
  CertificateRefused,
  type DeviceCertificate,
  readRoot,
  type RootCertificate,
  verifyAuthority,
  verifyDevice,
} from "./certificates"
import { partyHost, ROOT_SIGNER } from "./identity"
import { Refused } from "./refused"
import { type Statement, StatementRefused } from "./statements"

/**
 * Says that a party list does not continue the lists before it.
 *
 * Codes  wrong_signer, wrong_deployment, stale_list, list_gap, forked_list, rewritten_list, wrong_authority
 */
export class PartyListRefused extends Refused {}

/** A CA as listed: its certificate, the root above it, and when it counts. */
interface Listed {
  readonly certificate: AuthorityCertificate
  readonly root: RootCertificate
  readonly entry: Authority
}

/**
 * The party lists so far; immutable, `advance` gives the next.
 *
 * Shape  roots: oldest first, the last signs the next list; head: digest of the newest list, empty before the first
 */
export class Authorities {
  /** Every device is looked up here, among some hundred CAs: the index is made once per list. */
  readonly #byKeyId = new Map<string, Listed[]>()

  private constructor(
    readonly roots: readonly [RootCertificate, ...RootCertificate[]],
    readonly number: number,
    readonly head: string,
    readonly parties: ReadonlyMap<string, ListedParty>,
    private readonly listed: readonly Listed[],
  ) {
    for (const one of listed) {
      const id = toHex(keyIdentifier(one.certificate.key))
      this.#byKeyId.set(id, [...(this.#byKeyId.get(id) ?? []), one])
    }
  }

  /** Begin at the pinned root, with no party yet; throws `CertificateRefused`. */
  static async found(rootDer: Uint8Array): Promise<Authorities> {
    return new Authorities([await readRoot(rootDer)], 0, "", new Map(), [])
  }

  /** The deployment's host name. */
  get deployment(): string {
    return this.roots[0].deployment
  }

  /** Give a party as the newest list shows it. */
  party(party: string): ListedParty | null {
    return this.parties.get(party) ?? null
  }

  /**
   * Fold the next party list.
   *
   * Throws  PartyListRefused, StatementRefused, CertificateRefused; the fold before it stays as it was
   */
  async advance(statement: Statement): Promise<Authorities> {
    if (statement.signer !== ROOT_SIGNER) {
      throw new PartyListRefused("wrong_signer", "a party list is signed by the root")
    }
    const body = statement.read(PartyList)
    if (body.number > this.number) await statement.verify(this.#newestRoot.key)
    await this.#checkPlace(statement, body)
    const roots: typeof this.roots =
      body.new_root === null ? this.roots : [...this.roots, await this.#newRoot(body.new_root)]
    const listed: Listed[] = []
    for (const party of body.parties) {
      for (const entry of party.authorities) listed.push(await this.#list(entry, party.party))
    }
    this.#checkKeys(body, listed)
    const parties = new Map(body.parties.map((party) => [party.party, party]))
    this.#checkKept(parties)
    return new Authorities(roots, body.number, statement.digest, parties, listed)
  }

  /**
   * Give the keys that sign for "root" or for a party's host at an instant; empty where there are none.
   *
   * An earlier root goes on counting for "root", so that what it revoked stays revoked.
   */
  authorityKeys(signer: string, atMs: number): readonly Uint8Array[] {
    if (signer === ROOT_SIGNER) return this.roots.filter((root) => holds(root, atMs)).map((root) => root.key)
    const keys = this.listed
      .filter((one) => one.certificate.host === signer && counts(one, atMs))
      .filter((one) => holds(one.root, atMs) && holds(one.certificate, atMs))
      .map((one) => one.certificate.key)
    return [...new Map(keys.map((key) => [toHex(key), key])).values()]
  }

  /** Give the device that a listed, unrevoked CA vouches for at an instant; throws `CertificateRefused`. */
  async verifyDevice(der: Uint8Array, atMs: number): Promise<DeviceCertificate> {
    const issuers = this.#byKeyId.get(authorityKeyId(der)) ?? []
    if (!issuers.length) {
      throw new CertificateRefused("unknown_authority", "no listed party CA issued this certificate")
    }
    const counting = issuers.filter((one) => counts(one, atMs))
    const last = counting.pop()
    if (last === undefined) {
      throw new CertificateRefused("revoked_authority", "the party CA that issued this certificate does not count")
    }
    // One key may have several certificates: any of them may still hold.
    for (const one of counting) {
      try {
        return await verifyDevice(der, one.certificate.der, one.root.der, atMs)
      } catch (refused) {
        if (!(refused instanceof CertificateRefused)) throw refused
      }
    }
    return verifyDevice(der, last.certificate.der, last.root.der, atMs)
  }

  get #newestRoot(): RootCertificate {
    return this.roots.at(-1) as RootCertificate
  }

  async #checkPlace(statement: Statement, body: PartyList): Promise<void> {
    if (body.deployment !== this.deployment) {
      throw new PartyListRefused("wrong_deployment", "the party list is of another deployment")
    }
    if (body.number === this.number && statement.digest !== this.head) {
      await this.#verifyByAnyRoot(statement)
      throw new PartyListRefused("forked_list", `there are two party lists number ${body.number}`)
    }
    if (body.number <= this.number) {
      throw new PartyListRefused("stale_list", `party list ${body.number} is not newer than ${this.number}`)
    }
    if (body.number !== this.number + 1) {
      throw new PartyListRefused("list_gap", `party list ${this.number + 1} comes before ${body.number}`)
    }
    if (statement.follows !== this.head) {
      throw new PartyListRefused("forked_list", `party list ${body.number} follows another list than the one known`)
    }
  }

  /** Tell a fork, which a root signed, from an invention. */
  async #verifyByAnyRoot(statement: Statement): Promise<void> {
    for (const root of this.roots.slice(0, -1)) {
      try {
        return await statement.verify(root.key)
      } catch (refused) {
        if (!(refused instanceof StatementRefused)) throw refused
      }
    }
    return statement.verify(this.#newestRoot.key)
  }

  async #newRoot(text: string): Promise<RootCertificate> {
    const root = await readRoot(derOf(text))
    if (root.deployment !== this.deployment) {
      throw new PartyListRefused("wrong_deployment", "the new root is of another deployment")
    }
    if (this.roots.some((earlier) => equal(earlier.key, root.key))) {
      throw new PartyListRefused("wrong_authority", "the new root has the key of an earlier one")
    }
    return root
  }

  /** Check that a known root vouches for the CA when it begins to count, under the party's own host. */
  async #list(entry: Authority, party: string): Promise<Listed> {
    if (entry.revoked_ms !== null && entry.revoked_ms < entry.from_ms) {
      throw new PartyListRefused("wrong_authority", "a party CA is revoked before it counts")
    }
    const found = await this.#underARoot(derOf(entry.certificate), entry.from_ms)
    if (found.certificate.host !== partyHost(party, this.deployment)) {
      throw new PartyListRefused("wrong_authority", "a party CA is listed under another party")
    }
    return { ...found, entry }
  }

  async #underARoot(der: Uint8Array, atMs: number): Promise<Omit<Listed, "entry">> {
    for (const root of this.roots.slice(0, -1)) {
      try {
        return { certificate: await verifyAuthority(der, root.der, atMs), root }
      } catch (refused) {
        if (!(refused instanceof CertificateRefused)) throw refused
      }
    }
    return { certificate: await verifyAuthority(der, this.#newestRoot.der, atMs), root: this.#newestRoot }
  }

  #checkKeys(body: PartyList, listed: readonly Listed[]): void {
    const owners = new Map(this.roots.map((root) => [toHex(root.key), ROOT_SIGNER]))
    for (const { certificate } of listed) {
      const key = toHex(certificate.key)
      if ((owners.get(key) ?? certificate.host) !== certificate.host) {
        throw new PartyListRefused("wrong_authority", "one key serves two parties, or a party and the root")
      }
      owners.set(key, certificate.host)
    }
    for (const { authorities } of body.parties) {
      if (new Set(authorities.map((entry) => entry.certificate)).size !== authorities.length) {
        throw new PartyListRefused("wrong_authority", "a party lists a CA twice")
      }
    }
  }

  /** Refuse a list that forgets a party or a CA, or changes when one counted. */
  #checkKept(parties: ReadonlyMap<string, ListedParty>): void {
    for (const [name, before] of this.parties) {
      const after = parties.get(name)?.authorities ?? []
      for (const entry of before.authorities) {
        const kept = after.find((one) => one.certificate === entry.certificate)
        const same = kept !== undefined && kept.from_ms === entry.from_ms
        if (!same || (entry.revoked_ms !== null && kept.revoked_ms !== entry.revoked_ms)) {
          throw new PartyListRefused("rewritten_list", `the party list changes a CA of ${name} that was listed`)
        }
      }
    }
  }
}

function counts({ entry }: Listed, atMs: number): boolean {
  return entry.from_ms <= atMs && (entry.revoked_ms === null || atMs < entry.revoked_ms)
}

function holds(certificate: { not_before_ms: number; not_after_ms: number }, atMs: number): boolean {
  return certificate.not_before_ms <= atMs && atMs <= certificate.not_after_ms
}

function derOf(text: string): Uint8Array {
  try {
    const der = fromBase64(text)
    if (der.length) return der
  } catch (refused) {
    if (!(refused instanceof RangeError)) throw refused
  }
  throw new PartyListRefused("wrong_authority", "a certificate is not in canonical base64")
}
