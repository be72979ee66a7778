/** Holds (transitions 11 to 13): an addressee asks, the origin confirms or refuses, both end it. */
import type { Hold, HoldStep } from "../contents/hold"
import type { Said } from "./consignment"
import { hasMoved, type Mark, type Story } from "./story"

/** Take one step of a hold. */
export function hold(story: Story, one: Said, event: Hold): Mark {
  return STEPS[event.step](story, one, event)
}

const STEPS: Readonly<Record<HoldStep, (story: Story, one: Said, event: Hold) => Mark>> = {
  REQUEST: request,
  CONFIRM: confirm,
  REFUSE: refuse,
  AGREE: agree,
  LIFT: lift,
}

function request(story: Story, one: Said, event: Hold): Mark {
  const leg = story.legs.get(one.party)
  if (leg === undefined) return "not_your_leg"
  if (hasMoved(leg) || story.state === "ARRIVED") return "out_of_turn"
  if (leg.state === "HOLD_REQUESTED") return "said_before"
  if (leg.state !== "QUERY") story.resting.set(one.party, leg.state)
  story.put(one.party, { state: "HOLD_REQUESTED" })
  story.hold = { party: one.party, state: "REQUESTED", text: event.text }
  return null
}

/** Confirm every hold that is asked for; who does not see who asked believes the origin. */
function confirm(story: Story, one: Said, event: Hold): Mark {
  if (!story.isOrigin(one)) return "not_the_sender"
  const asking = askingFor(story)
  const turn = story.state === "SENT" || story.state === "ON_HOLD"
  if (!turn || (story.seesAll && asking.length === 0)) return "out_of_turn"
  if (story.state === "SENT") story.turn("ON_HOLD", one.place.at_ms)
  for (const party of asking) story.holding.set(party, false)
  story.hold = { party: asking.at(-1) ?? null, state: "CONFIRMED", text: event.text }
  return null
}

function refuse(story: Story, one: Said, event: Hold): Mark {
  if (!story.isOrigin(one)) return "not_the_sender"
  const asking = askingFor(story)
  if (story.seesAll && asking.length === 0) return "out_of_turn"
  for (const party of asking) story.leave(party)
  story.hold = { party: asking.at(-1) ?? null, state: "REFUSED", text: event.text }
  return null
}

function agree(story: Story, one: Said, event: Hold): Mark {
  if (!story.legs.has(one.party)) return "not_your_leg"
  if (story.state !== "ON_HOLD") return "not_on_hold"
  const agreed = story.holding.get(one.party)
  if (agreed === undefined) return "not_your_leg"
  if (agreed) return "said_before"
  story.holding.set(one.party, true)
  story.hold = { party: one.party, state: "AGREED", text: event.text }
  return null
}

/** Lift it: each who asked for itself, or the origin once all of them agree. */
function lift(story: Story, one: Said, event: Hold): Mark {
  const origin = story.isOrigin(one)
  if (story.state !== "ON_HOLD") {
    // The origin tells lanes that did not hear the asker lift it.
    return origin && story.hold?.state === "LIFTED" ? null : "not_on_hold"
  }
  let lifting: string[]
  if (origin) {
    if (![...story.holding.values()].every(Boolean)) return "no_agreement"
    lifting = [...story.holding.keys()]
  } else if (story.holding.has(one.party)) {
    lifting = [one.party]
  } else if (story.isDestination(one) && !story.seesAll) {
    lifting = [] // its request stands in the goods lane only
  } else {
    return "not_your_leg"
  }
  for (const party of lifting) {
    story.holding.delete(party)
    if (story.legs.has(party)) story.leave(party)
  }
  if (story.holding.size === 0) {
    story.turn("SENT", one.place.at_ms)
    story.hold = { party: one.party, state: "LIFTED", text: event.text }
  }
  return null
}

function askingFor(story: Story): string[] {
  return [...story.legs.values()]
    .filter((leg) => leg.state === "HOLD_REQUESTED" && !story.holding.has(leg.party))
    .map((leg) => leg.party)
}
