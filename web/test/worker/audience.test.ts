/** Who can see what was said at an entry: by what newcomers get in that channel, and who was removed since. */
import { describe, expect, it } from "vitest"
import { ableAt } from "../../src/worker/audience"

const LEAVES = [{ uri: "first", since_seq: 1 }, { uri: "later", since_seq: 8 }]
const move = (added: string[], removed: string[]) => ({ added, removed })

describe("who can see the entry 5", () => {
  it("is everybody where newcomers get the history, and whoever was removed since", () => {
    const after = [move(["later", "guest"], ["old"]), move([], ["guest"])]
    expect(ableAt(LEAVES, after, null)).toEqual({ devices: ["first", "later"], later: [], gone: ["old", "guest"] })
  })
  it("is who was there where newcomers get none", () => {
    const after = [move(["later", "guest"], ["old"]), move([], ["guest"])]
    expect(ableAt(LEAVES, after, 5)).toEqual({ devices: ["first"], later: ["later"], gone: ["old"] })
  })
  it("names nobody as gone who came back with the keys", () => {
    expect(ableAt(LEAVES, [move([], ["later"]), move(["later"], [])], null).gone).toEqual([])
    // Let in anew it holds no key for it; what it held before, it may still hold.
    expect(ableAt(LEAVES, [move([], ["later"]), move(["later"], [])], 5)).toMatchObject({ later: ["later"], gone: ["later"] })
  })
})
