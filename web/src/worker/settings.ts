/** Preferences of this browser, forms and codes, and how everything is. */
import type { Preferences } from "../api"
import { readScan } from "../codes/gs1"
import { labels, suggest, suggestReady } from "../codes/suggest"
import { formModel } from "../templates/form"
import * as away from "./away"
import type { ActsOf, Here, QueriesOf } from "./here"

const LANGUAGES = ["en", "fr", "es", "ru", "ar", "pt"]
const MOST_CODES = 20

export const queries: QueriesOf<"preferences" | "template" | "codes" | "code_label" | "scan" | "doctor" | "push_offer"> = {
  preferences,
  push_offer: away.offered,

  async template(here, { operation, language, kind }) {
    const desk = here.desks.of(operation)
    const template = desk.template
    const asked = kind ?? "departure"
    const model = await formModel(template, asked, language)
    return { ...model, kinds: template.kinds, schema: template.schemaOf("goods", asked) }
  },

  async codes(_, { list, text, language, limit }) {
    await suggestReady(list)
    return suggest(list, text, language, limit ?? MOST_CODES).map(({ code, label }) => ({ code, label }))
  },

  async code_label(_, { list, codes, language }) {
    await suggestReady(list)
    return labels(list, codes, language)
  },

  scan: (_, { text }) => ({ ...readScan(text) }),
  doctor: async (here) => (await here.device.doctor()).map((one) => ({ ...one })),
}

export const acts: ActsOf<"set_preferences" | "push_subscribe"> = {
  async set_preferences(here, given) {
    const before = preferences(here)
    const after = { ...before, ...given, push: before.push }
    // Before it is kept: an address that the server refuses is not one that would be written to.
    await away.changed(here, before, after)
    await here.device.shelf.put("preferences", after)
    here.changed("settings", "session")
  },

  async push_subscribe(here, { subscription }) {
    const before = preferences(here)
    const after = { ...before, push: subscription !== null }
    await away.subscribe(here, subscription, after)
    await here.device.shelf.put("preferences", after)
    here.changed("settings")
  },
}

export function preferences(here: Pick<Here, "device">): Preferences {
  const kept = (here.device.shelf.get("preferences") ?? {}) as Partial<Preferences>
  return { ...DEFAULTS, language: ownLanguage(), ...kept }
}

const DEFAULTS: Omit<Preferences, "language"> = {
  theme: "system",
  density: "comfortable",
  auto_lock_s: 300,
  notify: [],
  quiet: null,
  push: false,
  mail: null,
  sound: false,
  read_receipts: true,
}

function ownLanguage(): string {
  const spoken = (globalThis.navigator as { language?: string } | undefined)?.language?.slice(0, 2) ?? "en"
  return LANGUAGES.includes(spoken) ? spoken : "en"
}
