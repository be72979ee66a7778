/** What parties are called: countries in the reader's language, the others as the root's party list has them. */
import { countryName } from "../i18n/i18n.svelte"

let listed = $state.raw<ReadonlyMap<string, string>>(new Map())

/** Take the names of the party list; the shell does, whenever it changed. */
export function takeNames(parties: readonly { party: string; name: string }[]): void {
  listed = new Map(parties.map(({ party, name }) => [party, name]))
}

/** Give a party's name, or null where nobody told one. */
export function nameOf(party: string): string | null {
  return countryName(party) ?? listed.get(party) ?? null
}

/** Name a party as in a sentence. */
export function partyName(party: string): string {
  return nameOf(party) ?? party.toUpperCase()
}
