/** Names parties, offices and devices: `pratique://<party>.<deployment>/<office>/<person>/<device>`. */

import { Refused } from "./refused"

export const SCHEME = "pratique://"
export const ROOT_SIGNER = "root"
/** A host is a certificate's common name, which X.509 ends at 64 characters; "Pratique root " precedes a deployment. */
export const MAX_HOST_CHARACTERS = 64
export const MAX_DEPLOYMENT_CHARACTERS = 50

const PARTY = /^[a-z][a-z0-9-]{1,30}$/
const DEPLOYMENT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/
const OFFICE = /^[a-z][a-z0-9-]{0,30}$/
const PERSON = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/
const DEVICE = /^[a-z0-9]{4,32}$/

/** A name that is not in its one canonical form. */
export class NameRefused extends Refused {
  constructor(detail: string) {
    super("name_refused", detail)
  }
}

function match(pattern: RegExp, text: string, what: string): string {
  if (!pattern.test(text)) throw new NameRefused(`${what} is not a valid name`)
  return text
}

/** Split at the first separator; without one, the second part is null. */
function partition(text: string, separator: string): [string, string | null] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)]
}

/** Give the party label back, or throw `NameRefused`. */
export function checkParty(text: string): string {
  return match(PARTY, text, "party")
}

/** Give the deployment's host name back, or throw `NameRefused`. */
export function checkDeployment(text: string): string {
  if (text.length > MAX_DEPLOYMENT_CHARACTERS) {
    throw new NameRefused(`a deployment's name has at most ${MAX_DEPLOYMENT_CHARACTERS} characters`)
  }
  return match(DEPLOYMENT, text, "deployment")
}

/** Give the host name of a party, to which its CA is constrained; throws `NameRefused`. */
export function partyHost(party: string, deployment: string): string {
  const host = `${checkParty(party)}.${checkDeployment(deployment)}`
  if (host.length > MAX_HOST_CHARACTERS) {
    throw new NameRefused(`party and deployment together have at most ${MAX_HOST_CHARACTERS} characters`)
  }
  return host
}

/** Give an office id `<party>/<office>` back, or throw `NameRefused`. */
export function checkOfficeId(text: string): string {
  const [party, office] = partition(text, "/")
  if (office === null) throw new NameRefused("office id is <party>/<office>")
  checkParty(party)
  match(OFFICE, office, "office")
  return text
}

/** Give the party of an office id. */
export function officeParty(officeId: string): string {
  return partition(checkOfficeId(officeId), "/")[0]
}

/** One device: one Ed25519 signature key, one MLS client. */
export class DeviceUri {
  constructor(
    readonly party: string,
    readonly deployment: string,
    readonly office: string,
    readonly person: string,
    readonly device: string,
  ) {
    partyHost(party, deployment)
    match(OFFICE, office, "office")
    match(PERSON, person, "person")
    match(DEVICE, device, "device")
  }

  /** Read a device URI, or throw `NameRefused`. */
  static parse(text: string): DeviceUri {
    if (!text.startsWith(SCHEME) || text.length > 400) throw new NameRefused("a device URI starts with pratique://")
    const [host, office, person, device, ...more] = text.slice(SCHEME.length).split("/")
    if (host === undefined || office === undefined || person === undefined || device === undefined || more.length) {
      throw new NameRefused("a device URI is pratique://<party>.<deployment>/<office>/<person>/<device>")
    }
    const [party, deployment] = partition(host, ".")
    return new DeviceUri(party, deployment ?? "", office, person, device)
  }

  toString(): string {
    return `${SCHEME}${this.host}/${this.office}/${this.person}/${this.device}`
  }

  /** The party's host name, to which its CA is constrained. */
  get host(): string {
    return `${this.party}.${this.deployment}`
  }

  /** `<party>/<office>`, the unit that is seated. */
  get officeId(): string {
    return `${this.party}/${this.office}`
  }
}
