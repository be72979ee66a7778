/** Reads the proposals of a commit: Adds and Removes by value; every other kind is refused by its own code. */

import { type KeyPackage, readKeyPackage } from "./key_package"
import { type MlsReader, MlsRefused } from "./refused"
import { MAX_LEAVES } from "./suite"

const BY_VALUE = 1
const BY_REFERENCE = 2
const ADD = 1
const REMOVE = 3
const CLOSED: Readonly<Record<number, string>> = {
  2: "update_proposal",
  4: "psk_proposal",
  5: "reinit_proposal",
  6: "external_init_proposal",
  7: "group_context_extensions_proposal",
}

export interface Proposals {
  readonly adds: readonly KeyPackage[]
  readonly removes: readonly number[]
}

/**
 * Read `ProposalOrRef proposals<V>`.
 *
 * Throws  MlsRefused: proposal_by_reference, update_proposal, psk_proposal, reinit_proposal, external_init_proposal,
 *         group_context_extensions_proposal, unknown_proposal, too_many_proposals, duplicate_remove
 */
export function readProposals(reader: MlsReader): Proposals {
  const inside = reader.vector()
  const adds: KeyPackage[] = []
  const removes: number[] = []
  while (inside.left) {
    checkByValue(inside)
    const kind = inside.u16()
    if (kind === ADD) adds.push(readKeyPackage(inside))
    else if (kind === REMOVE) removes.push(inside.u32())
    else throw new MlsRefused(CLOSED[kind] ?? "unknown_proposal", `a commit may not hold proposal type ${kind}`)
    if (adds.length + removes.length > MAX_LEAVES) {
      throw new MlsRefused("too_many_proposals", `a commit holds at most ${MAX_LEAVES} proposals`)
    }
  }
  if (new Set(removes).size !== removes.length) {
    throw new MlsRefused("duplicate_remove", "a commit removes one leaf twice")
  }
  return { adds, removes }
}

function checkByValue(reader: MlsReader): void {
  const form = reader.u8()
  if (form === BY_REFERENCE) {
    throw new MlsRefused("proposal_by_reference", "a commit holds its proposals by value only")
  }
  if (form !== BY_VALUE) throw reader.malformed("a proposal is neither by value nor by reference")
}
