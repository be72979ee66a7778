/**
 * The bundle's entry: `answer`, for whoever imports it (a browser's Worker, Node); and, in Deno, a process that answers
 * one request per line on stdin with one line on stdout, in order, and ends with stdin.
 */
import { answer } from "./requests.js"

export { answer }

declare const Deno:
  | {
      stdin: { readable: AsyncIterable<Uint8Array> }
      stdout: { write(bytes: Uint8Array): Promise<number> }
    }
  | undefined

async function serve(process: NonNullable<typeof Deno>): Promise<void> {
  // The library folds lists of promises: after the first failure, which is answered, others may reject with nobody
  // waiting for them. Deno would end the process then, and a commit with two bad Adds would stop every device of the
  // caller.
  addEventListener("unhandledrejection", (event) => event.preventDefault())
  // pieces of a line are joined once, when it is whole: a state of megabytes arrives in many pieces
  let pieces: string[] = []
  const decoder = new TextDecoder()
  for await (const chunk of process.stdin.readable) {
    const parts = decoder.decode(chunk, { stream: true }).split("\n")
    for (const [index, part] of parts.entries()) {
      pieces.push(part)
      if (index === parts.length - 1) break
      const line = pieces.join("")
      pieces = []
      let rest: Uint8Array = new TextEncoder().encode(`${await answer(line)}\n`)
      while (rest.length > 0) rest = rest.subarray(await process.stdout.write(rest))
    }
  }
}

if (typeof Deno !== "undefined") await serve(Deno)
