/** What is kept between calls, as opaque bytes: a group's state, and the private keys of a key package. */
import { type ClientState, decodeGroupState, encodeGroupState, type GroupState } from "ts-mls/clientState.js"
import { mapDecoders } from "ts-mls/codec/tlsDecoder.js"
import { contramapBufferEncoders, encode } from "ts-mls/codec/tlsEncoder.js"
import { decodeVarLenData, varLenDataEncoder } from "ts-mls/codec/variableLength.js"
import type { PrivateKeyPackage } from "ts-mls/keyPackage.js"
import { EngineError, require } from "./errors.js"
import { Allowed, leavesOf, type Pair } from "./leaves.js"
import { configure } from "./suite.js"

const FORMAT = 1

/** Save a group's state.
 *
 * Left out: the secret tree and everything of past epochs. Contents are sealed under the exported epoch key, so no
 * application or handshake ratchet is ever used, and what is not kept cannot be stolen. So are the private keys of
 * nodes that the tree no longer holds.
 */
export function saveState(state: GroupState): Uint8Array {
  const privateKeys = Object.fromEntries(
    Object.entries(state.privatePath.privateKeys).filter(([node]) => state.ratchetTree[Number(node)] !== undefined),
  )
  const body = encodeGroupState({
    ...state,
    secretTree: [],
    historicalReceiverData: new Map(),
    privatePath: { ...state.privatePath, privateKeys },
  })
  const saved = new Uint8Array(1 + body.length)
  saved[0] = FORMAT
  saved.set(body, 1)
  return saved
}

/** Load a group's state; the hook lets in who already stands in the tree, and the allowed. */
export function loadState(saved: Uint8Array, allowed: readonly Pair[]): ClientState {
  require(saved[0] === FORMAT, "bad_state", "the saved state is of an unknown format")
  let state: GroupState
  try {
    // a copy: the library wipes secrets in place, and the caller's bytes are not ours to wipe
    const decoded = decodeGroupState(saved.slice(1), 0)
    require(decoded !== undefined && decoded[1] === saved.length - 1, "bad_state", "the saved state cannot be read")
    state = decoded[0]
  } catch {
    throw new EngineError("bad_state", "the saved state cannot be read")
  }
  require(state.groupActiveState.kind === "active", "removed", "this device was removed from the group")
  return { ...state, clientConfig: configure(new Allowed([...leavesOf(state.ratchetTree), ...allowed])) }
}

const privateEncoder = contramapBufferEncoders(
  [varLenDataEncoder, varLenDataEncoder, varLenDataEncoder],
  (keys: PrivateKeyPackage) =>
    [keys.initPrivateKey, keys.hpkePrivateKey, keys.signaturePrivateKey] as const as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ],
)

export const savePrivate = encode(privateEncoder)

const decodePrivate = mapDecoders(
  [decodeVarLenData, decodeVarLenData, decodeVarLenData],
  (initPrivateKey, hpkePrivateKey, signaturePrivateKey): PrivateKeyPackage => ({
    initPrivateKey,
    hpkePrivateKey,
    signaturePrivateKey,
  }),
)

export function loadPrivate(saved: Uint8Array): PrivateKeyPackage {
  try {
    const decoded = decodePrivate(saved.slice(), 0)
    if (decoded !== undefined && decoded[1] === saved.length) return decoded[0]
  } catch {
    // told below, like every other damage
  }
  throw new EngineError("bad_state", "the private part of the key package cannot be read")
}
