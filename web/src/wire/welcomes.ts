/**
 * Carry an MLS Welcome to a device's inbox together with what binds it to its channel's log (docs/protocol.md §6).
 *
 * Shape  welcome ‖ charter ‖ seen.seq u64 ‖ seen.chain ‖ roster_head ‖ committer ‖ signature,
 *        each opaque<V> unless named
 *        signature: the committer's, over "pratique welcome v1" ‖ channel ‖ the fields before it
 */

import { type Bytes, concat, fromHex, toHex } from "./bytes"
import { readSeen, type Seen } from "./entries"
import { sha256Hex } from "./hash"
import { SIGNATURE_BYTES, sign, verify } from "./keys"
import { Refused } from "./refused"
import { encode, Malformed, Reader } from "./tls"

export const SIGNED_LABEL = "pratique welcome v1"

/** A welcome that is malformed or not signed by who it says; codes malformed_welcome, bad_signature. */
export class WelcomeRefused extends Refused {}

/**
 * One welcome.
 *
 * Takes  welcome: the MLS Welcome; charter: the charter statement's bytes; seen: what the committer had processed;
 *        rosterHead: digest of the newest roster (or charter) statement it had processed; committer: device URI
 */
export class Welcome {
  /** The channel's id: SHA-256 of the charter. */
  readonly channel: string

  constructor(
    readonly welcome: Uint8Array,
    readonly charter: Uint8Array,
    readonly seen: Seen,
    readonly roster_head: string,
    readonly committer: string,
    readonly signature: Uint8Array = new Uint8Array(),
  ) {
    this.channel = sha256Hex(charter)
  }

  /** Read `encode`'s bytes; checks no signature; throws `WelcomeRefused`. */
  static decode(data: Uint8Array): Welcome {
    let read: Welcome
    try {
      const reader = new Reader(data)
      const [welcome, charter, seen] = [reader.opaque(), reader.opaque(), readSeen(reader)]
      read = new Welcome(welcome, charter, seen, toHex(reader.opaque()), reader.text(), reader.opaque())
      reader.done()
    } catch (malformed) {
      if (!(malformed instanceof Malformed)) throw malformed
      throw new WelcomeRefused("malformed_welcome", malformed.detail)
    }
    const { seen, roster_head: head, signature } = read
    if (seen.chain.length !== 64 || head.length !== 64 || signature.length !== SIGNATURE_BYTES) {
      throw new WelcomeRefused("malformed_welcome", "a field of the welcome has the wrong length")
    }
    return read
  }

  /** Give the data of the inbox entry. */
  encode(): Bytes {
    return concat(this.#fields(), encode(this.signature))
  }

  /** Give the same welcome with the committer's signature. */
  async sign(seed: Uint8Array): Promise<Welcome> {
    const signature = await sign(seed, this.#signed())
    return new Welcome(this.welcome, this.charter, this.seen, this.roster_head, this.committer, signature)
  }

  /** Check the committer's signature under its Ed25519 key; throws `WelcomeRefused`. */
  async verify(key: Uint8Array): Promise<void> {
    if (!(await verify(key, this.#signed(), this.signature))) {
      throw new WelcomeRefused("bad_signature", "the welcome is not signed by its committer")
    }
  }

  #signed(): Bytes {
    return concat(encode(SIGNED_LABEL, fromHex(this.channel)), this.#fields())
  }

  #fields(): Bytes {
    const head = encode(this.welcome, this.charter, this.seen.seq, fromHex(this.seen.chain))
    return concat(head, encode(fromHex(this.roster_head), this.committer))
  }
}

/** Give the content of our GroupInfo extension: what the Welcome's GroupInfo says of the log. */
export function binding(seen: Seen, rosterHead: string): Bytes {
  return encode(seen.seq, fromHex(seen.chain), fromHex(rosterHead))
}
