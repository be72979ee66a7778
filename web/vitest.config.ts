import { fileURLToPath } from "node:url"
import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig } from "vitest/config"

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { $templates: fileURLToPath(new URL("../templates", import.meta.url)) } },
  test: { include: ["test/**/*.test.ts"], environment: "node", testTimeout: 20_000 },
})
