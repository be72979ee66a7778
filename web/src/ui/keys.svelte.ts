/** Keys of one letter: pages name theirs while they are shown. Never while something is typed, or a dialog is open. */
import { onDestroy, onMount } from "svelte"

export interface Key {
  readonly label: () => string
  /** Left out: the browser does it by itself, and the key is only told of. */
  readonly run?: () => void
  /** Whether it means anything just now: for the role that this Member has, for one. */
  readonly when?: () => boolean
}

/** Where this browser remembers that somebody wants none of them. */
export const KEYS_PLACE = "pratique.keys"

let enabled = $state(kept())
// Plain, for a page that comes and one that goes change it in the same breath; `turn` tells who shows the keys.
let layers: readonly Readonly<Record<string, Key>>[] = []
let turn = $state(0)
let prefix = ""
let timer: ReturnType<typeof setTimeout> | undefined
const SEQUENCE_MS = 1_200

export const shortcuts = {
  get enabled(): boolean {
    return enabled
  },
  set enabled(value: boolean) {
    enabled = value
    try {
      if (value) localStorage.removeItem(KEYS_PLACE)
      else localStorage.setItem(KEYS_PLACE, "off")
    } catch {
      // A browser that keeps nothing asks anew each time.
    }
  },
  /** Every key that works now, the nearest meaning of each. */
  get all(): readonly (readonly [string, Key])[] {
    void turn
    return Object.entries(Object.assign({}, ...layers) as Record<string, Key>).filter(([, key]) => key.when?.() ?? true)
  },
}

function kept(): boolean {
  try {
    return localStorage.getItem(KEYS_PLACE) !== "off"
  } catch {
    return true
  }
}

/** Have keys while this component is shown: `{ r: {label, run}, "g t": … }`; a later layer wins. Call while it is made. */
export function keys(map: Readonly<Record<string, Key>>): void {
  layers = [...layers, map]
  onMount(() => {
    turn += 1
  })
  onDestroy(() => {
    layers = layers.filter((one) => one !== map)
  })
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest("[role=menu],[role=listbox]") !== null) return true
  return target.matches("textarea, select") || (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type))
}

/** Hear a key of the window. */
export function heard(event: KeyboardEvent): void {
  if (!enabled || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (typing(event.target) || document.querySelector("dialog[open]") !== null) return
  const pressed = prefix === "" ? event.key : `${prefix} ${event.key}`
  clearTimeout(timer)
  const known = layers.findLast((one) => pressed in one)?.[pressed]
  if (known !== undefined) {
    prefix = ""
    if (known.run === undefined || known.when?.() === false) return
    event.preventDefault()
    known.run()
  } else if (prefix === "" && layers.some((one) => Object.keys(one).some((key) => key.startsWith(`${pressed} `)))) {
    prefix = pressed
    timer = setTimeout(() => (prefix = ""), SEQUENCE_MS)
  } else prefix = ""
}
