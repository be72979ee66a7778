/** Puts the engine bundle beside the pages, byte for byte the one that the Python side runs. */
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Plugin } from "vite"

export function engine(folder: string): Plugin {
  return {
    name: "pratique-engine",
    apply: "build",
    async generateBundle() {
      const source = await readFile(join(folder, "engine.js")).catch(() => {
        throw new Error("the engine is not built: run `npm ci && npm run build` in engine/, or `make web`")
      })
      const pinned = (await readFile(join(folder, "engine.sha256"), "utf8")).trim()
      const digest = createHash("sha256").update(source).digest("hex")
      if (digest !== pinned) throw new Error(`engine.js has the SHA-256 ${digest}, but ${pinned} is pinned beside it`)
      this.emitFile({ type: "asset", fileName: "engine.js", source })
    },
  }
}
