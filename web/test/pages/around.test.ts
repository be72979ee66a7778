import { beforeAll, describe, expect, it } from "vitest"
import type { ConsignmentPage, Urgency } from "../../src/api"
import { speak } from "../../src/i18n/i18n.svelte"
import { around, versionsOf } from "../../src/pages/consignments/around"
import { urgencySaid } from "../../src/pages/consignments/beginning"
import { Editing, type Model } from "../../src/pages/consignments/editing.svelte"
import { fieldsByPath, formModel } from "../../src/templates/form"
import * as templates from "../../src/templates"

describe("what stands around the form", () => {
  beforeAll(() => speak("en"))

  it("is begun with as it was sent: an urgent one stays urgent, with its reason", async () => {
    const model = { ...(await formModel(templates.load("prenotification/1"), "departure", "en")), kinds: ["departure"], schema: {} } as unknown as Model
    const work = new Editing()
    work.begin(model, { form: {}, urgency_reason: "The seal is broken" }, "urgent")
    expect(work.around).toMatchObject({ urgency: "urgent", urgency_reason: "The seal is broken" })
    expect(work.announcement().urgency_reason).toBe("The seal is broken")
    work.begin(model, { form: {} }, "priority")
    expect(work.around.urgency).toBe("priority")
    expect([urgencySaid({ urgency_reason: "x" }), urgencySaid({})]).toEqual(["urgent", "routine"])
  })

  it("says that a check digit is wrong once the number is whole, and no longer than that", async () => {
    const model = await formModel(templates.load("prenotification/1"), "departure", "en")
    const field = fieldsByPath(model).get("goods[].gtin")!
    const work = new Editing()
    const wrong = (text: string) => work.wrongAt(field, "goods[0].gtin", text)?.odd
    expect(["0541234", "05412345", "05412345000014", "05412345000013"].map(wrong)).toEqual([undefined, undefined, true, undefined])
  })

  it("is told with what changes", () => {
    const before = { urgency: "urgent", urgency_reason: "The seal is broken", mode: "INFORM", tlp: "TLP:AMBER", relates_to: [] }
    expect(around(before, { ...before })).toEqual([])
    expect(around(before, { ...before, urgency: "routine", urgency_reason: undefined, mode: "REPLY" })).toEqual([
      { path: "urgency", before: "Urgent", after: "Routine", material: false },
      { path: "urgency_reason", before: "The seal is broken", after: null, material: false },
      expect.objectContaining({ path: "mode", material: true }),
    ])
  })

  it("is told of each version that was sent", () => {
    const line = (version: number, urgency: Urgency) => ({ type: "prenotification", content: { version, part: "goods" }, urgency })
    const view = { versions: [1, 2, 3].map((version) => ({ version, at_ms: version, changes: [] })) }
    const page = { view, timeline: [line(1, "urgent"), line(2, "urgent"), line(3, "priority")] } as unknown as ConsignmentPage
    expect(versionsOf(page).map((one) => one.changes.map((change) => change.after))).toEqual([[], [], ["Priority"]])
  })
})
