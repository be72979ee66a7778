/** Tell by whom, when and why devices were revoked, as the signed revocations have it. */
import type { RevocationView } from "../api"
import { Revocation } from "../wire/bodies"
import { DeviceUri } from "../wire/identity"
import { Statement } from "../wire/statements"
import type { Here } from "./here"

/** Give what is known of a device's revocation, or null. */
export function revocationOf(here: Here, device: string): RevocationView | null {
  const raw = here.device.directory.revocation(device)
  if (raw === null) return null
  const statement = Statement.parse(raw)
  const { reason, at_ms } = statement.read(Revocation)
  return { device, by: statement.signer.split(".")[0] ?? "", reason, at_ms }
}

/** Give the revocations that a change of members names; of an office that was not asked about yet, they come later. */
export function revocationsIn(here: Here, content: Record<string, unknown> | null): RevocationView[] {
  const named = content?.["revoked"]
  if (!Array.isArray(named)) return []
  return named.flatMap((device: unknown) => {
    if (typeof device !== "string") return []
    const told = revocationOf(here, device)
    if (told === null) here.offices.of(DeviceUri.parse(device).officeId)
    return told === null ? [] : [told]
  })
}
