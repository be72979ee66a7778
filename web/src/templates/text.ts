/** Labels and help of a template in six languages; TLP labels and codes are never translated. */

export const LANGUAGES = ["en", "fr", "es", "ru", "ar", "pt"] as const
const FALLBACK = "en"

/** What a person reads at a field; `within` are the labels of the parts of the form that hold it. */
export interface FieldText {
  readonly label: string
  readonly help: string
  readonly within: readonly string[]
}
export interface Texts {
  readonly groups: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, readonly [string, string]>>
}

const files = import.meta.glob<unknown>("$templates/*/*/text/*.json", { import: "default" })
const readers = new Map(
  Object.entries(files).map(([path, read]) => [path.split("/").slice(-4).join("/").replace("/text/", "/"), read]),
)
const loaded = new Map<string, Texts>()

/** Give the label with what it belongs to, for a table's head: Goods line › Lot › Expiry date. */
export function fullText({ within, label }: FieldText): string {
  return [...within, label].join(" › ")
}

/** Call a field as it is read: times are typed in UTC, and shown in the reader's own zone. */
export function calledRead(label: string): string {
  return label.replace(/\s*\(UTC\)$/u, "")
}

/** Bring one language of a template in. */
export async function textsReady(template: string, language: string): Promise<void> {
  const key = keyOf(template, language)
  if (!loaded.has(key)) loaded.set(key, (await readers.get(key)?.()) as Texts)
}

/** Give one language of a template that was brought in; English where there is no such language. */
export function texts(template: string, language: string): Texts {
  const found = loaded.get(keyOf(template, language))
  if (!found) throw new Error(`the texts of ${template} in ${language} are not here yet: await textsReady first`)
  return found
}

function keyOf(template: string, language: string): string {
  const key = `${template}/${language}.json`
  return readers.has(key) ? key : `${template}/${FALLBACK}.json`
}
