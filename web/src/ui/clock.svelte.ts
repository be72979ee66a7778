/** One clock for everything that counts down; it stands still while nobody looks. */
import { createSubscriber } from "svelte/reactivity"

const TICK_MS = 5_000

const watch = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS)
  document.addEventListener("visibilitychange", update)
  return () => {
    clearInterval(timer)
    document.removeEventListener("visibilitychange", update)
  }
})

/** The time now, in ms; whoever reads it while it draws is redrawn every five seconds. */
export function now(): number {
  watch()
  return Date.now()
}
