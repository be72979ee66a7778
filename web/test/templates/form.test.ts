/** The form model: everything a renderer needs, in the template's order. */

import { beforeAll, describe, expect, test } from "vitest"
import "../tables"
import { ready } from "../../src/codes"
import { LANGUAGES, load } from "../../src/templates"
import {
  checkField, emptyForm, emptyItem, fieldsByPath, formModel, type FormField, type FormModel, placed,
} from "../../src/templates/form"
import { FORMS } from "./forms"

const TEMPLATE = load("prenotification/1")
let model: FormModel
let fields: Map<string, FormField>

beforeAll(async () => {
  model = await formModel(TEMPLATE, "departure", "en")
  fields = fieldsByPath(model)
})

const field = (path: string) => fields.get(path)!

test("groups and their fields are in order", () => {
  expect(model.groups.map((one) => [one.group, one.label])).toEqual([
    ["parties", "Parties"], ["customs", "Customs"], ["goods", "Goods"], ["packages", "Packages"],
    ["temperature", "Cold chain"], ["route", "Route and transport"], ["documents", "Documents"],
    ["requests", "Requests and sharing"], ["note", "Note"],
  ])
  expect(model.groups[0]!.fields.map((one) => one.path)).toEqual([
    "consignor", "consignee", "importer", "final_recipient", "clearing_agent", "emergency_phone",
  ])
})

test.each(TEMPLATE.kinds)("%s: every field of the template is in the model, and no other", async (kind) => {
  const found = [...fieldsByPath(await formModel(TEMPLATE, kind, "en")).values()]
  const values = found.filter((one) => one.schema !== null).map((one) => one.path)
  expect(values).toEqual(expect.arrayContaining(TEMPLATE.fields("goods", kind).map((one) => one.path)))
  expect(values).toHaveLength(TEMPLATE.fields("goods", kind).length)
})

test.each(LANGUAGES)("every field is said in %s", async (language) => {
  for (const one of fieldsByPath(await formModel(TEMPLATE, "departure", language)).values()) {
    const said = one.label !== one.path && one.label !== "" && one.help !== ""
    if (one.name) expect([one.path, said]).toEqual([one.path, true])
    for (const option of one.options ?? []) expect(option.label).not.toBe("")
  }
})

test("fields say how they are asked for", () => {
  const widgets = {
    "consignor": "object", "consignor.country": "lookup", "consignor.identifier.scheme": "choice", "goods": "array",
    "goods[]": "object", "goods[].hs_code": "lookup", "goods[].hs_edition": "choice", "goods[].value": "number",
    "goods[].lots[].expiry": "date", "legs[].eta_at": "instant", "legs[].seals": "array", "legs[].seals[]": "text",
    "temperature.loggers[].lithium_battery": "boolean", "note": "long_text", "requests": "array",
    "requests[]": "choice",
  }
  expect(Object.fromEntries(Object.keys(widgets).map((path) => [path, field(path)?.widget]))).toEqual(widgets)
  const ticked = "share.lots_with_transit"
  const edition = field("goods[].hs_edition")
  expect(edition).toMatchObject({ type: "integer", default: 2022, required: true, route: true, material: true })
  expect(edition.options).toEqual([2017, 2022, 2028].map((year) => ({ value: year, label: `HS ${year}` })))
  const kilogram = { value: "KGM", label: "Kilogram" }
  expect(field("packages.gross_kg")).toMatchObject({ unit: kilogram, minimum: 0, maximum: 1e7, whole: false })
  expect(field("goods[].lots")).toMatchObject({ group: "lots", key: "batch", max_items: 200, route: ticked })
  expect(field("goods[].lots[].doses")).toMatchObject({ route: ticked, material: true, whole: true })
  const wrong = "must be a flight number such as SN465"
  expect(field("legs[].flight")).toMatchObject({ required: false, demanded: true, wrong })
  expect(field("legs[].seals")).toMatchObject({ label: "Seal", unique: true, required: false })
  expect([field("consignor").route, field("goods").route, field("temperature").route]).toEqual([false, true, true])
  expect(field("packages.sscc[]").check).toBe("sscc")
})

test("an adaptation shows", async () => {
  const adapted = TEMPLATE.adapted({
    hide: ["goods[].who_status", "note"],
    require: ["customs.licence"],
    default: { "goods[].who_status": "PQ", "customs.procedure": "export" },
  })
  const found = fieldsByPath(await formModel(adapted, "departure", "fr"))
  expect(found.has("note")).toBe(false)
  expect(found.get("goods[].who_status")).toMatchObject({ fixed: true, default: "PQ" })
  expect([found.get("customs")?.required, found.get("customs.licence")?.required]).toEqual([true, true])
  const empty = emptyForm(await formModel(adapted, "departure", "fr"))
  const line = { hs_edition: 2022, who_status: "PQ", lots: [{}] }
  expect(empty).toMatchObject({ customs: { procedure: "export" }, goods: [line] })
})

test("the model is plain JSON", () => {
  expect(JSON.parse(JSON.stringify(model))).toEqual(model)
})

test("an empty form lacks, and is wrong in nothing", () => {
  const found = TEMPLATE.problems(TEMPLATE.filled(emptyForm(model)))
  expect(new Set(found.map((one) => one.code))).toEqual(new Set(["missing"]))
  expect(emptyItem(field("goods[].lots"))).toEqual({})
  expect(emptyItem(field("legs[].seals"))).toBe("")
})

describe("a field is checked as it is typed", () => {
  beforeAll(() => ready("countries", "unlocode"))
  test.each<[string, unknown, string[]]>([
    ["legs[].awb", "176-12345675", []],
    ["legs[].awb", "176-12345676", ["check_digit"]],
    ["legs[].awb", "176", ["wrong_form"]],
    ["legs[].container", "CSQU3054384", ["check_digit"]],
    ["legs[].from_place", "BEBRU", []],
    ["legs[].from_place", "BEQQQ", ["not_in_list"]],
    ["consignor.country", "be", ["wrong_form"]],
    ["goods[].gtin", "05412345000014", ["check_digit"]],
    ["goods[].lots[].expiry", "2027-02-30", ["wrong_form"]],
    ["goods[].lots[].expiry", "2027-02-00", []],
    ["goods[].lots[].doses", 0, ["out_of_range"]],
    ["goods[].lots[].doses", 1.5, ["wrong_form"]],
    ["goods[].lots[].doses", "12", ["wrong_form"]],
    ["goods[].product", "x".repeat(201), ["out_of_range"]],
    ["goods[].product", "", []],
    ["goods", [], []],
  ])("%s: %j", (path, value, codes) => {
    const found = checkField(field(path), value, path.replaceAll("[]", "[0]"))
    expect(found.map((one) => one.code)).toEqual(codes)
    expect(found.every((one) => one.path === path.replaceAll("[]", "[0]"))).toBe(true)
  })
})

test("problems come to their field, or to the part that holds it", () => {
  const form = structuredClone(FORMS.full!.form) as { goods: Record<string, unknown>[]; consignor?: unknown }
  form.goods[0]!.colour = "red"
  ;(form.goods[0]!.lots as Record<string, unknown>[])[1]!.doses = 1
  delete form.consignor
  const elsewhere = ["observers", ""].map((path) => ({ path, text: "", code: "rule" }))
  const found = placed(model, [...TEMPLATE.problems(form), ...elsewhere])
  expect(Object.keys(found.fields)).toEqual(["consignor", "goods[0]", "goods[0].lots[1].doses"])
  expect(found.groups).toEqual({ parties: 1, goods: 2 })
  expect(found.rest.map((one) => one.path)).toEqual(["observers", ""])
})
