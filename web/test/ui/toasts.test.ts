/** Words at the edge of the page. */
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { toast, toasts, untoastAll } from "../../src/ui/toasts.svelte"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  untoastAll()
  vi.useRealTimers()
})

it("say one thing once, however many lanes bring it", () => {
  toast("It is urgent", { tone: "need", href: "#/consignments/PN-1" })
  toast("It is urgent", { tone: "need", href: "#/consignments/PN-1" })
  toast("It is urgent", { tone: "need", href: "#/consignments/PN-2" })
  expect(toasts.all.map(({ text, href }) => `${text} ${href ?? ""}`.trim())).toEqual([
    "It is urgent #/consignments/PN-1", "It is urgent #/consignments/PN-2",
  ])
})
