/** What the MLS engine answers, as values of ours. */

import { fromBase64, toHex } from "../wire/bytes"

/** What the engine's JSON holds under `result`. */
export type Result = Readonly<Record<string, unknown>>

/** A key package (an MLSMessage), its private part (opaque) and its KeyPackageRef in hex. */
export interface KeyPackage {
  readonly key_package: Uint8Array
  readonly private: Uint8Array
  readonly ref: string
}

/** Who stands at one leaf: device URI and Ed25519 public key. */
export interface Leaf {
  readonly index: number
  readonly uri: string
  readonly key: Uint8Array
}

/**
 * What a device knows of one epoch; `key` is secret.
 *
 * Source  RFC 9420 §8.5 (key), §8.7 (authenticator), §6.1 (confirmation tag), §7.8 (tree hash)
 */
export interface Epoch {
  readonly number: number
  readonly key: Uint8Array
  readonly authenticator: Uint8Array
  readonly confirmation_tag: Uint8Array
  readonly tree_hash: Uint8Array
  readonly leaves: readonly Leaf[]
  readonly own_leaf: number
}

/** A new group at epoch 0: its state (opaque), GroupInfo (an MLSMessage) and ratchet tree. */
export interface Created {
  readonly state: Uint8Array
  readonly group_info: Uint8Array
  readonly ratchet_tree: Uint8Array
  readonly epoch: Epoch
}

/** A staged commit and the epoch after it; `welcome` where devices are added. */
export interface Committed extends Created {
  readonly commit: Uint8Array
  readonly welcome: Uint8Array | null
}

/**
 * A joined group; `signer` is the leaf that signed the welcome's GroupInfo.
 *
 * That the confirmation tag and the signer are those of the logged commit is for the caller to check.
 */
export interface Joined {
  readonly state: Uint8Array
  readonly epoch: Epoch
  readonly group_info_extension: Uint8Array | null
  readonly signer: number
}

/** The state after a commit; a removed device knows no new epoch, and its state serves no further call. */
export interface Processed {
  readonly state: Uint8Array
  readonly epoch: Epoch | null
  readonly removed: boolean
}

/** The versions of the engine, of ts-mls and of our patch. */
export interface Versions {
  readonly engine: string
  readonly ts_mls: string
  readonly patch: string
}

export function readKeyPackage(result: Result): KeyPackage {
  return {
    key_package: bytes(result, "key_package"),
    private: bytes(result, "private"),
    ref: toHex(bytes(result, "ref")),
  }
}

export function readEpoch(result: Result): Epoch {
  return {
    number: result["number"] as number,
    key: bytes(result, "key"),
    authenticator: bytes(result, "authenticator"),
    confirmation_tag: bytes(result, "confirmation_tag"),
    tree_hash: bytes(result, "tree_hash"),
    leaves: (result["leaves"] as Result[]).map((leaf) => ({
      index: leaf["index"] as number,
      uri: leaf["uri"] as string,
      key: bytes(leaf, "key"),
    })),
    own_leaf: result["own_leaf"] as number,
  }
}

export function readCreated(result: Result): Created {
  return {
    state: bytes(result, "state"),
    group_info: bytes(result, "group_info"),
    ratchet_tree: bytes(result, "ratchet_tree"),
    epoch: readEpoch(result["epoch"] as Result),
  }
}

export function readCommitted(result: Result): Committed {
  return { ...readCreated(result), commit: bytes(result, "commit"), welcome: maybeBytes(result, "welcome") }
}

export function readJoined(result: Result): Joined {
  return {
    state: bytes(result, "state"),
    epoch: readEpoch(result["epoch"] as Result),
    group_info_extension: maybeBytes(result, "group_info_extension"),
    signer: result["signer"] as number,
  }
}

export function readProcessed(result: Result): Processed {
  const epoch = result["epoch"] as Result | null
  return {
    state: bytes(result, "state"),
    epoch: epoch === null ? null : readEpoch(epoch),
    removed: result["removed"] as boolean,
  }
}

export function readVersions(result: Result): Versions {
  return {
    engine: result["engine"] as string,
    ts_mls: result["ts_mls"] as string,
    patch: result["patch"] as string,
  }
}

function bytes(result: Result, name: string): Uint8Array {
  return fromBase64(result[name] as string)
}

function maybeBytes(result: Result, name: string): Uint8Array | null {
  return result[name] === null ? null : bytes(result, name)
}
