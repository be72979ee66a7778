// Builds the one bundle, ../pratique/groups/engine.js, and holds it to the SHA-256 pinned beside it.
// `npm run build` refuses a bundle whose bytes are not the pinned ones; `npm run pin` pins the bytes it makes.
import { createHash } from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { build } from "esbuild"
import { options, here } from "./bundle.mjs"

const bundlePath = join(here, "../pratique/groups/engine.js")
const pinPath = join(here, "../pratique/groups/engine.sha256")

async function notices() {
  const parts = []
  for (const name of ["ts-mls", "@hpke/core", "@hpke/common"]) {
    const folder = join(here, "node_modules", name)
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"))
    const licence = await readFile(join(folder, "LICENSE"), "utf8")
    parts.push(`${name} ${version}\n\n${licence.trim()}`)
  }
  return `/*\nPratique MLS engine. Apache-2.0. This bundle contains:\n\n${parts.join("\n\n")}\n*/`
}

const { outputFiles } = await build({
  ...options,
  entryPoints: ["src/stdio.ts"],
  write: false,
  banner: { js: await notices() },
})
const bytes = outputFiles[0].contents
const hash = createHash("sha256").update(bytes).digest("hex")

if (process.argv.includes("--pin")) await writeFile(pinPath, `${hash}\n`)
const pinned = (await readFile(pinPath, "utf8")).trim()
if (pinned !== hash) {
  console.error(`the bundle's SHA-256 is ${hash}, but ${pinned} is pinned: after a wanted change run "npm run pin"`)
  process.exit(1)
}
await writeFile(bundlePath, bytes)
console.log(`engine.js ${bytes.length} bytes, sha256 ${hash}`)
