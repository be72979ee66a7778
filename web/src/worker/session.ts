/**
 * Keep this browser's device: enrolled or not, locked or open; and follow the server while it is open.
 *
 * none ─▶ enrol ─▶ waiting ─▶ open ⇄ locked          logout ─▶ none
 * none, lost ─▶ restore ─▶ open                      locked, damaged ─▶ repair ─▶ open
 */
import type { Acts, Queries, Session, SyncState, Topic, Unlocking } from "../api"
import { DATABASE, Device, type Surroundings } from "../client/device"
import { PratiqueError, StoreRefused } from "../client/errors"
import { lookAt } from "../client/enrolment"
import { Http } from "../client/http"
import { checkChosen, type Unlocking as StoreUnlocking } from "../client/keystore"
import { repair, restore, writeRecovery } from "../client/recovery"
import { Store } from "../client/store"
import { goodbye, pin } from "../sw/kept"
import { toHex } from "../wire/bytes"
import type { Api } from "./api"
import { unsubscribe } from "./away"
import { described, named, SAVED } from "./described"
import { Following } from "./following"
import { type Answer, type Ask, failureOf } from "./messages"
import { preferences } from "./settings"

export interface Keeping {
  readonly around: Surroundings
  readonly changed: (topics: Topic[]) => void
  /** The store's key, for the other tabs; null when it is locked. */
  readonly share: (key: CryptoKey | null) => void
  /** Nothing is open any more: this worker's memory may go, and with it every key that was in it. */
  readonly ended: () => void
}

/** What is done without an open store. */
export type SessionAct =
  | "enrol"
  | "finish_enrolment"
  | "abandon_enrolment"
  | "unlock"
  | "add_unlocking"
  | "recovery_file"
  | "restore"
  | "repair"
  | "lock"
  | "logout"

/** So far a clock is corrected now and then; further it is set. */
const CLOCK_SET_MS = 60_000

/** Fetch what answers an open store; the door is shown without it. */
export const answering = (): Promise<typeof import("./api")> => import("./api")

