// Builds the tests into build/: vectors.js (Node, all ciphersuites), vectors_suite1.js (Deno, over the same sources and the
// same left-out parts as the bundle) and unit.js (Node's test runner).
import { build } from "esbuild"
import { options } from "./bundle.mjs"

const node = { ...options, platform: "node", plugins: [] }
const own = { ...options, external: ["node:*"] }
await Promise.all([
  build({ ...node, entryPoints: ["test/vectors/run.ts"], outfile: "build/vectors.js" }),
  build({ ...own, entryPoints: ["test/vectors/run.ts"], outfile: "build/vectors_suite1.js" }),
])
