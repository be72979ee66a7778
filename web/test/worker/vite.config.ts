/** Bundle the worker's inner side for Node, where tests of the other language drive it. */
import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here("../.."),
  logLevel: "error",
  publicDir: false,
  resolve: { alias: { $templates: here("../../../templates") } },
  ssr: { noExternal: true },
  build: {
    ssr: here("peer.ts"),
    target: "node20",
    minify: false,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    rolldownOptions: { output: { entryFileNames: "peer.mjs" } },
  },
})
