/**
 * Parses and checks MLS handshakes without an engine and without secrets (RFC 9420, ciphersuite 0x0001, mls10, basic).
 *
 * Every function throws `MlsRefused` and nothing else. What needs a secret (path secrets, both tags) stays unchecked
 * here, and so does what the server alone judges (signatures of commits, the next tree): a member's engine does that.
 */

export { type Commit, parseCommit } from "./commit"
export { type Extension, LAST_RESORT, PRATIQUE } from "./extension"
export { ContentType, SenderKind, WireFormat } from "./framing"
export { checkGroupInfo, type GroupContext, type GroupInfo, parseGroupInfo, verifyGroupInfo } from "./group_info"
export { KeyPackage, parseKeyPackage, verifyKeyPackage } from "./key_package"
export { type LeafNode, LeafSource } from "./leaf"
export { MlsRefused } from "./refused"
export { interimTranscriptHash, nextConfirmedTranscriptHash } from "./transcript"
export { type ParentNode, parseRatchetTree, RatchetTree } from "./tree"
export type { UpdatePath } from "./update_path"
export { parseWelcome, type Welcome } from "./welcome"
