/** Code lists: found, dated, searched, in time. */

import { beforeAll, expect, test } from "vitest"
import "../tables"
import {
  codes, entry, holds, isReady, lists, name, nameOf, ready, regionOf, riloOf, search, source, UnknownList,
} from "../../src/codes"
import { csv } from "../../src/codes/data"
import { place, placesReady } from "../../src/codes/places"
import { label, suggest, suggestReady } from "../../src/codes/suggest"

beforeAll(() => Promise.all([ready(...lists()), placesReady()]))

test("every list says where it is from", () => {
  expect(lists()).toHaveLength(26)
  for (const one of lists()) {
    expect(source(one).source && source(one).licence).toBeTruthy()
    expect(source(one).date).toMatch(/^20/)
    const [first] = codes(one).values()
    expect(entry(one, first!.code)).toBe(first)
  }
})

test("names", async () => {
  expect(name("countries", "KE", "ru")).toBe("Кения")
  expect(name("countries", "KE", "xx")).toBe("Kenya")
  expect(name("countries", "QQ", "fr")).toBe("QQ")
  expect(name("currencies", "KES", "pt")).toBe("Xelim queniano")
  expect(name("hs_editions", 2022, "fr")).toBe("SH 2022")
  expect(name("hs2022", "300241")).toMatch(/^Vaccines, toxins, cultures of micro-organisms/)
  const held = ["BEBRU", "BEQQQ", "constructor"].map((code) => holds("unlocode", code))
  expect(held).toEqual([true, false, false])
  expect(() => name("horoscopes", "leo")).toThrow(UnknownList)
  await expect(ready("horoscopes")).rejects.toThrow(UnknownList)
  expect(isReady("horoscopes")).toBe(false)
})

test("tables have the rows that Python reads", () => {
  expect([codes("unlocode").size, codes("hs2022").size]).toEqual([25374, 6940])
  expect(entry("unlocode", "BEBRU")?.extra).toMatchObject({ iata: "BRU" })
  // Quoted cells: a name with a comma, one with quotes.
  expect(csv('a,b\n1,"x, ""y"""\n,\n')).toEqual([["a", "b"], ["1", 'x, "y"'], ["", ""]])
})

test.each([
  ["unlocode", "nairo", "en", "KENBO"],
  ["unlocode", "aedx", "en", "AEDXB"],
  ["countries", "cote", "fr", "CI"],
  ["countries", "emirats", "fr", "AE"],
  ["countries", "кения", "ru", "KE"],
  ["units", "dosis", "es", "E27"],
  ["hs_health", "syr", "en", "901831"],
  ["vaccines", "matrix", "en", "r21"],
])("search in %s for %s (%s)", (list, text, language, first) => {
  expect(search(list, text, language)[0]?.code).toBe(first)
})

test("a search has an end", () => {
  expect(search("unlocode", "")).toEqual([])
  expect(search("unlocode", "zzzzzz")).toEqual([])
  expect(search("unlocode", "a", "en", 7)).toHaveLength(7)
})

test("every Member has a region and a RILO", () => {
  for (const country of codes("wco_members").keys()) {
    expect(holds("wco_regions", String(regionOf(country)))).toBe(true)
    expect(holds("rilos", String(riloOf(country.toLowerCase())))).toBe(true)
  }
  expect([regionOf("be"), riloOf("be"), regionOf("ocu"), riloOf("ocu")]).toEqual(["EUR", "rilo-we", null, null])
})

test.each([
  ["hs2022", "3002.41", "en", "300241"],
  ["hs2022", "30024100", "fr", "300241"],
  ["hs2022", "vaccins", "fr", "300241"],
  ["hs2022", "horses breeding", "en", "010121"],
  ["unlocode", "bru", "en", "BEBRU"],
  ["unlocode", "Liege", "fr", "BELGG"],
  ["currencies", "euro", "pt", "EUR"],
  ["packages", "box", "en", "BX"],
])("suggest from %s for %s (%s)", async (list, text, language, first) => {
  await suggestReady(list)
  const found = suggest(list, text, language)
  expect(found[0]?.code).toBe(first)
  expect(new Set(found.map((one) => one.code)).size).toBe(found.length)
})

test("labels are what a person reads", () => {
  expect(label("unlocode", "KENBO", "fr")).toBe("Nairobi, Kenya")
  expect(label("unlocode", "AEDXB", "fr")).toBe("Dubai, Émirats arabes unis")
  expect(label("hs2022", "3002410090", "fr")).toBe(nameOf(entry("hs_health", "300241")!, "fr"))
  expect(label("unlocode", "KEQQQ", "fr")).toBe("KEQQQ")
})

test("places of the map", () => {
  const name = entry("unlocode", "BEBRU")!.names.en
  expect(place("BEBRU")).toEqual({ name, country: "BE", lat: 50.83, lon: 4.33, exact: true })
  expect(place("KENBO")).toMatchObject({ name: "Nairobi", lat: -1.32, lon: 36.93, exact: true })
  expect(place("GHTEM")).toMatchObject({ name: "Tema", country: "GH", exact: false })
  expect(place("BEQQQ")).toBeNull()
})

test("looking up and searching 25,000 places takes less than 50 ms", async () => {
  await suggestReady("unlocode")
  const took = (work: () => unknown) => {
    // The best of some: others may be at work on this machine, and the first folds the names.
    const times = Array.from({ length: 7 }, () => {
      const start = performance.now()
      work()
      return performance.now() - start
    })
    return Math.min(...times)
  }
  for (const text of ["a", "san", "port of", "bru", "zzzz"]) {
    expect(took(() => suggest("unlocode", text, "fr"))).toBeLessThan(50)
  }
  const some = [...codes("unlocode").keys()].filter((_, at) => at % 50 === 0)
  expect(took(() => some.forEach((code) => place(code)))).toBeLessThan(50)
})

test("an airport's letters that two countries use give both places first", async () => {
  await suggestReady("unlocode")
  expect(suggest("unlocode", "nbo", "en").slice(0, 2).map((one) => one.code)).toContain("KENBO")
})
