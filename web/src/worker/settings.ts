/** Preferences of this browser, forms and codes, and how everything is. */
import type { Preferences } from "../api"
import { readScan } from "../codes/gs1"
import { labels, suggest, suggestReady } from "../codes/suggest"
import { formModel } from "../templates/form"
import type { ActsOf, Here, QueriesOf } from "./here"

const LANGUAGES = ["en", "fr", "es", "ru", "ar", "pt"]
const MOST_CODES = 20

export const queries: QueriesOf<"preferences" | "template" | "codes" | "code_label" | "scan" | "doctor"> = {
  preferences,

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

export const acts: ActsOf<"set_preferences"> = {
  async set_preferences(here, given) {
    await here.device.shelf.put("preferences", { ...preferences(here), ...given })
    here.changed("settings", "session")
  },
}

export function preferences(here: Pick<Here, "device">): Preferences {
  const kept = (here.device.shelf.get("preferences") ?? {}) as Partial<Preferences>
  return { ...DEFAULTS, language: ownLanguage(), ...kept }
}

const DEFAULTS: Omit<Preferences, "language"> = {
  theme: "system",
  density: "comfortable",
  auto_lock_s: 900,
  notify: [],
  quiet: null,
  read_receipts: true,
}

function ownLanguage(): string {
  const spoken = (globalThis.navigator as { language?: string } | undefined)?.language?.slice(0, 2) ?? "en"
  return LANGUAGES.includes(spoken) ? spoken : "en"
}
