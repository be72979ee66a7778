/** Name codes of long lists: the worker has the lists, pages have a few codes of them. */
import { i18n } from "../../i18n/i18n.svelte"
import { client } from "../../ui/client"

export type Wanted = ReadonlyMap<string, ReadonlySet<string>>

/** Follow what is wanted; gives the name of a code as far as it is known by now. */
export function namesOfCodes(wanted: () => Wanted): (list: string, code: unknown) => string {
  let labels = $state.raw<Readonly<Record<string, string>>>({})
  $effect(() => {
    const language = i18n.language
    void Promise.all([...wanted()].map(async ([list, codes]) => {
      const found = await client().query("code_label", { list, codes: [...codes], language })
      return Object.entries(found).map(([code, label]) => [`${list} ${code}`, label] as const)
    })).then((all) => (labels = Object.fromEntries(all.flat())), () => {})
  })
  return (list, code) => labels[`${list} ${String(code)}`] ?? String(code)
}
