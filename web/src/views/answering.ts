/** What addressees say about a pre-notification (transitions 6 to 10), and the status tokens in their place. */
import type { Acknowledgement } from "../contents/acknowledgement"
import type { Answer } from "../contents/answer"
import type { Query } from "../contents/query"
import type { Receipt } from "../contents/receipt"
import type { Reply } from "../contents/reply"
import type { Status } from "../contents/status"
import { close } from "./closing"
import type { LegState, Said } from "./consignment"
import { hasMoved, type Mark, type Story, waits } from "./story"

/** 6: opened and displayed. */
export function receipt(story: Story, one: Said, _event: Receipt): Mark {
  const leg = story.legs.get(one.party)
  if (leg === undefined) return "not_your_leg"
  if (story.ground(leg) !== "PENDING") return "said_before"
  story.rest(leg, "OPENED", { opened_ms: one.place.at_ms })
  return null
}

/** 7: a person has taken note. */
export function acknowledge(story: Story, one: Said, _event: Acknowledgement | Status): Mark {
  const leg = story.legs.get(one.party)
  if (leg === undefined) return "not_your_leg"
  if (leg.acknowledged_ms !== null || leg.answered_ms !== null) return "said_before"
  const state = story.ground(leg)
  const next = state === "PENDING" || state === "OPENED" ? "ACKNOWLEDGED" : state
  story.rest(leg, next, { acknowledged_ms: one.place.at_ms })
  return null
}

/** 8: an answer where one is asked; a newer one takes the older one's place, until the goods have moved. */
export function answer(story: Story, one: Said, event: Answer): Mark {
  const leg = story.legs.get(one.party)
  if (leg === undefined) return "not_your_leg"
  if (!mayAnswer(story, leg) || story.ground(leg) === "PENDING") return "out_of_turn"
  if (leg.state === event.answer && leg.answer_text === event.text) return "said_before"
  answered(story, one, event.answer, event.answer, event.text)
  return null
}

/** 9: a question before an answer. */
export function query(story: Story, one: Said, event: Query): Mark {
  const leg = story.legs.get(one.party)
  if (leg === undefined) return "not_your_leg"
  if (leg.answered_ms !== null || hasMoved(leg) || story.state === "ARRIVED") return "out_of_turn"
  const key = `${one.place.log} ${event.id}`
  if (story.asked.has(key)) return "said_before"
  story.asked.set(key, one.party)
  const asked = { id: event.id, text: event.text, at_ms: one.place.at_ms, reply: null, replied_ms: null }
  if (!waits(leg)) story.resting.set(one.party, leg.state)
  const state = leg.state === "HOLD_REQUESTED" ? "HOLD_REQUESTED" : "QUERY"
  story.put(one.party, { state, queries: [...leg.queries, asked] })
  return null
}

/** 10: the origin's reply, in the lane of the question. */
export function reply(story: Story, one: Said, event: Reply): Mark {
  if (!story.isOrigin(one)) return "not_the_sender"
  const asker = story.asked.get(`${one.place.log} ${event.query}`)
  const leg = asker === undefined ? undefined : story.legs.get(asker)
  if (leg === undefined) return "no_such_query"
  const open = (asked: LegState["queries"][number]) => asked.id === event.query && asked.reply === null
  if (!leg.queries.some(open)) return "said_before"
  const queries = leg.queries.map((asked) =>
    open(asked) ? { ...asked, reply: event.text, replied_ms: one.place.at_ms } : asked,
  )
  story.put(leg.party, { queries })
  if (leg.state === "QUERY" && queries.every((asked) => asked.reply !== null)) story.leave(leg.party)
  return null
}

/** Take the destination's token for what this reader does not see. */
export function status(story: Story, one: Said, event: Status): Mark {
  if (!story.isDestination(one)) return "not_your_leg"
  switch (event.state) {
    case "ACKNOWLEDGED":
      return acknowledge(story, one, event)
    case "ANSWERED":
      if (!mayAnswer(story, story.leg(one.party))) return "out_of_turn"
      answered(story, one, "ANSWERED", "ANSWERED", null)
      return null
    case "CLOSED":
      return close(story, one, event.outcome ?? "", null)
  }
}

function mayAnswer(story: Story, leg: LegState): boolean {
  const asked = story.fullest?.mode === "REPLY"
  return asked && !hasMoved(leg) && story.state !== "ARRIVED" && !story.holding.has(leg.party)
}

/** Set the one current answer; it takes the place of an open query or of a hold that was only asked for. */
function answered(story: Story, one: Said, state: string, given: string, text: string | null): void {
  story.resting.delete(one.party)
  story.put(one.party, { state, answer: given, answer_text: text, answered_ms: one.place.at_ms })
  if (story.hold?.party === one.party && story.hold.state === "REQUESTED") story.hold = null
}
