/** Say what a refusal means for a post: that it is only delayed, that the log moved on under it, or that it is gone. */

import { ChannelStopped, type Problem } from "../client/errors"
import { SealRefused } from "../wire/sealing"

/** The log moved on under a post: follow it, then decide anew. */
export const MOVED: ReadonlySet<unknown> = new Set(["stale_epoch", "removal_pending", "stale_roster", "already_leaf"])
/** Another of this device's tasks sealed the same post again a moment ago, or somebody ended a reminder first. */
const OVERTAKEN: ReadonlySet<unknown> = new Set(["post_id_reused", "reminder_ended"])

/** Say whether a post is only delayed: busy, too many, signed out. */
export function stays(problem: Problem): boolean {
  return problem.action === "retry" || problem.status === 401 || problem.status === 500
}

/** Say whether the log moved on under a post, so that it may be sealed again. */
export function moved(problem: Problem): boolean {
  return [problem.code, problem.facts["reason"]].some((word) => MOVED.has(word) || OVERTAKEN.has(word))
}

/** Say whether what was thrown here ends a post for good, whatever the server would say. */
export function isFinal(refused: unknown): boolean {
  return refused instanceof ChannelStopped || refused instanceof SealRefused
}
