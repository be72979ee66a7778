/** What administration pages work out by themselves: terms, fingerprints that are compared, tables that are taken along. */
import { describe, expect, it } from "vitest"
import type { OperationView } from "../../src/api"
import { isOffice, isPhone, isWorking, phoneOf } from "../../src/pages/operations/desks"
import { filledIn, used, useOf } from "../../src/pages/operations/form_fields"
import { draftOf, likeOperation, preset, problems, statedOf } from "../../src/pages/operations/terms"
import { csv } from "../../src/pages/party/csv"
import { deviceName, movesOf, partiesOf } from "../../src/pages/party/logged"
import { compared, grouped } from "../../src/pages/party/prints"

const PRINT = "K7QXA-2MPLD-9RT4W-ZE6HC-B3NVU"
const DAY = Date.UTC(2026, 10, 22)
const OPERATION: OperationView = {
  id: "a".repeat(64), code: "STOP-III", from_ms: DAY, until_ms: DAY + 10 * 86_400_000 - 1000, phase: "active", number: 3,
  participants: [
    { party: "ocu", name: "OCU", kind: "ocu", roles: ["coordinator"] },
    { party: "be", name: "Belgium", kind: "member", roles: ["departure"] },
    { party: "ke", name: "Kenya", kind: "member", roles: ["destination", "transit"] },
  ],
  lane_companions: ["ocu"], ours: ["coordinator"], coordinator: true,
}

describe("fingerprints", () => {
  it("are compared by their letters alone, all of them", () => {
    expect(compared("k7qxa 2mpld 9rt4w ze6hc b3nvu", PRINT)).toBe("same")
    expect(compared(PRINT.slice(0, -1), PRINT)).toBe("short")
    expect(compared("", PRINT)).toBe("short")
    expect(compared(PRINT.replace("9RT4W", "9RT4V"), PRINT)).toBe("different")
    expect(compared(`${PRINT}X`, PRINT)).toBe("different")
    expect(compared(PRINT, "")).toBe("different")
  })
  it("are written in groups while they are typed", () => {
    expect(grouped("k7qxa2mp")).toBe("K7QXA-2MP")
    expect(grouped(`${PRINT}XYZ`)).toBe(PRINT)
    expect(grouped("")).toBe("")
  })
})

describe("CSV", () => {
  it("makes no formula of anybody’s words", () => {
    for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =HYPERLINK(1)", "\r=1"]) {
      const [, cell = ""] = csv([["x", text]]).split("x,")
      expect(cell.replace(/^"/, "").startsWith("'")).toBe(true)
    }
    // A spreadsheet of French or German cuts at semicolons, and its rows end within quotes that began elsewhere.
    expect(csv([["x", "a;=1;b"], ["x", "c\n=2"]])).toBe("\ufeffx,a;'=1;b\r\nx,\"c\n'=2\"\r\n")
    expect(csv([["a=1", "2026-11-22"]])).toBe("\ufeffa=1,2026-11-22\r\n")
  })
  it("keeps commas, quotes and lines within their cell", () => {
    expect(csv([['say "a", b', "c\nd"]])).toBe('\ufeff"say ""a"", b","c\nd"\r\n')
  })
})

describe("the security log", () => {
  const line = {
    id: "", channel: "", seq: 1, at_ms: 0, party: "ae", device: "pratique://ae.stop.example/ncp/h.alzaabi/desk1", person: "", type: "members",
    kind: "members", mine: false, urgency: "routine", content: { added: ["pratique://be.stop.example/ncp/j.peeters/web1"], removed: [] },
  } as const
  it("is about who acts and about whom", () => {
    expect(movesOf(line)).toEqual([{ move: "added", names: line.content.added }])
    expect([...partiesOf(line)].sort()).toEqual(["ae", "be"])
  })
  it("names devices as people do, and shows what is no device’s name as it is", () => {
    expect(deviceName(line.device)).toBe("AE · h.alzaabi · desk1")
    expect(deviceName("be/ncp")).toBe("be/ncp")
    expect(deviceName("pratique://be.x/ncp/%E0%A4%A/d")).toBe("BE · %E0%A4%A · d")
  })
})

describe("terms of an operation", () => {
  it("come back from their form as they were", () => {
    const stated = statedOf(draftOf(OPERATION))
    expect(stated.from_ms).toBe(OPERATION.from_ms)
    expect(stated.until_ms).toBe(OPERATION.until_ms)
    expect(stated.participants.map(({ party }) => party)).toEqual(["ocu", "be", "ke"])
    expect(stated.lane_companions).toEqual(["ocu"])
    expect(problems(draftOf(OPERATION), "ocu")).toEqual([])
  })
  it("begin like an earlier operation, with the next code and the same length", () => {
    const next = likeOperation(OPERATION, DAY + 30 * 86_400_000)
    expect(next.code).toBe("STOP-IV")
    expect(next.phase).toBe("preparation")
    expect(statedOf(next).until_ms - statedOf(next).from_ms).toBe(OPERATION.until_ms - OPERATION.from_ms)
    expect(likeOperation({ ...OPERATION, code: "DRILL-26" }, DAY).code).toBe("DRILL-27")
    expect(likeOperation({ ...OPERATION, code: "DRILL" }, DAY).code).toBe("DRILL-2")
  })
  it("are refused without a code, a way, roles, or their signer as coordinator", () => {
    const keys = (...wrong: ReturnType<typeof problems>): string[] => wrong.map((one) => one.key)
    expect(keys(...problems(preset("ocu", [], DAY), "ocu"))).toEqual(["operations.wrong_code", "operations.wrong_way"])
    expect(keys(...problems(draftOf(OPERATION), "be"))).toEqual(["operations.wrong_coordinator"])
    const draft = draftOf(OPERATION)
    draft.until = "2026-01-01"
    draft.taking[1]!.roles = []
    expect(keys(...problems(draft, "ocu"))).toEqual(["operations.wrong_dates", "operations.wrong_roles", "operations.wrong_way"])
  })
})

describe("a desk", () => {
  it("works by its own calendar and clock", () => {
    const sunday = Date.UTC(2026, 10, 22, 22)
    expect(isWorking({}, sunday)).toBe(false)
    expect(isWorking({ utc_offset_minutes: 240 }, sunday)).toBe(true)
    expect(isWorking({ utc_offset_minutes: 240, holidays: ["2026-11-23"] }, sunday)).toBe(false)
    expect(isWorking({ weekend: [4, 5] }, sunday)).toBe(true)
  })
  it("is reached by a number with its country’s code and by offices of a party", () => {
    expect(phoneOf("0032 2 555.01-42")).toBe("+3225550142")
    expect(isPhone("+32 2 555 01 42")).toBe(true)
    expect(isPhone("02 555 01 42")).toBe(false)
    expect([isOffice("be/airport"), isOffice("airport")]).toEqual([true, false])
  })
})

describe("an adaptation", () => {
  it("uses each field one way", () => {
    const hidden = used({}, "form.a", "hide")
    expect(useOf(hidden, "form.a")).toBe("hide")
    const required = used(hidden, "form.a", "require")
    expect([required.hide, required.require]).toEqual([[], ["form.a"]])
    expect(useOf(used(required, "form.a", "template"), "form.a")).toBe("template")
    expect(filledIn(filledIn({}, "form.a", 3), "form.a", "").default).toEqual({})
  })
})
