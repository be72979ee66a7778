/** A secret that was copied does not stay in the clipboard, and nothing else is taken from it. */
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { copySecret, KEPT_MS } from "../../src/ui/clipboard"
import { toasts, untoastAll } from "../../src/ui/toasts.svelte"

let held = ""
let focused = true
const page = new EventTarget()

beforeEach(() => {
  vi.useFakeTimers()
  focused = true
  vi.stubGlobal("navigator", { clipboard: { writeText: (text: string) => Promise.resolve(void (held = text)) } })
  vi.stubGlobal("document", { hasFocus: () => focused })
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page))
})
afterEach(() => {
  untoastAll()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it("empties the clipboard after a minute while somebody is here, and not before", async () => {
  await copySecret("a link")
  await vi.advanceTimersByTimeAsync(KEPT_MS - 1)
  expect(held).toBe("a link")
  await vi.advanceTimersByTimeAsync(1)
  expect(held).toBe("")
  expect(toasts.all).toHaveLength(1)
})

it("asks whoever was elsewhere, who may have copied something else there", async () => {
  await copySecret("a link")
  focused = false
  await vi.advanceTimersByTimeAsync(2 * KEPT_MS)
  held = "of another program"
  page.dispatchEvent(new Event("focus"))
  expect(held).toBe("of another program")
  toasts.all[0]?.act?.run()
  await vi.advanceTimersByTimeAsync(0)
  expect(held).toBe("")
})

it("leaves what was copied here afterwards, and counts anew for the next secret", async () => {
  await copySecret("a link")
  held = "a reference"
  page.dispatchEvent(new Event("copy"))
  await vi.advanceTimersByTimeAsync(KEPT_MS)
  expect(held).toBe("a reference")
  await copySecret("one link")
  await vi.advanceTimersByTimeAsync(KEPT_MS - 1)
  await copySecret("another link")
  await vi.advanceTimersByTimeAsync(1)
  expect(held).toBe("another link")
})
