// Builds the tests into test/build: vectors.js (Node, all ciphersuites), vectors_suite1.js (Deno, without the parts that the
// bundle leaves out too), engine_with_referees.js (Deno, foreign engines may take part) and unit.js (Node's test runner).
import { build } from "esbuild"
import { options } from "./bundle.mjs"

const inNode = { ...options, platform: "node", plugins: [] }
const inDeno = { ...options, external: ["node:*"] }
await Promise.all([
  build({ ...inNode, entryPoints: ["test/vectors/run.ts"], outfile: "test/build/vectors.js" }),
  build({ ...inNode, entryPoints: ["test/unit.ts"], outfile: "test/build/unit.js" }),
  build({ ...inDeno, entryPoints: ["test/vectors/run.ts"], outfile: "test/build/vectors_suite1.js" }),
  build({
    ...inDeno,
    define: { REFEREES: "true" },
    entryPoints: ["src/stdio.ts"],
    outfile: "test/build/engine_with_referees.js",
  }),
])
