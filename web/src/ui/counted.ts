/** Say what a count came to: 402 doses missing of 174,900. */
import { formatNumber, t } from "../i18n/i18n.svelte"

export interface Counted {
  readonly announced: number
  readonly missing: number
  readonly excess: number
  readonly damaged: number
}

/** Give what differs, each in a few words; empty where nothing does. */
export function countText({ announced, missing, excess, damaged }: Counted): string {
  const doses = (count: number): string => t("consignments.doses", { count })
  return [
    missing > 0 ? t("consignments.counted_missing", { doses: doses(missing), of: formatNumber(announced) }) : "",
    excess > 0 ? t("consignments.counted_excess", { doses: doses(excess) }) : "",
    damaged > 0 ? t("consignments.counted_damaged", { doses: doses(damaged) }) : "",
  ].filter(Boolean).join(" · ")
}
