/**
 * Runs the MLS working group's test vectors: `run.js FOLDER [--suite-1] [--part K/N]`. Prints one line per set and the
 * total; exits 1 if any vector fails. In Node all suites run; `--suite-1` keeps those of ciphersuite 0x0001, for the
 * bundle that carries no other.
 */
import { readFile } from "node:fs/promises"
import process from "node:process"
import type { Vector } from "./check.js"
import { messageProtection, messages, welcome } from "./messages.js"
import { passive } from "./passive.js"
import * as primitives from "./primitives.js"
import { treeKem, treeOperations, treeValidation } from "./trees.js"

type Runner = (vector: never) => Promise<void>

const SETS: Record<string, Runner> = {
  "test-vectors/crypto-basics": primitives.cryptoBasics,
  "test-vectors/deserialization": primitives.deserialization,
  "test-vectors/key-schedule": primitives.keySchedule,
  "test-vectors/message-protection": messageProtection,
  "test-vectors/messages": messages,
  "test-vectors/psk_secret": primitives.pskSecret,
  "test-vectors/secret-tree": primitives.secretTree,
  "test-vectors/transcript-hashes": primitives.transcriptHashes,
  "test-vectors/tree-math": primitives.treeMath,
  "test-vectors/tree-operations": treeOperations,
  "test-vectors/tree-validation": treeValidation,
  "test-vectors/treekem": treeKem,
  "test-vectors/welcome": welcome,
  "test-vectors/passive-client-welcome": passive,
  "test-vectors/passive-client-handling-commit": passive,
  "test-vectors/passive-client-random": passive,
  "interop/passive/application": passive,
  "interop/passive/branch": passive,
  "interop/passive/commit": passive,
  "interop/passive/external_join": passive,
  "interop/passive/external_proposals": passive,
  "interop/passive/reinit": passive,
  "interop/passive/welcome_join": passive,
}

const [folder, ...options] = process.argv.slice(2)
if (folder === undefined) throw new Error("usage: run.js FOLDER [--suite-1] [--part K/N]")
const onlySuite1 = options.includes("--suite-1")
const part = options.includes("--part") ? options[options.indexOf("--part") + 1] : undefined
const [which, parts] = (part ?? "0/1").split("/").map(Number) as [number, number]

let passed = 0
let total = 0
for (const [name, run] of Object.entries(SETS)) {
  const all = JSON.parse(await readFile(`${folder}/${name}.json`, "utf8")) as Vector[]
  const vectors = all
    .map((vector, index): [number, Vector] => [index, vector])
    .filter(([index, vector]) => index % parts === which && (!onlySuite1 || vector.cipher_suite === 1))
  const began = performance.now()
  let here = 0
  for (const [index, vector] of vectors) {
    try {
      await run(vector as never)
      here++
    } catch (thrown) {
      console.error(`${name} ${index} (suite ${vector.cipher_suite}): ${String(thrown)}`)
    }
  }
  if (vectors.length > 0)
    console.log(`${name}: ${here} of ${vectors.length} (${Math.round(performance.now() - began)} ms)`)
  passed += here
  total += vectors.length
}
console.log(`${passed} of ${total}`)
process.exit(passed === total ? 0 : 1)
