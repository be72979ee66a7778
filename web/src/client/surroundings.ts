/** Where a device lives, and what it reaches the world with; tests give their own. */

import type { Bundle } from "../groups/engine_host"
import type { Sockets } from "./stream"

/** The name of the database in this browser; tests keep several. */
export const DATABASE = "pratique"

export interface Surroundings {
  /** The server's origin, as `location.origin` has it. */
  readonly url: string
  readonly database?: string
  readonly bundle?: () => Promise<Bundle>
  readonly fetch?: typeof fetch
  readonly sockets?: Sockets
}
