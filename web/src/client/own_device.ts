/** What a device is by itself, before any channel: its name and key, its certificate, its store, its party's CA key. */

import type { DeviceUri } from "../wire/identity"
import { Account } from "./account"
import { PartyOfficer } from "./authority"
import type { LocalDirectory } from "./directory"
import { fingerprintOf } from "./enrolment"
import type { Http } from "./http"
import type { Progress } from "./keystore"
import { Shelf, type Store } from "./store"

/** One device in this browser, as far as no channel is concerned. */
export class OwnDevice {
  readonly shelf: Shelf
  readonly store: Store
  readonly http: Http
  readonly account: Account
  readonly directory: LocalDirectory

  constructor(store: Store, http: Http, uri: DeviceUri, directory: LocalDirectory) {
    this.store = store
    this.http = http
    this.directory = directory
    this.shelf = new Shelf(store)
    this.account = new Account(http, uri, store.secret("device key"))
  }

  get uri(): DeviceUri {
    return this.account.uri
  }

  /** Whether an officer has approved this device, as far as is known here. */
  get enrolled(): boolean {
    return this.store.fact("enrolled") !== null
  }

  /** Give the fingerprint that the approver compares. */
  async fingerprint(): Promise<string | null> {
    return await fingerprintOf(this.store, this.uri)
  }

  /** Fetch a newer certificate of this device; false where its officer has signed none. */
  async renew(): Promise<boolean> {
    const known = (): number => this.directory.trust.certificates(String(this.uri)).length
    const before = known()
    await this.directory.fetchOffice(this.account, this.uri.officeId)
    return known() > before
  }

  /** Sign in now; every call does it by itself when needed. */
  async signIn(): Promise<void> {
    await this.account.signIn()
  }

  /** Lock: close the store; nothing of it stays open. */
  async close(): Promise<void> {
    await this.store.close()
  }

  /** Delete everything of this device from this browser. */
  async destroy(): Promise<void> {
    await this.store.destroy()
  }

  /** Give the party's CA key that this device keeps, or null. */
  officer(): PartyOfficer | null {
    return PartyOfficer.load(this.store, this.http)
  }

  /** Take the two files of the party's CA into the sealed store. */
  async takeAuthority(
    file: Uint8Array,
    keyFile: Uint8Array,
    passphrase: string,
    progress?: Progress,
  ): Promise<PartyOfficer> {
    return await PartyOfficer.take(this.store, this.http, file, keyFile, passphrase, progress)
  }

  async forgetAuthority(): Promise<void> {
    await PartyOfficer.forget(this.store)
  }
}
