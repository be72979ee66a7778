// Does what a Python test asks on its standard input with the web client's own modules: [[call, argument], …] in JSON.
import { text } from "node:stream/consumers"
import { runnerImport } from "vite"

async function load(name) {
  const path = new URL(`../../src/wire/${name}.ts`, import.meta.url).pathname
  return (await runnerImport(path, { configFile: false, logLevel: "error" })).module
}

const [sealing, bytes, json] = await Promise.all(["sealing", "bytes", "strict_json"].map(load))
const epochKey = (epoch) => ({
  epoch: epoch.epoch,
  key: bytes.fromHex(epoch.key),
  authenticator: bytes.fromHex(epoch.authenticator),
})

const calls = {
  async seal({ content, place, epoch, seed }) {
    const whole = { ...content, body: bytes.fromHex(content.body) }
    return bytes.toHex(await sealing.seal(whole, place, epochKey(epoch), bytes.fromHex(seed)))
  },
  async sealLink({ old, epoch, place, seen, seed }) {
    return bytes.toHex(await sealing.sealLink(epochKey(old), epochKey(epoch), place, seen, bytes.fromHex(seed)))
  },
  async rewrite(text) {
    return bytes.fromUtf8(json.dumps(json.loads(bytes.utf8(text))))
  },
}

const answers = []
for (const [call, argument] of JSON.parse(await text(process.stdin))) answers.push(await calls[call](argument))
process.stdout.write(JSON.stringify(answers))
