/** Names the error of this room, and reads bytes so that every malformed encoding throws it too. */

import { Refused } from "../refused"
import { Reader } from "../tls"

/** Says that an MLS object is malformed, or is one that the protocol closes (docs/protocol.md §4). */
export class MlsRefused extends Refused {}

/** Reads like `Reader`; everything it throws is `MlsRefused("malformed_encoding")`. */
export class MlsReader extends Reader {
  override malformed(detail: string): Refused {
    return new MlsRefused("malformed_encoding", `${detail} (at byte ${this.at})`)
  }

  /**
   * Read a 64-bit integer of which only the size matters.
   *
   * Beyond 2^53 - 1 it is not exact; epochs and seconds that honest devices write are far below, and compare alike.
   */
  huge(): number {
    return Number(this.u64Big())
  }

  /** Read the presence octet of an `optional<T>` (RFC 9420 §2.1.1). */
  flag(): boolean {
    const octet = this.u8()
    if (octet > 1) throw this.malformed("the presence of an optional value is neither 0 nor 1")
    return octet === 1
  }

  /** Read an integer of `size` bytes that names a kind, or refuse it by `code`. */
  known<N extends number>(kinds: Readonly<Record<string, N>>, what: string, code: string, size = 1): N {
    const value = this.uint(size)
    const found = Object.values(kinds).find((kind) => kind === value)
    if (found === undefined) throw new MlsRefused(code, `${what} ${value} is unknown`)
    return found
  }

  /** Read a vector of integers of 2 or 4 bytes each. */
  integers(size: 2 | 4): number[] {
    const data = this.opaque()
    if (data.length % size) throw this.malformed(`a vector of ${size}-byte integers has ${data.length} bytes`)
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    return Array.from({ length: data.length / size }, (_, at) =>
      size === 2 ? view.getUint16(2 * at) : view.getUint32(4 * at),
    )
  }
}

/** Give the name of a number, for sentences. */
export function nameOf(kinds: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(kinds).find((name) => kinds[name] === value) ?? String(value)
}
