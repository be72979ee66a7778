/**
 * Statements: signed as bytes, carried as the same bytes (docs/protocol.md §6).
 *
 * Shape  label ‖ signer ‖ follows ‖ seen.seq u64 ‖ seen.chain ‖ body ‖ signature, each opaque<V> unless named
 *        body: one strict JSON object, read by the model that the label names
 * The signature is over "pratique statement v1" ‖ every field before it: one label's statement is never another's.
 */

import { type Bytes, fromAscii, fromHex, toHex } from "./bytes"
import { readSeen, type Seen } from "./entries"
import { sha256Hex } from "./hash"
import { sign as signBytes, verify } from "./keys"
import { Refused } from "./refused"
import { encode, Reader } from "./tls"

export const SIGNED_LABEL = "pratique statement v1"
export const MAX_STATEMENT_BYTES = 1024 * 1024 // a list of 200 parties with one CA each has 131 kB
export const NOTHING_SEEN: Seen = { seq: 0, chain: "" }

/** A statement that is malformed, of another label, or not signed by who it says. */
export class StatementRefused extends Refused {}

/** Reads and writes the body of one kind of statement; `read` throws `StatementRefused`. */
export interface BodyModel<T> {
  readonly LABEL: string
  read(data: Uint8Array): T
  write(body: T): Bytes
}

/** One signed statement; `raw` are its bytes, `digest` their SHA-256 in hex, `follows` a digest or empty. */
export class Statement {
  /** SHA-256 of the statement's bytes: its name wherever another statement follows it. */
  readonly digest: string

  private constructor(
    readonly label: string,
    readonly signer: string,
    readonly follows: string,
    readonly seen: Seen,
    readonly body: Uint8Array,
    readonly signature: Uint8Array,
    readonly raw: Uint8Array,
  ) {
    this.digest = sha256Hex(raw)
  }

  /** Read a statement's frame; checks no signature; throws `StatementRefused`. */
  static parse(raw: Uint8Array): Statement {
    if (raw.length > MAX_STATEMENT_BYTES) throw malformed("the statement is too large")
    let read: Statement
    try {
      const reader = new Reader(raw)
      const label = fromAscii(reader.opaque())
      const signer = fromAscii(reader.opaque())
      const follows = toHex(reader.opaque())
      const seen = readSeen(reader)
      read = new Statement(label, signer, follows, seen, reader.opaque(), reader.opaque(), raw)
      reader.done()
    } catch {
      throw malformed("the statement's frame cannot be read")
    }
    if (![0, 64].includes(read.follows.length) || ![0, 64].includes(read.seen.chain.length)) throw wrongLength()
    if (read.signature.length !== 64) throw wrongLength()
    return read
  }

  /** Check the signature under an Ed25519 key or throw `StatementRefused`. */
  async verify(key: Uint8Array): Promise<void> {
    const signed = encode(SIGNED_LABEL, ...fields(this.label, this.signer, this.follows, this.seen, this.body))
    if (!(await verify(key, signed, this.signature))) {
      throw new StatementRefused("bad_signature", "the statement is not signed by the key of its signer")
    }
  }

  /** Parse the body as the model whose label this statement carries; throws `StatementRefused`. */
  read<T>(model: BodyModel<T>): T {
    if (this.label !== model.LABEL) throw new StatementRefused("wrong_statement", `expected ${model.LABEL}`)
    return model.read(this.body)
  }
}

/**
 * Make a signed statement.
 *
 * Takes  signer: a device URI, a party's host, or "root"; seed: the signer's private key;
 *        follows: digest of the statement before it, or empty
 */
export async function sign<T>(
  model: BodyModel<T>,
  body: T,
  by: { signer: string; seed: Uint8Array; follows?: string; seen?: Seen },
): Promise<Statement> {
  const parts = fields(model.LABEL, by.signer, by.follows ?? "", by.seen ?? NOTHING_SEEN, model.write(body))
  const signature = await signBytes(by.seed, encode(SIGNED_LABEL, ...parts))
  return Statement.parse(encode(...parts, signature))
}

function fields(
  label: string,
  signer: string,
  follows: string,
  seen: Seen,
  body: Uint8Array,
): (number | string | Uint8Array)[] {
  return [label, signer, fromHex(follows), seen.seq, fromHex(seen.chain), body]
}

function malformed(detail: string): StatementRefused {
  return new StatementRefused("malformed_statement", detail)
}

function wrongLength(): StatementRefused {
  return malformed("a field of the statement has the wrong length")
}
