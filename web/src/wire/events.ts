/** Show an entry as a CloudEvents 1.0 JSON object: the one representation of pages, sockets and webhooks. */

import { type Bytes, fromBase64, toBase64, utf8 } from "./bytes"
import { type Entry, kindFromWord, kindWord, urgencyFromWord, urgencyWord } from "./entries"
import { Refused } from "./refused"
import { isWholeFloat, JsonRefused, loads } from "./strict_json"

export const MEDIA_TYPE = "application/cloudevents+json"
export const BATCH_MEDIA_TYPE = "application/cloudevents-batch+json"
export const TYPE_PREFIX = "pratique.entry."
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/
const DIGEST = /^[0-9a-f]{64}$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An event that is not one of ours. */
export class EventRefused extends Refused {
  constructor(detail: string) {
    super("malformed_event", detail)
  }
}

/** An entry of which a reader may know only the number and the digest (history `from_join`). */
export interface Withheld {
  readonly log: string
  readonly seq: number
  readonly digest: string
}

export function isWithheld(one: Entry | Withheld): one is Withheld {
  return "digest" in one
}

/** Give RFC 3339 UTC with milliseconds. */
export function formatMs(atMs: number): string {
  return new Date(atMs).toISOString()
}

/** Read `formatMs`'s text; throws `EventRefused`. */
export function parseMs(text: string): number {
  if (!TIME.test(text)) throw new EventRefused("time is not RFC 3339 UTC with milliseconds")
  const atMs = Date.parse(text)
  // Some platforms carry 30 February over into March.
  if (Number.isNaN(atMs) || formatMs(atMs) !== text) throw new EventRefused("time is not a date")
  if (atMs < 0) throw new EventRefused("time is before 1970")
  return atMs
}

/** Give a UUID as it stands in events and URLs, from its 32 hex digits. */
export function dashed(id: string): string {
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join("-")
}

/** Give the event's JSON bytes. */
export function encodeEvent(entry: Entry): Bytes {
  return utf8(
    JSON.stringify({
      specversion: "1.0",
      id: `${entry.log}/${entry.seq}`,
      source: `/v1/logs/${entry.log}`,
      type: TYPE_PREFIX + kindWord(entry.kind),
      time: formatMs(entry.at_ms),
      datacontenttype: "application/octet-stream",
      seq: entry.seq,
      epoch: entry.epoch,
      device: entry.device,
      urgency: urgencyWord(entry.urgency),
      postid: dashed(entry.post_id),
      data_base64: toBase64(entry.data),
    }),
  )
}

/** Read one parsed event back; throws `EventRefused`. */
export function decodeEvent(event: unknown): Entry | Withheld {
  const [log = "", seqText] = text(event, "id").split(/\/(.*)/s)
  const seq = integer(event, "seq", 1)
  if (!DIGEST.test(log) || seqText !== String(seq)) throw new EventRefused("id and seq do not agree")
  const type = text(event, "type")
  if (!type.startsWith(TYPE_PREFIX)) throw new EventRefused("type is not one of ours")
  const word = type.slice(TYPE_PREFIX.length)
  if (word === "withheld") return { log, seq, digest: matching(event, "digest", DIGEST) }
  return {
    log,
    seq,
    kind: read(kindFromWord, word),
    device: text(event, "device"),
    epoch: integer(event, "epoch", 0),
    post_id: matching(event, "postid", UUID).replaceAll("-", ""),
    urgency: read(urgencyFromWord, text(event, "urgency")),
    at_ms: parseMs(text(event, "time")),
    data: read(fromBase64, text(event, "data_base64")),
  }
}

/** Read a page or a socket frame; throws `EventRefused`. */
export function decodeBatch(data: Uint8Array): (Entry | Withheld)[] {
  let events: unknown
  try {
    events = loads(data)
  } catch (refused) {
    if (!(refused instanceof JsonRefused)) throw refused
    throw new EventRefused(refused.detail)
  }
  if (!Array.isArray(events)) throw new EventRefused("a batch is a list of events")
  return events.map(decodeEvent)
}

function field(event: unknown, name: string): unknown {
  if (typeof event !== "object" || event === null || !Object.hasOwn(event, name)) throw wrongForm()
  return (event as Record<string, unknown>)[name]
}

function text(event: unknown, name: string): string {
  const value = field(event, name)
  if (typeof value !== "string") throw wrongForm()
  return value
}

function matching(event: unknown, name: string, pattern: RegExp): string {
  const value = text(event, name)
  if (!pattern.test(value)) throw wrongForm()
  return value
}

function integer(event: unknown, name: string, min: number): number {
  const value = field(event, name)
  if (!Number.isSafeInteger(value) || (value as number) < min) throw wrongForm()
  if (isWholeFloat(event as object, name)) throw wrongForm()
  return value as number
}

function read<T>(reading: (word: string) => T, word: string): T {
  try {
    return reading(word)
  } catch (refused) {
    if (!(refused instanceof RangeError)) throw refused
    throw wrongForm()
  }
}

function wrongForm(): EventRefused {
  return new EventRefused("an event lacks a field or has one of the wrong form")
}
