/** Builds the service worker as one file without imports, so that its hash stands for all of it. */
import { build, type Plugin } from "vite"

export function serviceWorker(entry: string): Plugin {
  return {
    name: "pratique-service-worker",
    apply: "build",
    async generateBundle() {
      const built = await build({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        build: {
          write: false,
          target: "es2022",
          reportCompressedSize: false,
          rollupOptions: { checks: { pluginTimings: false, bundlerTimings: false }, input: entry, output: { format: "iife", codeSplitting: false } },
        },
      })
      const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []))
      const [chunk, ...more] = outputs
      if (chunk?.type !== "chunk" || more.length > 0) throw new Error("the service worker is not one file")
      this.emitFile({ type: "asset", fileName: "sw.js", source: chunk.code })
    },
  }
}
