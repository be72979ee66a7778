/** What a party officer needs of the root's work: fold the party lists, end a device. */

import { Authorities } from "../wire/authorities"
import { Revocation } from "../wire/bodies"
import { sign, type Statement } from "../wire/statements"
import { Problem } from "./errors"
import { type Http, text } from "./http"

export type Reason = Revocation["reason"]

/** Send a signed revocation; give the number of channels that the device leaves. */
export async function revokeDevice(
  http: Http,
  device: string,
  reason: Reason,
  signer: string,
  seed: Uint8Array,
): Promise<number> {
  const statement = await sign(Revocation, { device, reason, at_ms: Date.now() }, { signer, seed })
  try {
    const told = await http.call("POST", "/v1/revocations", { statement: text(statement.raw) }, { repeat: true })
    return told.get("channels", "list").length
  } catch (problem) {
    if (problem instanceof Problem && problem.code === "already_revoked") return 0
    throw problem
  }
}

/** Verify party lists from the root on; throws `Refused`. */
export async function foldLists(root: Uint8Array, lists: readonly Statement[]): Promise<Authorities> {
  let authorities = await Authorities.found(root)
  for (const statement of lists) authorities = await authorities.advance(statement)
  return authorities
}
