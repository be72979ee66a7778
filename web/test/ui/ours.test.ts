/** Who may begin a pre-notification is who has a part in an operation from which goods leave or go on. */
import { describe, expect, it } from "vitest"
import type { OperationView } from "../../src/api"
import { mayAnnounce, takeOperations } from "../../src/ui/ours.svelte"

const may = (...all: Partial<OperationView>[]): boolean => {
  takeOperations(all.map((one) => ({ phase: "active", ours: [], ...one })) as unknown as OperationView[])
  return mayAnnounce()
}

describe("a new pre-notification", () => {
  it.each(["departure", "transit"])("is offered to a Member of %s", (role) => expect(may({ ours: ["observer"] }, { ours: [role] })).toBe(true))
  it.each(["destination", "coordinator", "observer"])("is not offered to a mere %s", (role) => expect(may({ ours: [role] })).toBe(false))
  it("is not offered where the operation is closed or others decide alone", () => {
    expect(may({ ours: ["departure"], phase: "closed" }, { ours: ["departure"], out: true })).toBe(false)
  })
})
