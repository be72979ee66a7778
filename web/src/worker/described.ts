/** Say of an open device what the pages show of it. */
import type { Session } from "../api"
import type { Device } from "../client/device"
import { preferences } from "./settings"

/** When a recovery file was saved, in milliseconds. */
export const SAVED = "recovery saved"

/** Give whose device it is. */
export function named({ uri }: Device): Partial<Session> {
  return {
    uri: uri.toString(),
    party: uri.party,
    office: uri.officeId,
    person: uri.person,
    device: uri.device,
    deployment: uri.deployment,
  }
}

/** Give all that is told of it. */
export async function described(device: Device): Promise<Partial<Session>> {
  const { uri } = device
  const saved = device.shelf.get(SAVED)
  const fingerprint = await device.fingerprint()
  const until = (await device.directory.newest(uri.toString()))?.not_after_ms
  return {
    ...named(device),
    ...(typeof saved === "number" ? { recovery_saved_ms: saved } : {}),
    auto_lock_s: preferences({ device }).auto_lock_s,
    authority: device.officer() !== null,
    ...(fingerprint === null ? {} : { fingerprint }),
    ...(until === undefined ? {} : { certificate_until_ms: until }),
  }
}
