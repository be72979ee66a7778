/** Carry an invitation to the one who is invited: the signed statement and the secret token, as one line of text. */

import { Invitation } from "../wire/bodies"
import { fromBase64Url, toBase64Url } from "../wire/bytes"
import { Statement } from "../wire/statements"
import { encode, Reader } from "../wire/tls"
import { PratiqueError } from "./errors"

export const PREFIX = "pratique-invitation-"
export const TOKEN_BYTES = 32

/** What an officer hands over by a trusted way; it pins the deployment's root. */
export class InvitationTicket {
  constructor(
    readonly statement: Statement,
    readonly token: Uint8Array,
  ) {}

  /** Read `text`'s line; throws `PratiqueError("bad_invitation")`. */
  static parse(text: string): InvitationTicket {
    const line = text.replace(/\s/gu, "")
    try {
      if (!line.startsWith(PREFIX)) throw new RangeError("no prefix")
      const reader = new Reader(fromBase64Url(line.slice(PREFIX.length)))
      const ticket = new InvitationTicket(Statement.parse(reader.opaque()), reader.opaque())
      reader.done()
      void ticket.invitation
      return ticket
    } catch {
      throw new PratiqueError(
        "bad_invitation",
        "this is not an invitation",
        `copy the whole line that begins with ${PREFIX}`,
      )
    }
  }

  /** Give the invitation's id: the statement's digest. */
  get id(): string {
    return this.statement.digest
  }

  /** Read what the invitation says; throws `Refused`. */
  get invitation(): Invitation {
    return this.statement.read(Invitation)
  }

  /** Give the one line to hand over. */
  text(): string {
    return PREFIX + toBase64Url(encode(this.statement.raw, this.token))
  }
}
