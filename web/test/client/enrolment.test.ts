/** An invitation that can bring nobody in is refused when its link is opened, and its secret is shown to nobody. */
import { expect, it } from "vitest"
import { lookAt } from "../../src/client/enrolment"
import { Http } from "../../src/client/http"
import { InvitationTicket } from "../../src/client/invitations"
import { Invitation } from "../../src/wire/bodies"
import { fromBase64, toBase64Url, toHex } from "../../src/wire/bytes"
import { sha256Hex } from "../../src/wire/hash"
import { generateSeed } from "../../src/wire/keys"
import { sign } from "../../src/wire/statements"
import { load } from "../wire/vectors"

const { root } = load<{ readonly root: string }>("party_lists")
const token = new Uint8Array(32).fill(9)
const said = { token_digest: sha256Hex(token), office: "ke/ncp", person: "officer", expires_ms: 1, root: sha256Hex(fromBase64(root)) }
const NOT_FOUND = { code: "not_found", status: 404, title: "not found", detail: "nothing here" }

async function ticketOf(more: Partial<Invitation> = {}, secret = token): Promise<InvitationTicket> {
  return new InvitationTicket(await sign(Invitation, { ...said, ...more }, { signer: "ke.stop.example", seed: generateSeed() }), secret)
}

/** Ask a server that answers so about every invitation; give whom it brings in or the code of what was refused, and all that it was asked. */
async function looked(ticket: string, answer: object, status = 200): Promise<{ code: string; asked: string[] }> {
  const asked: string[] = []
  const ask = (url: string, { method, body }: RequestInit): Promise<Response> => {
    asked.push(`${method} ${new URL(url).pathname} ${JSON.stringify(body ?? null)}`)
    const deployment = url.endsWith("/v1/deployment")
    return Promise.resolve(new Response(JSON.stringify(deployment ? { root_certificate: root } : answer), { status: deployment ? 200 : status }))
  }
  const code = await lookAt(new Http("http://127.0.0.1:9", ask as typeof fetch), ticket).then(({ office, person }) => `${office} ${person}`, (failed: { code: string }) => failed.code)
  return { code, asked }
}

it.each([
  [{ state: "open" }, 200, "ke/ncp officer"],
  [{ state: "expired" }, 200, "invitation_expired"],
  [{ state: "waiting", device: "d", key: "" }, 200, "invitation_used"],
  [{ state: "active", device: "d", key: "" }, 200, "invitation_used"],
  [NOT_FOUND, 404, "invitation_unknown"],
])("the server says %j", async (answer, status, code) => {
  const ticket = await ticketOf()
  const told = await looked(ticket.text(), answer, status)
  expect(told.code).toBe(code)
  expect(told.asked).toEqual(["GET /v1/deployment null", `GET /v1/enrolments/${ticket.id} null`])
  for (const form of [toBase64Url(token), toHex(token)]) expect(told.asked.join()).not.toContain(form)
})

it("is not asked about where the line is none, is damaged, or is of another deployment", async () => {
  const text = (await ticketOf()).text()
  expect(await looked(`${text.slice(0, -9)}`, {})).toEqual({ code: "bad_invitation", asked: [] })
  expect(await looked("pratique-invitation-garbage", {})).toEqual({ code: "bad_invitation", asked: [] })
  expect(await looked((await ticketOf({}, new Uint8Array(32))).text(), {})).toEqual({ code: "bad_invitation", asked: [] })
  const other = await looked((await ticketOf({ root: "0".repeat(64) })).text(), { state: "open" })
  expect(other).toEqual({ code: "wrong_root", asked: ["GET /v1/deployment null"] })
})
