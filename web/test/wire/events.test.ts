import { expect, test } from "vitest"
import { concat, fromUtf8, utf8 } from "../../src/wire/bytes"
import { type Entry, Kind, Urgency } from "../../src/wire/entries"
import {
  decodeBatch,
  decodeEvent,
  encodeEvent,
  EventRefused,
  formatMs,
  isWithheld,
  parseMs,
} from "../../src/wire/events"
import { verdict } from "./vectors"

const LOG = `${"00".repeat(31)}ab`
const ENTRY: Entry = {
  log: LOG,
  seq: 7,
  kind: Kind.COMMIT,
  device: "pratique://ke.stop.example/ncp/w.otieno/7f3a",
  epoch: 3,
  post_id: "00000000000000000000000000000005",
  urgency: Urgency.URGENT,
  at_ms: 1_800_000_000_042,
  data: utf8("data"),
}
const EVENT = {
  specversion: "1.0",
  id: `${LOG}/7`,
  source: `/v1/logs/${LOG}`,
  type: "pratique.entry.commit",
  time: "2027-01-15T08:00:00.042Z",
  datacontenttype: "application/octet-stream",
  seq: 7,
  epoch: 3,
  device: ENTRY.device,
  urgency: "urgent",
  postid: "00000000-0000-0000-0000-000000000005",
  data_base64: "ZGF0YQ==",
}
const WITHHELD = { ...EVENT, id: `${LOG}/8`, type: "pratique.entry.withheld", seq: 8, digest: "00".repeat(32) }

test("an event is CloudEvents JSON, and is read back", () => {
  expect(JSON.parse(fromUtf8(encodeEvent(ENTRY)))).toEqual(EVENT)
  expect(decodeBatch(concat(utf8("["), encodeEvent(ENTRY), utf8(`,${JSON.stringify(WITHHELD)}]`)))).toEqual([
    ENTRY,
    { log: LOG, seq: 8, digest: "00".repeat(32) },
  ])
  expect([ENTRY, decodeEvent(WITHHELD)].map(isWithheld)).toEqual([false, true])
})

test.each([
  { id: `${"00".repeat(31)}AB/7` },
  { id: `${LOG}/8` },
  { id: `${LOG}/07` },
  { id: `${LOG}/7/7` },
  { id: `${"00".repeat(31)}/7` },
  { id: `${"00 ".repeat(31)}ab/7` },
  { id: 7 },
  { seq: 0, id: `${LOG}/0` },
  { seq: "7" },
  { seq: true, id: `${LOG}/1` },
  { epoch: -1 },
  { epoch: true },
  { epoch: null },
  { epoch: 0.5 },
  { type: "commit" },
  { type: "pratique.entry.COMMIT" },
  { type: "pratique.entry.proposal" },
  { type: ["pratique.entry.commit"] },
  { device: 5 },
  { device: null },
  { urgency: "high" },
  { urgency: 2 },
  { postid: "{00000000-0000-0000-0000-000000000005}" },
  { postid: "urn:uuid:00000000-0000-0000-0000-000000000005" },
  { postid: "0" },
  { time: "2027-01-15T08:00:00Z" },
  { time: "2027-01-15T08:00:00.042+00:00" },
  { time: "2027-02-30T08:00:00.042Z" },
  { time: "2027-01-15T24:00:00.000Z" },
  { time: "1969-12-31T23:59:59.999Z" },
  { time: "２027-01-15T08:00:00.042Z" },
  { time: "2027-01-15T08:00:00.042Z\n" },
  { time: 1 },
  { data_base64: "ZGF0YQ" },
  { data_base64: "ZG F0YQ==" },
  { data_base64: "é" },
  { data_base64: null },
])("a loose event is refused: %j", async (change) => {
  expect(decodeEvent(EVENT)).toEqual(ENTRY)
  expect(await verdict(() => decodeEvent({ ...EVENT, ...change }))).toBe("malformed_event")
})

test.each(["id", "type", "time", "seq", "epoch", "device", "urgency", "postid", "data_base64"])(
  "an event without %s is refused",
  (name) => {
    const event: Record<string, unknown> = { ...EVENT }
    delete event[name]
    expect(() => decodeEvent(event)).toThrow(EventRefused)
  },
)

test.each(["00", "00".repeat(33), "zz".repeat(32), "AB".repeat(32), null])("no digest: %j", (digest) => {
  expect(() => decodeEvent({ ...WITHHELD, digest })).toThrow(EventRefused)
})

const FLOAT = JSON.stringify([EVENT]).replace('"seq":7', '"seq":7.0')
test.each(["", "{}", "[", "[1]", "[null]", '["x"]', "[[]]", "[{}]", FLOAT])("no batch: %s", (text) => {
  expect(() => decodeBatch(utf8(text))).toThrow(EventRefused)
})

test.each([0, 1, 951_782_400_000, 1_800_000_000_042, 253_402_300_799_999])("the instant %i is read back", (atMs) => {
  expect(parseMs(formatMs(atMs))).toBe(atMs)
})
