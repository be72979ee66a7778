/** Reads extension lists (RFC 9420 §13). */

import { type MlsReader, MlsRefused } from "./refused"
import { hex16 } from "./suite"

export const LAST_RESORT = 0x000a
/** The private-use GroupInfo extension that carries (seq, chain, roster head). */
export const PRATIQUE = 0xf1a7

export interface Extension {
  readonly type: number
  readonly data: Uint8Array
}

export function readExtensions(reader: MlsReader): Extension[] {
  const inside = reader.vector()
  const found = new Map<number, Extension>()
  while (inside.left) {
    const extension = { type: inside.u16(), data: inside.opaque() }
    if (found.has(extension.type)) {
      throw new MlsRefused("duplicate_extension", `extension ${hex16(extension.type)} stands twice in one list`)
    }
    found.set(extension.type, extension)
  }
  return [...found.values()]
}
