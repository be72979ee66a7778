/** Carry an invitation to the one who is invited: the signed statement and the secret token, as one line of text. */

import { Invitation } from "./bodies"
import { fromBase64Url, toBase64Url } from "./bytes"
import { Refused } from "./refused"
import { Statement } from "./statements"
import { encode, Reader } from "./tls"

export const PREFIX = "pratique-invitation-"
export const TOKEN_BYTES = 32

/** Says that a line is no invitation, and what to do. */
export class InvitationRefused extends Refused {
  readonly hint = `copy the whole line that begins with ${PREFIX}`

  constructor() {
    super("bad_invitation", "this is not an invitation")
  }
}

/** What an officer hands over by a trusted way; it pins the deployment's root. */
export class InvitationTicket {
  readonly invitation: Invitation

  /** Throws `StatementRefused` where the statement is no invitation. */
  constructor(
    readonly statement: Statement,
    readonly token: Uint8Array,
  ) {
    this.invitation = statement.read(Invitation)
  }

  /** The invitation's id: the statement's digest. */
  get id(): string {
    return this.statement.digest
  }

  /** Give the one line to hand over. */
  text(): string {
    return PREFIX + toBase64Url(encode(this.statement.raw, this.token))
  }

  /** Read `text`'s line, with whatever white space came into it; throws `InvitationRefused`. */
  static parse(text: string): InvitationTicket {
    const line = text.replaceAll(/\s/g, "")
    if (!line.startsWith(PREFIX)) throw new InvitationRefused()
    try {
      const reader = new Reader(fromBase64Url(line.slice(PREFIX.length)))
      const ticket = new InvitationTicket(Statement.parse(reader.opaque()), reader.opaque())
      reader.done()
      return ticket
    } catch (refused) {
      if (!(refused instanceof Refused || refused instanceof RangeError)) throw refused
      throw new InvitationRefused()
    }
  }
}
