import { fileURLToPath } from "node:url"
import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig } from "vite"

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { $templates: fileURLToPath(new URL("../templates", import.meta.url)) } },
  build: { target: "es2022", outDir: "../app/pages", emptyOutDir: true },
  worker: { format: "es" },
})
