/** Hold a count on arrival against itself: as in the announcement, the vials times the doses per vial are the doses. */
import { ContentRefused } from "../contents/content"
import type { Event } from "../contents/registry"
import type { Consignment } from "../views/consignment"

interface Line {
  readonly doses_per_vial?: number
  readonly lots?: readonly { readonly batch: string }[]
}

/** Let no count pass that contradicts itself; throws `ContentRefused` with the code that announcing gives. */
export function insistOnCount(one: Consignment, event: Event): void {
  if (one.goods === null || event.TYPE !== "reconciliation") return
  const lines = (one.goods.form as { goods?: readonly Line[] }).goods ?? []
  const perVial = new Map(lines.flatMap((line) => (line.lots ?? []).map((lot) => [lot.batch, line.doses_per_vial] as const)))
  const problems = event.lots.flatMap((lot, at) => {
    const wanted = lot.vials === null ? NaN : lot.vials * (perVial.get(lot.batch) ?? NaN)
    if (Number.isNaN(wanted) || wanted === lot.doses) return []
    return [{ path: `lots[${at}].doses`, text: `must be ${wanted}: the vials times the doses per vial`, code: "rule" }]
  })
  if (problems.length > 0) throw new ContentRefused(problems)
}
