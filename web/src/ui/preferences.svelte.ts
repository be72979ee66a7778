/**
 * How this browser looks. The sealed preferences decide once the store is open; until then, and on the page that opens
 * it, a copy of language, theme and density beside the store does: it tells nothing of whose browser this is.
 */
import type { Preferences } from "../api"
import { preferred, speak } from "../i18n/i18n.svelte"
import { languageOf } from "../i18n/languages"
import { KEYS_PLACE } from "./keys.svelte"

type Look = Pick<Preferences, "language" | "theme" | "density">
const PLACE = "pratique.look"

export function lookNow(): Look {
  const standard: Look = { language: preferred(), theme: "system", density: "comfortable" }
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Record<keyof Look, unknown>>
    return {
      language: languageOf(String(kept.language)) ?? standard.language,
      theme: kept.theme === "light" || kept.theme === "dark" ? kept.theme : "system",
      density: kept.density === "compact" ? "compact" : "comfortable",
    }
  } catch {
    return standard
  }
}

/** What the person chose before the store was open, and the sealed preferences do not know yet. */
let chosen: Look | null = null

/** Choose at the door; `takeChosen` hands it over once the store is open. */
export async function choose(look: Partial<Look>): Promise<void> {
  chosen = { ...lookNow(), ...look }
  await wear(chosen)
}
export function takeChosen(): Look | null {
  const taken = chosen
  chosen = null
  return taken
}

/** Draw everything so. */
export async function draw(look: Look): Promise<void> {
  const { dataset } = document.documentElement
  if (look.theme === "system") delete dataset["theme"]
  else dataset["theme"] = look.theme
  dataset["density"] = look.density
  await speak(languageOf(look.language) ?? preferred())
}

/** Draw everything so, and do so from the start next time. */
export async function wear(look: Look): Promise<void> {
  const { language, theme, density } = look
  try {
    localStorage.setItem(PLACE, JSON.stringify({ language, theme, density }))
  } catch {
    // A browser that keeps nothing asks anew each time.
  }
  await draw(look)
}

/** Leave nothing behind after a logout. */
export function forgetLook(): void {
  localStorage.removeItem(PLACE)
  localStorage.removeItem(KEYS_PLACE)
}
