/** Put one device and its desks behind the questions and acts that pages know. Plain composition; no keys, no HTTP. */
import type { Acts, Queries, SyncState, Topic } from "../api"
import type { Device } from "../client/device"
import { PratiqueError } from "../client/errors"
import { Approvals } from "./approvals"
import * as administration from "./administration"
import * as audience from "./audience"
import { keepWishes } from "./away"
import * as channels from "./channels"
import * as consignments from "./consignments"
import { Desks } from "./desks"
import * as drafts from "./drafts"
import { Fetched } from "./fetched"
import type { Here, Live } from "./here"
import { Intents } from "./intents"
import { joining, syncedMs } from "./joining"
import * as kept from "./kept"
import { Marks } from "./marks"
import * as members from "./members"
import { OfficeDevices } from "./offices"
import { Reading } from "./reading"
import { Rooms } from "./rooms"
import { RungReminders } from "./rung"
import { Search } from "./search"
import type { SessionAct } from "./session"
import { rowsReady } from "./rows"
import * as settings from "./settings"
import * as today from "./today"

export interface Given {
  readonly nowMs?: () => number
  readonly changed: (topics: Topic[]) => void
  readonly syncNow: () => Promise<void>
  readonly lookAtTerms: () => void
}

export interface Api {
  readonly here: Here
  query(name: keyof Queries, given: unknown): Promise<unknown>
  act(name: keyof Acts, given: unknown): Promise<unknown>
}

type Handler = (here: Here, given: never) => unknown
/** Every question and act has its handler: here, or in the session. */
const QUERIES: Readonly<Record<Exclude<keyof Queries, "session" | "invitation">, Handler>> = {
  ...today.queries,
  ...consignments.queries,
  ...drafts.queries,
  ...channels.queries,
  ...audience.queries,
  ...members.queries,
  ...administration.queries,
  ...settings.queries,
  ...kept.queries,
  search: (here, { text }: { text: string }) => here.search.find(text),
  sync: (here) => syncState(here),
}
const ACTS: Readonly<Record<Exclude<keyof Acts, SessionAct>, Handler>> = {
  ...consignments.acts,
  ...drafts.acts,
  ...channels.acts,
  ...members.acts,
  ...administration.acts,
  ...settings.acts,
  ...kept.acts,
  sync_now: (here) => here.syncNow(),
}

/** Make the questions and acts of an open device; folds what its store holds, and reads no network. */
export async function makeApi(device: Device, given: Given): Promise<Api> {
  const nowMs = given.nowMs ?? Date.now
  const changed = (...topics: Topic[]): void => given.changed(topics)
  const desks = new Desks(device, nowMs)
  await Promise.all([desks.begin(), rowsReady().catch(() => undefined)])
  const rooms = new Rooms(device)
  const live: Live = { connection: "connecting", synced_ms: syncedMs(device.shelf), problems: [], reading: null, refused: null, caught_up: false }
  const here: Here = {
    device,
    desks,
    rooms,
    live,
    nowMs,
    changed,
    marks: new Marks(device.shelf),
    reading: new Reading({ device, rooms, desks, live, nowMs }),
    search: new Search(device, desks, rooms),
    outbox: new Intents(device.shelf, nowMs, () => reach(device, live), (name, asked) => act(name, asked)),
    fetched: new Fetched(device, nowMs, () => changed("board", "room")),
    offices: new OfficeDevices(device, () => changed("members")),
    approvals: new Approvals(device, () => changed("members", "today")),
    rung: new RungReminders(device.shelf),
    syncNow: given.syncNow,
    lookAtTerms: given.lookAtTerms,
  }
  device.onUnsent(() => changed("sync"))
  void keepWishes(here, settings.preferences(here)).catch(() => undefined)
  const act = (name: keyof Acts, asked: unknown): Promise<unknown> => run(here, ACTS, name, asked)
  return { here, act, query: (name, asked) => run(here, QUERIES, name, asked) }
}

async function reach(device: Device, live: Live): Promise<void> {
  if (live.connection !== "live") await device.account.call("GET", "/v1/deployment", null, { repeat: false })
}

async function run(
  here: Here,
  handlers: Readonly<Record<string, Handler>>,
  name: string,
  given: unknown,
): Promise<unknown> {
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
  if (handler === undefined) throw new PratiqueError("unknown_question", `the worker does not know ${name}`)
  // A question whose every part may be left out may be asked without any.
  return handler(here, (given ?? {}) as never)
}

function syncState(here: Here): SyncState {
  const { connection, synced_ms, problems, reading, refused, caught_up } = here.live
  const letIn = reading === null ? joining(here.device.channels(), here.device.uri.toString()) : null
  const waiting = kept.waiting(here)
  return {
    connection,
    synced_ms: connection === "live" ? here.nowMs() : synced_ms,
    unsent: waiting.length,
    asking: waiting.filter((one) => one.asks).length,
    problems: [...problems],
    caught_up,
    ...(reading === null ? {} : { reading }),
    ...(letIn === null ? {} : { joining: letIn }),
    ...(refused === null || !["refused", "stopped"].includes(connection) ? {} : { refused }),
  }
}
