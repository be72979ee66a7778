/** Channels: the list, one channel's page, messages, seats. */
import type { ChannelPage, ChannelRow, Reader } from "../api"
import { PratiqueError, Unreachable } from "../client/errors"
import type { ChannelState } from "../client/opened"
import { Message } from "../contents/message"
import { ReadMark } from "../contents/read_mark"
import type { Photo } from "../contents/sealed_file"
import { Kind, urgencyFromWord } from "../wire/entries"
import type { ActsOf, Here, QueriesOf } from "./here"
import { entryAt, lineOf, pendingLines, quietly, uriOf } from "./lines"
import { putPhoto } from "./photos"
import { tellsReading } from "./reading"

const PAGE = 100
const BEFORE = 10
const MOST_NEW = 400

export const queries: QueriesOf<"channels" | "channel" | "photo"> = {
  channels: (here) => channelRows(here),
  channel(here, { id, from, last }) {
    const state = here.device.channels().find((one) => one.id === id)
    return state === undefined ? null : pageOf(here, state, from ?? Number.MAX_SAFE_INTEGER, last ?? PAGE)
  },

  async photo(here, { channel, seq, id }) {
    const entry = entryAt(here, channel, seq)
    const content = entry === null ? null : quietly(entry)
    const photo = content?.TYPE === "message" ? content.photos?.find((one) => one.id === id) : undefined
    if (photo === undefined) throw new PratiqueError("no_photo", "there is no such photo here", "sync, then look again")
    return { name: photo.name, type: photo.type, bytes: await here.device.getFile(channel, photo) }
  },
}

export const acts: ActsOf<"post_message" | "mark_read" | "create_channel" | "change_seats" | "rejoin"> = {
  async post_message(here, { channel, text, follows, mentions, photos, urgency }) {
    // The server refuses a closed operation new channels alone: in its lanes what is under way comes to its end.
    if (here.desks.ofChannel(channel)?.operation.terms.phase === "closed") {
      throw new PratiqueError("operation_closed", "the operation is closed: nothing is written in its channels any more")
    }
    const put: Photo[] = []
    for (const photo of photos ?? []) put.push(await putPhoto(here, channel, photo))
    const message = Message.check({
      // A photo needs no words; whoever reads without it sees its name.
      text: text === "" ? put.map((photo) => photo.name).join(", ") : text,
      ...(put.length === 0 ? {} : { photos: put }),
      ...(follows === undefined ? {} : { follows }),
      ...(mentions === undefined || mentions.length === 0 ? {} : { mentions: [...new Set(mentions)] }),
    })
    const waiting = (): number => here.device.unsentPostings().filter((one) => one.channel === channel).length
    const before = waiting()
    try {
      await here.device.post(channel, Message.TYPE, Message.write(message), urgencyFromWord(urgency))
    } catch (failed) {
      // Once it is in the outbox it goes out by itself, and the page shows it as pending.
      if (!(failed instanceof Unreachable) || waiting() === before) throw failed
    }
    await here.device.shelf.put(`draft channel ${channel}`, null)
    here.changed("room", "channels", "sync")
  },

  async mark_read(here, { channel, seq }) {
    if (await here.marks.readChannel(channel, seq)) here.changed("channels", "today")
    here.reading.tell(channel, seq)
  },

  async create_channel(here, { operation, title, offices, history, retention_s }) {
    const id = await here.device.createChannel(operation, { title, offices, history, retention_s })
    here.changed("channels")
    return { id }
  },

  async change_seats(here, { channel, seat, unseat }) {
    await here.device.changeSeats(channel, seat, unseat)
    await here.rooms.retitle(channel)
    here.changed("channels", "room", "members", "sync")
  },

  async rejoin(here, { channel }) {
    await here.device.rejoin(channel)
    here.changed("channels", "room")
  },
}

/** Give the channels of this device, the newest word first; lanes too. */
export function channelRows(here: Here, states: readonly ChannelState[] = here.device.channels()): ChannelRow[] {
  return states.map((state) => rowOf(here, state)).sort((a, b) => b.last_ms - a.last_ms)
}

