import { expect, test } from "vitest"
import { fromBase64, fromUtf8, utf8 } from "../../src/wire/bytes"
import { dumps, isWholeFloat, type Json, JsonRefused, loads } from "../../src/wire/strict_json"
import { type Case, load, rows, verdict } from "./vectors"

const FILE = load<{ cases: (Case & { json: string; value: Json })[] }>("strict_json")

test.each(rows(FILE.cases))("%s", async (_, one) => {
  expect(await verdict(() => loads(fromBase64(one.json)))).toBe(one.expect)
  if (one.expect === "ok") expect(loads(fromBase64(one.json))).toEqual(one.value)
})

// As `json.dumps(json.loads(…), ensure_ascii=False, separators=(",", ":"))` of Python writes them.
const WRITTEN: [string, string][] = [
  ['{ "b" : 1 , "a" : [ true , null ] }', '{"b":1,"a":[true,null]}'],
  ["[1.0, 1e0, -0.0, 10E2, -0, 0.5, 25e-1]", "[1.0,1.0,-0.0,1000.0,0,0.5,2.5]"],
  ["[1e16, 1e15, 1e22, 123456789012345680000.0]", "[1e+16,1000000000000000.0,1e+22,1.2345678901234568e+20]"],
  ["[0.0001, 0.00001, 1.5e-7, 1e-10, 5e-324]", "[0.0001,1e-05,1.5e-07,1e-10,5e-324]"],
  ["[0.1, 9007199254740991, 1.7976931348623157e308]", "[0.1,9007199254740991,1.7976931348623157e+308]"],
  [String.raw`"\u001f\u0008\t\n\u007f\u2028\u00e9\/\"\\"`, '"\\u001f\\b\\t\\n\u007f\u2028é/\\"\\\\"'],
  ['{"__proto__":1,"constructor":2}', '{"__proto__":1,"constructor":2}'],
]

test.each(WRITTEN)("%s is written as Python writes it", (read, written) => {
  expect(fromUtf8(dumps(loads(utf8(read))))).toBe(written)
})

test.each(["1.0", "1e0", "-0.0", "10E2", "999999999999999.99", "9007199254740990.1", "1.00000000000000000000001"])(
  "%s is a whole float whatever it rounds from",
  (number) => {
    const found = loads(utf8(`{"a":${number}}`)) as { a: number }
    expect([Number.isInteger(found.a), isWholeFloat(found, "a")]).toEqual([true, true])
  },
)

test("a whole float is told from an integer", () => {
  const found = loads(utf8('{"a":1.0,"b":1,"c":[2,2e0,[3.0],3],"d":{"e":1.0},"f":1}')) as { c: Json[]; d: object }
  expect(["a", "b", "c", "d", "f"].map((key) => isWholeFloat(found, key))).toEqual([true, false, false, false, false])
  expect([0, 1, 2, 3].map((at) => isWholeFloat(found.c, at))).toEqual([false, true, false, false])
  expect(isWholeFloat(found.d, "e")).toBe(true)
})

test("a key of an object's own prototype is a key like any other", () => {
  const found = loads(utf8('{"__proto__":{"a":1}}')) as object
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype)
  expect(Object.keys(found)).toEqual(["__proto__"])
  expect(() => loads(utf8('{"__proto__":1,"__proto__":1}'))).toThrow(JsonRefused)
})

test("nothing is written that could not be read", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, ["\ud800"], { "\udc00": 1 }]) {
    expect(() => dumps(value)).toThrow(RangeError)
  }
  expect(() => dumps(() => 1)).toThrow(TypeError)
  expect(fromUtf8(dumps({ a: undefined, b: null }))).toBe('{"b":null}')
})
