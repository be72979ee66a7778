/** Keep what was verified of others: party lists and device certificates, each as the bytes that came. */

import { equal } from "../../wire/bytes"
import type { Batch } from "./batch"
import { asIs } from "./keys"
import type { Store } from "./store"
import type { Shape, Table } from "./table"

interface KeptList {
  readonly number: number
  readonly statement: Uint8Array
}

interface Fetched {
  readonly at_ms: number
  readonly revocation: Uint8Array | null
}

/** The party lists and certificates of one store. */
export class Trust {
  readonly #lists: Table<KeptList>
  /** By device and the place among its certificates. */
  readonly #certificates: Table<{ device: string; der: Uint8Array }>
  readonly #fetched: Table<Fetched>
  readonly #ofDevice = new Map<string, Uint8Array[]>()

  constructor(store: Store) {
    this.#lists = store.table("party_lists", asIs<KeptList>())
    this.#certificates = store.table(
      "certificates",
      asIs<{ device: string; der: Uint8Array }>(),
      (_key, before, after) => {
        if (before !== undefined) {
          const rest = this.certificates(before.device).filter((der) => !equal(der, before.der))
          this.#ofDevice.set(before.device, rest)
        }
        if (after !== undefined) this.#ofDevice.set(after.device, [...this.certificates(after.device), after.der])
      },
    )
    this.#fetched = store.table("fetched", FETCHED)
  }

  /** List the party list statements in order. */
  partyLists(): Uint8Array[] {
    const kept = this.#lists.values().sort((one, other) => one.number - other.number)
    return kept.map((one) => one.statement)
  }

  /** Keep one more party list; a number is taken once. */
  putPartyList(batch: Batch, number: number, statement: Uint8Array): void {
    if (!this.#lists.has(String(number))) batch.put(this.#lists, String(number), { number, statement })
  }

  /** List the certificates known of a device. */
  certificates(device: string): readonly Uint8Array[] {
    return this.#ofDevice.get(device) ?? []
  }

  /** List the devices of which a certificate is known. */
  devices(): string[] {
    return [...this.#ofDevice].filter(([, ders]) => ders.length > 0).map(([device]) => device)
  }

  /** Keep a certificate. */
  putCertificate(batch: Batch, device: string, der: Uint8Array): void {
    const known = this.certificates(device)
    if (known.some((one) => equal(one, der))) return
    batch.put(this.#certificates, `${device}/${known.length}`, { device, der })
  }

  /** Give when the server was last asked about a device. */
  fetchedMs(device: string): number | null {
    return this.#fetched.get(device)?.at_ms ?? null
  }

  /** Give the device's verified revocation statement, or null. */
  revocation(device: string): Uint8Array | null {
    return this.#fetched.get(device)?.revocation ?? null
  }

  /** Note that the server was asked; a revocation once seen stays. */
  setFetched(batch: Batch, device: string, atMs: number, revocation: Uint8Array | null): void {
    const known = this.revocation(device)
    batch.put(this.#fetched, device, { at_ms: atMs, revocation: known ?? revocation })
  }
}

const FETCHED: Shape<Fetched> = {
  write: ({ at_ms, revocation }) => (revocation === null ? { at_ms } : { at_ms, revocation }),
  read: (fields) => ({
    at_ms: fields["at_ms"] as number,
    revocation: (fields["revocation"] as Uint8Array | undefined) ?? null,
  }),
}
