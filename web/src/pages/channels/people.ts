/** Whose device it is, as its URI says: `pratique://be.stop.example/ncp/m.peeters/desk1`. */

export interface DeviceName {
  readonly party: string
  readonly office: string
  readonly person: string
  readonly device: string
}

/** Read a device's URI; what cannot be read is its own name. */
export function deviceOf(uri: string): DeviceName {
  const [host = "", office = "", person = "", device = ""] = uri.replace(/^pratique:\/\//, "").split("/")
  return { party: host.split(".")[0] ?? "", office, person: person === "" ? uri : person, device }
}

/** Give the party of an office such as `be/ncp`. */
export function partyOf(office: string): string {
  return office.split("/")[0] ?? office
}

/** Give the office of a device, as seats name it. */
export function officeOf(uri: string | undefined): string {
  if (uri === undefined) return ""
  const { party, office } = deviceOf(uri)
  return `${party}/${office}`
}
