/**
 * Writes down what the build is: `release.json`, every file with its SHA-256, which the deployment's root signs; and
 * beside each file that shrinks its gzip form, so that the server compresses nothing.
 */
import { createHash } from "node:crypto"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { gzipSync } from "node:zlib"
import type { Plugin, ResolvedConfig } from "vite"

export const MANIFEST = "release.json"
const SHRINKS = /\.(html|js|css|json|svg|webmanifest|txt)$/

export function release(): Plugin {
  let config: ResolvedConfig
  return {
    name: "pratique-release",
    apply: "build",
    enforce: "post",
    configResolved(resolved) {
      config = resolved
    },
    async writeBundle() {
      const folder = config.build.outDir
      const { version } = JSON.parse(await readFile(join(config.root, "package.json"), "utf8")) as { version: string }
      await writeFile(join(folder, MANIFEST), await manifest(folder, version))
      // From here on a file and the same name with .gz are one file for the server.
      for (const file of [MANIFEST, ...(await filesOf(folder))]) {
        if (!SHRINKS.test(file)) continue
        const whole = await readFile(join(folder, file))
        const packed = gzipSync(whole, { level: 9 })
        if (packed.length < whole.length) await writeFile(join(folder, `${file}.gz`), packed)
      }
    },
  }
}

/** Gives the manifest's text: the same files give the same bytes, wherever and whenever they were built. */
export async function manifest(folder: string, version: string): Promise<string> {
  const files: Record<string, string> = {}
  for (const file of await filesOf(folder)) {
    files[file] = createHash("sha256").update(await readFile(join(folder, file))).digest("hex")
  }
  return `${JSON.stringify({ version, files }, null, 1)}\n`
}

async function filesOf(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((one) => one.isFile())
    .map((one) => relative(folder, join(one.parentPath, one.name)).split(sep).join("/"))
    .filter((name) => name !== MANIFEST)
    .sort()
}
