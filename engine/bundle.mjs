// How the engine's sources become one file, for the bundle as for the tests that run over the same sources.
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"

export const here = dirname(fileURLToPath(import.meta.url))

// Code of other ciphersuites, which the library loads on demand. Ours needs none of it, so none of it is shipped.
const otherSuites = {
  name: "leave-out-other-suites",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@noble\/|@hpke\/(chacha20poly1305|dhkem-x448|hybridkem-x-wing|ml-kem))/ }, ({ path }) => ({
      path,
      namespace: "left-out",
    }))
    onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: `throw new Error("${path} is not part of this bundle")`,
    }))
  },
}

export const options = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2022",
  legalComments: "none",
  define: { REFEREES: "false" },
  plugins: [otherSuites],
  logLevel: "warning",
}
