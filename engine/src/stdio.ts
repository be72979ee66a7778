/** The engine as a Deno process: one request per line on stdin, one answer per line on stdout, in order; ends with stdin. */
import { answer } from "./requests.js"

declare const Deno: {
  stdin: { readable: AsyncIterable<Uint8Array> }
  stdout: { write(bytes: Uint8Array): Promise<number> }
}

async function say(line: string): Promise<void> {
  let rest: Uint8Array = new TextEncoder().encode(`${line}\n`)
  while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest))
}

// The library folds lists of promises: after the first failure, which is answered, others may reject with nobody waiting
// for them. Deno would end the process then, and a commit with two bad Adds would stop every device of the caller.
addEventListener("unhandledrejection", (event) => event.preventDefault())

// pieces of a line are joined once, when it is whole: a state of megabytes arrives in many pieces
let pieces: string[] = []
const decoder = new TextDecoder()
for await (const chunk of Deno.stdin.readable) {
  const parts = decoder.decode(chunk, { stream: true }).split("\n")
  for (const [index, part] of parts.entries()) {
    pieces.push(part)
    if (index === parts.length - 1) break
    const line = pieces.join("")
    pieces = []
    await say(await answer(line))
  }
}
