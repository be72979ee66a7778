// Builds the tests into a folder (test/build unless named): vectors.js (Node, all ciphersuites), vectors_suite1.js (Deno, without the parts that the
// bundle leaves out too), engine_with_referees.js (Deno, foreign engines may take part) and unit.js (Node's test runner).
import { build } from "esbuild"
import { options } from "./bundle.mjs"

const out = process.argv[2] ?? "test/build"

const inNode = { ...options, platform: "node", plugins: [] }
const inDeno = { ...options, external: ["node:*"] }
await Promise.all([
  build({ ...inNode, entryPoints: ["test/vectors/run.ts"], outfile: `${out}/vectors.js` }),
  build({ ...inNode, entryPoints: ["test/unit.ts"], outfile: `${out}/unit.js` }),
  build({ ...inDeno, entryPoints: ["test/vectors/run.ts"], outfile: `${out}/vectors_suite1.js` }),
  build({
    ...inDeno,
    define: { REFEREES: "true" },
    entryPoints: ["src/stdio.ts"],
    outfile: `${out}/engine_with_referees.js`,
  }),
])