export class Keeper {
  readonly #given: Keeping
  readonly #database: string
  #device: Device | null = null
  #api: Api | null = null
  #following: Following | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #active_ms = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(given: Keeping) {
    this.#given = given
    this.#database = given.around.database ?? DATABASE
  }

  get key(): CryptoKey | null {
    return this.#device?.store.key ?? null
  }

  /** Begin to own the store: open it at once with the key that another tab left. */
  async own(key: CryptoKey | null): Promise<void> {
    if (key === null) return
    try {
      await this.#hold(await Device.over(await Store.resume(this.#database, key), this.#given.around))
    } catch {
      // Then its person unlocks it again, and is told what is wrong with it.
      this.#device = null
    }
  }

  async serve(ask: Ask): Promise<Answer> {
    try {
      if (this.#overdue()) await this.#lock()
      const asked = ask.kind === "query" ? this.#query(ask.name, ask.given) : this.#act(ask.name, ask.given)
      return { good: true, answer: await asked }
    } catch (failed) {
      return { good: false, failure: failureOf(failed) }
    }
  }

  /** A person is here: put the automatic lock off. */
  active(): void {
    if (this.#overdue()) void this.#lock()
    else this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    this.#active_ms = Date.now()
    const ms = this.#lockMs()
    if (ms > 0) this.#timer = setTimeout(() => void this.#lock(), ms)
  }

  /**
   * Timers stand still while a phone sleeps: whoever wakes it does not get the time that was left. How long it slept
   * cannot be told once the clock was put back, so that locks too.
   */
  #overdue(): boolean {
    const ms = this.#lockMs()
    const gone = Date.now() - this.#active_ms
    return ms > 0 && (gone > ms || gone < -CLOCK_SET_MS)
  }

  #lockMs(): number {
    return this.#device === null ? 0 : preferences({ device: this.#device }).auto_lock_s * 1000
  }

  async #query(name: keyof Queries, given: unknown): Promise<unknown> {
    if (name === "session") return this.#session()
    if (name === "sync" && this.#api === null) return NOT_FOLLOWED
    if (name === "invitation") return lookAt(new Http(this.#given.around.url, this.#given.around.fetch), (given as { ticket: string }).ticket)
    return this.#opened().query(name, given)
  }

  async #act(name: keyof Acts, given: unknown): Promise<unknown> {
    if (!Object.hasOwn(this.#acts, name)) {
      const answer = await this.#opened().act(name, given)
      if (name === "set_preferences") this.#arm()
      return answer
    }
    const act = this.#acts[name as SessionAct] as (given: unknown) => Promise<unknown>
    // One after the other: two tabs may unlock at once.
    const done = this.#turn.then(() => act(given))
    this.#turn = done.catch(() => undefined)
    return done
  }

  readonly #acts: { readonly [N in SessionAct]: (given: Acts[N][0]) => Promise<Acts[N][1]> } = {
    enrol: async ({ ticket, device: name, unlock }) => {
      checkChosen(unlock)
      const { around } = this.#given
      const begun = await Device.beginEnrolment(around, ticket, name, await this.#unlocking(unlock))
      await this.#hold(begun.device)
      return { fingerprint: begun.fingerprint, uri: begun.device.uri.toString() }
    },

    finish_enrolment: async () => {
      const device = this.#held()
      if (!(await device.finishEnrolment())) return false
      await this.#hold(device)
      return true
    },

    abandon_enrolment: () => this.#wipe(),

    unlock: async (given) => {
      if (this.#device !== null) return
      await this.#hold(await Device.open(this.#given.around, await this.#unlocking(given)))
    },

    add_unlocking: async ({ existing, added }) => {
      checkChosen(added)
      const { store } = this.#held()
      await store.addUnlocking(await this.#unlocking(existing), await this.#unlocking(added))
      this.#given.changed(["session", "settings"])
    },

    recovery_file: async ({ existing, passphrase }) => {
      checkChosen({ by: "passphrase", passphrase })
      const device = this.#held()
      const made = await writeRecovery(device.store, await this.#unlocking(existing), passphrase)
      await device.shelf.put(SAVED, Date.now())
      this.#given.changed(["session"])
      return made
    },

    restore: async ({ file, passphrase }) => {
      const { around } = this.#given
      await this.#hold(await Device.over(await restore(around, file, passphrase), around))
      const device = this.#held()
      // Whoever came back by a file has one.
      await device.shelf.put(SAVED, Date.now())
      return { uri: device.uri.toString() }
    },

    repair: async (given) => {
      if (this.#device !== null) return
      const { around } = this.#given
      await this.#hold(await Device.over(await repair(around, await this.#unlocking(given)), around))
    },

    lock: () => this.#lock(),

    logout: async ({ revoke }) => {
      if (revoke) {
        const device = this.#held()
        const officer = device.officer()
        if (officer === null) {
          const hint = "log out without it, then ask your party's officer to revoke this device"
          throw new PratiqueError("no_authority", "only your party's key can revoke this device", hint)
        }
        await officer.revoke(device.uri.toString(), "left")
      } else if (this.#api !== null) await unsubscribe(this.#api.here)
      await this.#wipe()
    },
  }

  #opened(): Api {
    if (this.#api === null) throw new StoreRefused("store_locked", "the store is locked", "unlock it")
    return this.#api
  }

  #held(): Device {
    if (this.#device === null) throw new StoreRefused("store_locked", "the store is locked", "unlock it")
    return this.#device
  }

  /** Work with an open device; follow the server once it is enrolled. */
  async #hold(device: Device): Promise<void> {
    this.#device = device
    this.#arm()
    if (device.enrolled) {
      const { deployment, roots } = device.directory.authorities
      await pin({ deployment, root_key: toHex((roots.at(-1) ?? roots[0]).key) })
      const { makeApi } = await answering()
      const api = await makeApi(device, {
        changed: this.#given.changed,
        syncNow: () => this.#following?.sync() ?? Promise.resolve(),
        lookAtTerms: () => this.#following?.look(),
      })
      this.#api = api
      this.#following = new Following(api.here)
      void this.#following.run()
    }
    this.#given.share(device.store.key)
    this.#arm()
    this.#given.changed(["session", "sync", "today", "board", "drafts", "channels", "room", "members", "settings"])
  }

  #leave(): Device | null {
    clearTimeout(this.#timer)
    const device = this.#device
    this.#following?.stop()
    this.#following = null
    this.#api?.here.fetched.stop()
    this.#api = this.#device = null
    this.#given.share(null)
    return device
  }

  async #lock(): Promise<void> {
    const device = this.#leave()
    await device?.close()
    this.#given.changed(["session", "sync"])
    if (device !== null) this.#end()
  }

  /** Say that it is over once the answer is on its way. */
  #end(): void {
    setTimeout(() => this.#given.ended(), 0)
  }

  async #wipe(): Promise<void> {
    const device = this.#leave()
    if (device === null) await Store.wipe(this.#database)
    else await device.destroy()
    await goodbye()
    this.#given.changed(["session", "sync"])
    this.#end()
  }

  /** Give what opens the store; a passkey's salt stands beside the store once it is there. */
  async #unlocking(given: Unlocking): Promise<StoreUnlocking> {
    if (given.by === "passphrase") return given
    const salt = given.salt ?? (await Store.look(this.#database))?.passkey?.salt
    if (salt === undefined) throw new StoreRefused("wrong_passkey", "this store is not opened by a passkey")
    return { ...given, salt }
  }

  async #session(): Promise<Session> {
    const device = this.#device
    if (device?.store.gone === true) return { state: "lost", owner: true, ...named(device) }
    try {
      const locked = device?.store.locked ?? (await Store.look(this.#database))
      if (locked === null) return { state: "none", owner: true }
      const how = {
        unlock_by: [...locked.unlock_by],
        ...(locked.passkey === null ? {} : { passkey: { ...locked.passkey } }),
      }
      if (device === null) return { state: "locked", owner: true, ...how }
      return { state: device.enrolled ? "open" : "waiting", owner: true, ...how, ...(await described(device)) }
    } catch (failed) {
      if (failed instanceof StoreRefused) return { state: "lost", owner: true }
      throw failed
    }
  }
}

const NOT_FOLLOWED: SyncState = { connection: "offline", synced_ms: null, unsent: 0, asking: 0, problems: [], caught_up: false }
