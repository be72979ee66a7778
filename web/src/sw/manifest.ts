/** What a build consists of, and whether the root has signed it. */
import { fromHex, toHex } from "../wire/bytes"
import { Release } from "../wire/bodies"
import { Refused } from "../wire/refused"
import { Statement } from "../wire/statements"
import type { Kept, Pin } from "./kept"

export interface Manifest {
  readonly version: string
  /** Path without its first slash → SHA-256 in hex. */
  readonly files: Readonly<Record<string, string>>
}

/** A build that is not taken; codes: malformed_manifest, unsigned, wrong_release, older_release, wrong_file, or a statement's. */
export class ReleaseRefused extends Refused {}

const PATH = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/
const DIGEST = /^[0-9a-f]{64}$/
const MOST_FILES = 2000

/** Read a release.json or throw `ReleaseRefused`. */
export function readManifest(data: ArrayBuffer): Manifest {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data))
  } catch {
    throw malformed("it is not JSON")
  }
  if (!isRecord(value) || Object.keys(value).sort().join() !== "files,version") throw malformed("fields")
  const { version, files } = value
  if (typeof version !== "string" || !isRecord(files)) throw malformed("fields")
  const named = Object.entries(files)
  if (named.length > MOST_FILES || !("index.html" in files)) throw malformed("files")
  for (const [path, digest] of named) {
    if (!PATH.test(path) || typeof digest !== "string" || !DIGEST.test(digest)) throw malformed("a file")
  }
  return { version, files: files as Record<string, string> }
}

/** Check that the pinned root has signed this build, none before the one taken last; give its number. */
export async function checkSigned(
  raw: Uint8Array | null,
  build: string,
  pin: Pin,
  before: Pick<Kept, "number" | "signed">,
): Promise<number> {
  if (raw === null) throw new ReleaseRefused("unsigned", "the server shows no signature for its build")
  const statement = Statement.parse(raw)
  if (statement.signer !== "root") throw new ReleaseRefused("bad_signature", "the signer is not the root")
  await statement.verify(fromHex(pin.root_key))
  const said = statement.read(Release)
  if (said.deployment !== pin.deployment || said.manifest !== build) {
    throw new ReleaseRefused("wrong_release", "the signature is for another build")
  }
  if (said.number < before.number || (said.number === before.number && before.signed !== build)) {
    throw new ReleaseRefused("older_release", `release ${said.number} came before release ${before.number}`)
  }
  return said.number
}

export async function digestOf(data: ArrayBuffer): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function malformed(detail: string): ReleaseRefused {
  return new ReleaseRefused("malformed_manifest", `release.json: ${detail}`)
}
