/** What a person of this Member is asked to do beside its own answers; and how such a thing is written. */
import type { Attention } from "../api"
import type { OpenedEntry } from "../client/opened"
import type { Desk } from "../desk/desk"
import { fieldPath } from "../templates/paths"
import { calledRead } from "../templates/text"
import { NOT_AGREED } from "../views/closing"
import type { Consignment } from "../views/consignment"
import { Urgency, urgencyWord } from "../wire/entries"
import { quietly } from "./lines"
import { draftRow } from "./rows"

export function attention(
  kind: Attention["kind"],
  urgency: Urgency,
  operation: string,
  party: string,
  at_ms: number,
): Omit<Attention, "id"> {
  return { kind, urgency: urgencyWord(urgency), operation, party, at_ms }
}

/** Say what an entry is about, as exactly as this reader was told, and in whose words. */
export function meaning(entry: OpenedEntry): Pick<Attention, "type" | "step" | "text" | "version"> {
  const told = { ...quietly(entry) } as Readonly<Record<string, unknown>>
  const text = [told.text, told.reason].find((one) => typeof one === "string" && one !== "")
  const words = typeof text === "string" ? { text: text.slice(0, 200) } : {}
  const newer = typeof told.version === "number" && told.version > 1 ? { version: told.version, step: "newer" } : {}
  const step = [told.outcome, told.step, told.answer].find((one) => typeof one === "string")
  // A transit Member learns how it closed by a token; it means the same.
  const type = entry.type === "status" && typeof told.outcome === "string" ? "reconciliation" : entry.type
  return { type, ...newer, ...(typeof step === "string" ? { step } : {}), ...words }
}

const TAKEN_NOTE: ReadonlySet<string> = new Set(["acknowledgement", "answer"])

/** Say what changed since this Member last took note of it, what matters first; nothing of a first version. */
export function news(desk: Desk, one: Consignment, language: string): Pick<Attention, "version" | "step" | "changed" | "material"> {
  if (one.version === 1) return {}
  const noted = (desk.board.said.get(one.reference) ?? []).findLast(({ party, content, mark }) => {
    return party === desk.party && mark === null && TAKEN_NOTE.has(content.TYPE)
  })
  const since = noted?.place.at_ms ?? 0
  const changes = one.versions.flatMap((each) => (each.version > 1 && each.at_ms > since ? each.changes : []))
  const heavy = changes.filter((change) => change.material)
  return {
    version: one.version,
    step: noted === undefined ? "newer" : "again",
    changed: [...new Set([...heavy, ...changes].map(({ path }) => calledRead(desk.template.text(fieldPath(path), language).label)))],
    material: heavy.length > 0,
  }
}

/** Give what a count came to, in doses; nothing where none was told, or this Member sees no lots. */
export function counted({ lots }: Consignment): Pick<Attention, "counted"> {
  if (!lots.some((lot) => lot.counted_doses !== null)) return {}
  const sum = (of: (announced: number, counted: number) => number): number =>
    lots.reduce((all, lot) => all + of(lot.announced_doses ?? 0, lot.counted_doses ?? 0), 0)
  return {
    counted: {
      announced: sum((announced) => announced),
      missing: sum((announced, found) => Math.max(0, announced - found)),
      excess: sum((announced, found) => Math.max(0, found - announced)),
      damaged: lots.reduce((all, lot) => all + lot.damaged_doses, 0),
    },
  }
}

/**
 * Give what the origin asks to reopen: the coordinating unit agrees to it, the destination may do it at once; and for
 * the destination what others reopened, which it has to count again.
 */
export function reopenings(desk: Desk): Attention[] {
  return [...desk.board.consignments.values()].flatMap((one) => {
    const counts = one.destination === desk.party
    if (!counts && !watches(desk)) return []
    const closed = one.state === "CLOSED"
    if (!closed && !(counts && one.state === "ARRIVED")) return []
    const said = (desk.board.said.get(one.reference) ?? []).findLast(({ content, mark, party }) => {
      return closed ? mark === NOT_AGREED : content.TYPE === "reopening" && mark === null && party !== desk.party
    })
    if (said === undefined || said.place.at_ms < (closed ? (one.closed_ms ?? 0) : one.since_ms)) return []
    return {
      ...attention("query", Urgency.PRIORITY, desk.operation.id, said.party, said.place.at_ms),
      id: `reopen ${said.place.log}/${said.place.seq}`,
      reference: one.reference,
      type: "reopening",
      ...(closed ? {} : { step: "DONE" }),
      text: said.content.TYPE === "reopening" ? said.content.reason.slice(0, 200) : "",
    }
  })
}

/** Give the drafts that wait for this person: to be released, or to be mended. */
export function drafts(desk: Desk): Attention[] {
  const { party, person } = desk.device.uri
  return [...desk.drafts.by_id.values()].flatMap((draft) => {
    const wanted = draft.author === person ? "RETURNED" : "PENDING_RELEASE"
    if (draft.state !== wanted) return []
    const row = draftRow(desk, draft)
    return {
      ...attention("draft", Urgency.PRIORITY, desk.operation.id, party, draft.at_ms),
      id: `draft ${draft.draft} ${draft.state}`,
      draft: draft.draft,
      step: draft.state,
      text: `${row.title} · ${draft.author}`,
    }
  })
}

/** Say whether this Member coordinates the operation, and so watches all of it. */
export function watches(desk: Desk): boolean {
  return desk.reading.coordinators.has(desk.party)
}
