import { expect, it } from "vitest"
import { PratiqueError, Problem, ServerMistrusted, Unreachable } from "../../src/client/errors"
import { type Answer, blobs, field, Http, plain } from "../../src/client/http"

type Sent = { url: string; method: string; body: string; headers: Record<string, string> }

/** A server that gives these answers one after the other, the last one for ever; keeps what it was asked. */
function answering(...answers: readonly (Response | Error)[]): { http: Http; sent: Sent[] } {
  const sent: Sent[] = []
  const ask = (url: string, init: RequestInit): Promise<Response> => {
    const body = init.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : ""
    sent.push({ url, method: init.method ?? "", body, headers: init.headers as Record<string, string> })
    const answer = answers[Math.min(sent.length, answers.length) - 1] as Response | Error
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer.clone())
  }
  return { http: new Http("http://127.0.0.1:9/", ask as typeof fetch), sent }
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status })
}

async function failure(asked: Promise<Answer>): Promise<PratiqueError> {
  const failed = await asked.then(
    () => null,
    (error: unknown) => error,
  )
  expect(failed).toBeInstanceOf(PratiqueError)
  return failed as PratiqueError
}

it("sends strict JSON under the token and gives the answer's fields by their kind", async () => {
  const { http, sent } = answering(json({ a: "text", n: 3, list: [1], blob: "AQI=" }))
  const answer = await http.call("POST", "/v1/x", { b: 1 }, { bearer: "token" })
  expect(sent[0]?.url).toBe("http://127.0.0.1:9/v1/x")
  expect(sent[0]?.body).toBe('{"b":1}')
  expect(sent[0]?.headers["authorization"]).toBe("Bearer token")
  expect([answer.get("a", "str"), answer.get("n", "int"), answer.get("list", "list")]).toEqual(["text", 3, [1]])
  expect(answer.get("blob", "bytes")).toEqual(new Uint8Array([1, 2]))
  for (const [name, kind] of [
    ["a", "int"],
    ["n", "str"],
    ["n", "bytes"],
    ["list", "dict"],
    ["toString", "str"],
  ] as const) {
    expect(() => answer.get(name, kind)).toThrow(ServerMistrusted)
  }
  expect(() => field([], "length", "int")).toThrow(ServerMistrusted)
  expect(() => blobs(["AQI"])).toThrow(ServerMistrusted)
})

it("gives a problem as the server said it, on one printable line", async () => {
  const told = { code: "stale_epoch", detail: "at\u202eepoch\n7", action: "resync", type: "t", title: "t", epoch: 7 }
  const { http, sent } = answering(json(told, 409))
  const problem = (await failure(http.call("GET", "/"))) as Problem
  expect(problem).toBeInstanceOf(Problem)
  expect([problem.code, problem.status, problem.action]).toEqual(["stale_epoch", 409, "resync"])
  expect(problem.detail).toBe("the server says: at?epoch?7")
  expect(problem.facts).toEqual({ epoch: 7 })
  expect(sent.length).toBe(1)
  expect(plain("x".repeat(400)).length).toBe(300)
})

it("takes what is no problem of ours for one of HTTP, and what is no JSON for a lie", async () => {
  const proxy = answering(new Response("<html>", { status: 502 })).http
  expect(await failure(proxy.call("POST", "/"))).toMatchObject({ code: "http_error", status: 502 })
  const { http } = answering(new Response('{"a":1,"a":2}'))
  const twice = await http.call("GET", "/")
  expect(() => twice.get("a", "int")).toThrow(ServerMistrusted)
})

it("asks again where that is harmless, and only there", async () => {
  const busy = json({ code: "busy", detail: "later", action: "retry" }, 503)
  const get = answering(new TypeError("no route"), busy, json({ a: 1 }))
  expect((await get.http.call("GET", "/")).get("a", "int")).toBe(1)
  expect(get.sent.length).toBe(3)
  const post = answering(new TypeError("no route"), json({ a: 1 }))
  expect(await failure(post.http.call("POST", "/"))).toBeInstanceOf(Unreachable)
  expect(post.sent.length).toBe(1)
  const repeated = answering(new TypeError("no route"), json({ a: 1 }))
  await repeated.http.call("POST", "/", { same: true }, { repeat: true })
  expect(new Set(repeated.sent.map((one) => one.body))).toEqual(new Set(['{"same":true}']))
  const refused = answering(json({ code: "bad", detail: "no", action: "fix" }, 422))
  await failure(refused.http.call("GET", "/"))
  expect(refused.sent.length).toBe(1)
  const long = answering(json({ code: "rate", detail: "later", action: "retry", retry_after_s: 60 }, 429))
  expect(await failure(long.http.call("GET", "/"))).toMatchObject({ code: "rate" })
  expect(long.sent.length).toBe(1)
})
