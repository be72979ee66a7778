/** A commit without a path, whatever it proposes: made by hand, as the library would not. Its tag is any bytes. */
import { createContentCommitSignature } from "ts-mls/framedContent.js"
import { protectPublicMessage } from "ts-mls/messageProtectionPublic.js"
import type { Proposal } from "ts-mls/proposal.js"
import type { PublicMessage } from "ts-mls/publicMessage.js"
import { suite } from "../src/suite.js"
import type { Device } from "./group.js"

export async function pathless(device: Device, proposals: Proposal[]): Promise<PublicMessage> {
  const state = device.raw
  const cs = await suite()
  const commit = {
    proposals: proposals.map((proposal) => ({ proposalOrRefType: "proposal" as const, proposal })),
    path: undefined,
  }
  const sender = { senderType: "member" as const, leafIndex: device.index }
  const { framedContent, signature } = await createContentCommitSignature(
    state.groupContext,
    "mls_public_message",
    commit,
    sender,
    new Uint8Array(),
    device.seed,
    cs.signature,
  )
  const auth = { contentType: "commit" as const, signature, confirmationTag: new Uint8Array(32) }
  return protectPublicMessage(
    state.keySchedule.membershipKey,
    state.groupContext,
    { wireformat: "mls_public_message", content: framedContent, auth },
    cs,
  )
}
