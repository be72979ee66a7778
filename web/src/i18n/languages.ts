/** The six languages of the service, and how each catalogue comes: one file per language, fetched when it is chosen. */
export const LANGUAGES = ["en", "fr", "es", "ru", "ar", "pt"] as const
export type Language = (typeof LANGUAGES)[number]
export type Catalogue = Readonly<Record<string, string>>

export const DIRECTION: Readonly<Record<Language, "ltr" | "rtl">> = {
  en: "ltr", fr: "ltr", es: "ltr", ru: "ltr", ar: "rtl", pt: "ltr",
}

/** Each language's own name for itself. */
export const OWN_NAME: Readonly<Record<Language, string>> = {
  en: "English", fr: "Français", es: "Español", ru: "Русский", ar: "العربية", pt: "Português",
}

export const LOADERS: Readonly<Record<Language, () => Promise<{ catalogue: Catalogue }>>> = {
  en: () => import("./en"),
  fr: () => import("./fr"),
  es: () => import("./es"),
  ru: () => import("./ru"),
  ar: () => import("./ar"),
  pt: () => import("./pt"),
}

/** Read a language tag such as `pt-BR`; null where it is none of ours. */
export function languageOf(tag: string): Language | null {
  const first = tag.toLowerCase().split("-")[0]
  return LANGUAGES.find((one) => one === first) ?? null
}

/** Put the areas of one language together: `{"./fr/ui.json": {close: "Fermer"}}` gives `{"ui.close": "Fermer"}`. */
export function joined(files: Record<string, Record<string, string>>): Catalogue {
  const all: Record<string, string> = {}
  for (const [path, texts] of Object.entries(files)) {
    const area = path.slice(path.lastIndexOf("/") + 1, -".json".length)
    for (const [key, text] of Object.entries(texts)) all[`${area}.${key}`] = text
  }
  return all
}
