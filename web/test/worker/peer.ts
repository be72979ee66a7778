/**
 * Be workers of the web client for a test in another language: JSON lines in, JSON lines out.
 *
 *     {"id": 1, "device": "be", "method": "query", "args": {"name": "today"}}
 *         ─▶ {"id": 1, "result": …} | {"id": 1, "error": …}
 */
import "fake-indexeddb/auto"
import { readFile } from "node:fs/promises"
import { basename } from "node:path"
import { createInterface } from "node:readline"
import type { Acts, Queries } from "../../src/api"
import { readTablesBy } from "../../src/codes/data"
import type { Bundle } from "../../src/groups/engine_host"
import { fromBase64, toBase64 } from "../../src/wire/bytes"
import { Keeper } from "../../src/worker/session"

interface Args {
  readonly name: string
  readonly given?: unknown
  readonly path?: readonly (string | number)[]
  readonly equals?: unknown
}
interface Asked {
  readonly id: number
  readonly device: string
  readonly method: string
  readonly args: Args
}
interface Held {
  readonly keeper: Keeper
  readonly wake: Set<() => void>
}

const [url, enginePath, tables] = process.argv.slice(2) as [string, string, string]
readTablesBy(async (asked) => {
  const list = /^[a-z0-9_]+/.exec(basename(asked))?.[0] ?? ""
  return new Response(await readFile(`${tables}/${list}.csv.gz`))
})
const keepers = new Map<string, Held>()
// Node's global object hears no events; a worker's does.
const ears = new EventTarget()
Object.assign(globalThis, {
  addEventListener: ears.addEventListener.bind(ears),
  removeEventListener: ears.removeEventListener.bind(ears),
})
const cutOff = new Set<string>()

function held(name: string): Held {
  let found = keepers.get(name)
  if (found === undefined) {
    const wake = new Set<() => void>()
    const keeper = new Keeper({
      around: {
        url,
        database: `pratique-${name}`,
        bundle: async () => (await import(enginePath)) as Bundle,
        fetch: (...asked) => (cutOff.has(name) ? Promise.reject(new TypeError("offline")) : fetch(...asked)),
      },
      changed: () => {
        for (const one of [...wake]) one()
      },
      share: () => undefined,
      ended: () => undefined,
    })
    found = { keeper, wake }
    keepers.set(name, found)
  }
  return found
}

/** JSON knows no bytes: they come as {"base64": …}, a passkey's secret as a list of numbers; and go the same way. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value)
  const [only] = entries
  if (entries.length === 1 && only?.[0] === "base64") return fromBase64(String(only[1]))
  return Object.fromEntries(
    entries.map(([name, one]) => {
      return [name, name === "prf" && Array.isArray(one) ? new Uint8Array(one as number[]) : revived(one)]
    }),
  )
}

function written(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) => (one instanceof Uint8Array ? { base64: toBase64(one) } : one))
}

class Told extends Error {
  constructor(readonly failure: unknown) {
    super("told")
  }
}

async function ask(name: string, kind: "query" | "act", args: Args): Promise<unknown> {
  const given = revived(args.given ?? undefined)
  const asked =
    kind === "query"
      ? { kind, name: args.name as keyof Queries, given }
      : { kind, name: args.name as keyof Acts, given }
  const answer = await held(name).keeper.serve(asked)
  if (!answer.good) throw new Told(answer.failure)
  return answer.answer
}

const METHODS: Readonly<Record<string, (name: string, args: Args) => Promise<unknown>>> = {
  query: (name, args) => ask(name, "query", args),
  act: (name, args) => ask(name, "act", args),
  /** Take one browser's network away, or give it back. */
  network(name, { given }) {
    if (given === true) cutOff.delete(name)
    else cutOff.add(name)
    return Promise.resolve(ears.dispatchEvent(new Event(given === true ? "online" : "offline")))
  },
  /** Ask again at every change until what stands at a path is what is waited for. */
  async until(name, args) {
    for (;;) {
      let changed: () => void = () => undefined
      const change = new Promise<void>((wake) => (changed = wake))
      held(name).wake.add(changed)
      const answer = await ask(name, "query", args)
      if (JSON.stringify(at(answer, args.path ?? [])) === JSON.stringify(args.equals)) return answer
      await change
      held(name).wake.delete(changed)
    }
  },
}

function at(answer: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | null)?.[step], answer)
}

async function answer(line: string): Promise<string> {
  const { id, device, method, args } = JSON.parse(line) as Asked
  try {
    return written({ id, result: (await METHODS[method]?.(device, args)) ?? null })
  } catch (failed) {
    const error = failed instanceof Told ? failed.failure : { code: "unexpected", detail: String(failed) }
    return written({ id, error })
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  void answer(line).then((told) => process.stdout.write(`${told}\n`))
})
process.stdin.on("end", () => process.exit(0))
