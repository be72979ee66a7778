/**
 * The MLS engine: groups as functions, state in, state out. No I/O; it runs in Deno, in Node and in a browser's Worker.
 *
 *     key_packages ─▶ commits (create, commit) ─▶ processing, joining
 *                        └─ rules, keys: the closed list ─┘     state: opaque bytes between calls
 *
 * It judges what RFC 9420 and the closed list judge. Which devices may stand in a tree is told by the caller (`allowed`),
 * who has verified their certificates and folded the roster.
 */
import * as commits from "./commits.js"
import { epochOf } from "./epoch.js"
import { guarded } from "./errors.js"
import * as joining from "./joining.js"
import * as keyPackages from "./key_packages.js"
import * as processing from "./processing.js"
import { loadState } from "./state.js"

export type { Committed, Created } from "./commits.js"
export type { Epoch } from "./epoch.js"
export { EngineError } from "./errors.js"
export type { Joined } from "./joining.js"
export type { OwnKeyPackage } from "./key_packages.js"
export type { Leaf, Pair } from "./leaves.js"
export type { Processed } from "./processing.js"

export const VERSIONS = { engine: "1", ts_mls: "1.6.4", patch: "1" } as const

export const keyPackage = guarded(keyPackages.keyPackage)
export const create = guarded(commits.create)
export const commit = guarded(commits.commit)
export const join = guarded(joining.join)
export const process = guarded(processing.process)

/** Give what a saved state knows of its epoch. */
export const epoch = guarded(async (p: { state: Uint8Array }) => epochOf(loadState(p.state, [])))