function rowOf(here: Here, state: ChannelState): ChannelRow {
  const glance = here.rooms.of(state)
  const mark = here.marks.channel(state.id)
  const unread = glance.messages.filter((message) => message.seq > mark && !message.mine)
  const { charter } = state
  return {
    id: state.id,
    operation: charter.operation,
    title: glance.title,
    purpose: charter.purpose,
    parties: partiesOf(state),
    history: charter.history,
    retention_s: charter.retention_s,
    unread: unread.length,
    mentions: unread.filter((message) => message.mentions).length,
    last_ms: glance.last_ms,
    last_text: glance.last_text,
    own_leaf: state.own_leaf,
    trouble: state.trouble ?? (here.fetched.shut(state.id) ? "unseated: the server no longer gives this channel to this device" : null),
  }
}

/** Give the parties that are seated in a channel, and those that a lane is of. */
export function partiesOf(state: ChannelState): string[] {
  const seated = state.seated.map((office) => office.split("/")[0]!)
  return [...new Set([...state.charter.parties, ...seated])].sort()
}

function pageOf(here: Here, state: ChannelState, from: number, last: number): ChannelPage {
  const entries = [...here.device.opened(state.id)].filter(({ kind, type }) => kind !== Kind.REMINDER && type !== ReadMark.TYPE)
  const desk = here.desks.ofChannel(state.id)
  const marks = new Map<number, string>()
  if (state.charter.purpose === "lane" && desk !== null) {
    for (const said of desk.board.said.values()) {
      for (const one of said) if (one.place.log === state.id && one.mark !== null) marks.set(one.place.seq, one.mark)
    }
  }
  const row = rowOf(here, state)
  const mark = here.marks.channel(state.id)
  const unread = here.rooms.of(state).messages.find((message) => message.seq > mark && !message.mine)
  const firstNew = unread === undefined ? -1 : entries.findIndex((entry) => entry.seq >= unread.seq)
  const asked = entries.findIndex((entry) => entry.seq >= from)
  const starts = [
    entries.length - last,
    // What is new stands on the page where it is not too much, and a little of what came before it.
    ...(firstNew < 0 || entries.length - firstNew > MOST_NEW ? [] : [firstNew - BEFORE]),
    ...(asked < 0 ? [] : [asked - BEFORE]),
  ]
  const shown = entries.slice(Math.max(0, Math.min(...starts)))
  const newest = entries.at(-1)?.seq ?? 0
  const whose = readers(here, state, newest)
  here.fetched.ask(state.id, newest, whose)
  here.lookAtTerms()
  const draft = here.device.shelf.get(`draft channel ${state.id}`)
  return {
    row,
    lines: [
      ...shown.map((entry) => lineOf(here, entry, marks.get(entry.seq) ?? null)),
      ...pendingLines(here, (posting, content) => posting.channel === state.id && content?.TYPE !== ReadMark.TYPE),
    ],
    more_before: entries.length > shown.length,
    first_unread_seq: unread?.seq ?? null,
    readers: whose,
    seats: seats(here, state),
    may_seat: state.charter.purpose === "channel" && state.own_leaf && state.charter.owners.includes(here.device.uri.officeId),
    draft: typeof draft === "string" ? draft : "",
  }
}

function readers(here: Here, state: ChannelState, last: number): Reader[] {
  const leaves = here.device.leaves(state.id).map(({ uri, since_seq }) => ({ whose: uriOf(uri)?.party, since_seq }))
  return partiesOf(state).map((party) => ({
    party,
    devices: leaves.filter(({ whose }) => whose === party).length,
    ...(state.charter.history === "full"
      ? {}
      : { since_seq: Math.min(...leaves.filter(({ whose }) => whose === party).map((leaf) => leaf.since_seq)) }),
    delivered: here.fetched.of(state.id, party) >= last,
    fetched_seq: here.fetched.of(state.id, party),
    read: tellsReading(state) ? (here.rooms.of(state).read.by_party.get(party)?.spans ?? []) : [],
    opened_ms: null,
    acknowledged_ms: null,
  }))
}

function seats(here: Here, state: ChannelState): ChannelPage["seats"] {
  const leaves = here.device.leaves(state.id)
  return state.seated.map((office) => ({
    office,
    party: office.split("/")[0]!,
    owner: state.charter.owners.includes(office),
    devices: leaves
      .filter(({ uri }) => uriOf(uri)?.officeId === office)
      .map(({ uri, since_seq }) => ({ uri, leaf: true, since_seq })),
  }))
}

