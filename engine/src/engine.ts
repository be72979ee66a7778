/**
 * The MLS engine: groups as functions, state in, state out. No I/O; it runs in Deno, in Node and in a browser's Worker.
 *
 *     key_packages ─▶ commits (create, commit) ─▶ processing, joining
 *                        └─ rules, keys: the closed list ─┘     state: opaque bytes between calls
 *
 * It judges what RFC 9420 and the closed list judge. Which devices may stand in a tree is told by the caller (`allowed`),
 * who has verified their certificates and folded the roster.
 */
import { loadState } from "./state.js"
import { type Epoch, epochOf } from "./epoch.js"

export { commit, type Committed, create, type Created } from "./commits.js"
export type { Epoch } from "./epoch.js"
export { EngineError } from "./errors.js"
export { join, type Joined } from "./joining.js"
export { keyPackage, type OwnKeyPackage } from "./key_packages.js"
export type { Leaf, Pair } from "./leaves.js"
export { process, type Processed } from "./processing.js"

export const VERSIONS = { engine: "1", ts_mls: "1.6.4", patch: "1" } as const

/** Give what a saved state knows of its epoch. */
export function epoch(p: { state: Uint8Array }): Promise<Epoch> {
  return epochOf(loadState(p.state, []))
}
