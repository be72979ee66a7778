/**
 * Errors as the caller sees them: a stable code and a sentence that never quotes a value.
 *
 * The codes: `bad_request` (the caller's own mistake), `bad_encoding`, `bad_state`, `bad_key`, `wrong_group`,
 * `wrong_epoch`, `own_commit`, `closed_list` (not among the things a message may hold), `wrong_committer`,
 * `committer_changed`, `not_allowed` (a URI and key nobody vouched for), `lapsed_key_package`, `duplicate_key`,
 * `path_key_mismatch`, `removed`, `refused` (a rule of RFC 9420), `not_authentic` (signature or tag), `undecryptable`,
 * `internal`.
 */
import { CodecError, CryptoError, CryptoVerificationError, UsageError, ValidationError } from "ts-mls/mlsError.js"

export class EngineError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
    this.name = "EngineError"
  }
}

/** Refuse with a code unless the condition holds. */
export function require(condition: boolean, code: string, message: string): asserts condition {
  if (!condition) throw new EngineError(code, message)
}

/** Turn whatever was thrown into an error that may be shown: the library's own sentences are fixed texts, others are not. */
export function asEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown
  if (thrown instanceof CodecError) return new EngineError("bad_encoding", thrown.message)
  if (thrown instanceof CryptoVerificationError) return new EngineError("not_authentic", thrown.message)
  if (thrown instanceof ValidationError || thrown instanceof UsageError)
    return new EngineError("refused", thrown.message)
  if (thrown instanceof CryptoError)
    return new EngineError("undecryptable", "a ciphertext does not open with the key that belongs to it")
  return new EngineError("internal", "the message cannot be processed")
}

/** Let a method throw nothing but errors of ours. */
export function guarded<P, R>(method: (p: P) => Promise<R>): (p: P) => Promise<R> {
  return async (p) => {
    try {
      return await method(p)
    } catch (thrown) {
      throw asEngineError(thrown)
    }
  }
}
