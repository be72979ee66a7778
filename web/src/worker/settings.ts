/** Preferences of this browser, forms and codes, and how everything is. */
import type { Preferences } from "../api"
import { readScan } from "../codes/gs1"
import { labels, suggest, suggestReady } from "../codes/suggest"
import type { Template } from "../templates/template"
import type { ActsOf, Here, QueriesOf } from "./here"

const LANGUAGES = ["en", "fr", "es", "ru", "ar", "pt"]
const MOST_CODES = 20

export const queries: QueriesOf<"preferences" | "template" | "codes" | "code_label" | "scan" | "doctor"> = {
  preferences,

  async template(here, { operation, language, kind }) {
    const desk = here.desks.of(operation)
    const template = desk.template
    await template.spoken(language)
    return formOf(template, language, kind ?? "departure", desk.room.adaptation)
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

/** Give everything that a form needs, in one language. */
function formOf(template: Template, language: string, kind: string, adaptation: unknown): Record<string, unknown> {
  return {
    id: template.id,
    kind,
    kinds: template.kinds,
    groups: template.groups.map((name) => ({ name, label: template.groupText(name, language) })),
    fields: template.fields("goods", kind).map((field) => ({
      ...field,
      ...template.text(field.path, language),
      options:
        field.enum?.map((code) => ({ code, label: template.valueText(field.path, code, language) })) ?? null,
    })),
    schema: template.schemaOf("goods", kind),
    adaptation,
  }
}
