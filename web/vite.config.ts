import { fileURLToPath } from "node:url"
import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig } from "vite"
import { engine } from "./build/engine.ts"
import { release } from "./build/release.ts"
import { serviceWorker } from "./build/service_worker.ts"

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

// How long a plugin took on a busy machine is no warning.
const checks = { pluginTimings: false, bundlerTimings: false }

export default defineConfig({
  plugins: [svelte(), engine(path("../pratique/groups")), serviceWorker(path("src/sw/sw.ts")), release()],
  resolve: { alias: { $templates: path("../templates") } },
  build: {
    target: "es2022",
    outDir: path("../app/pages"),
    emptyOutDir: true,
    // Nothing in a data: URL, which the content policy does not allow to fonts.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    sourcemap: false,
    rollupOptions: { checks },
  },
  worker: { format: "es", rollupOptions: { checks } },
})
