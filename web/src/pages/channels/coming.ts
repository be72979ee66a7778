/** Which photos come by themselves, and that one comes after the other. */
import { fits } from "./picture_size"

/** As heavy as a photo is that was drawn anew before it was sent; an original that was kept is asked for. */
const MOST_BYTES = 1 << 20
export const MOST_BY_ITSELF = 12 << 20

interface Link {
  readonly saveData?: boolean
  readonly effectiveType?: string
}

/** Say whether a photo is fetched before anybody asks: not over a thin link, which words and alerts need. */
export function comesByItself(
  photo: { readonly size_bytes: number; readonly width: number; readonly height: number },
  link: Link = (navigator as { readonly connection?: Link }).connection ?? {},
): boolean {
  if (link.saveData === true || (link.effectiveType ?? "4g") !== "4g") return false
  return photo.size_bytes <= MOST_BYTES && fits(photo) && photo.width * photo.height <= MOST_BY_ITSELF
}

let turn: Promise<unknown> = Promise.resolve()

/** Do it once everything before it is done. */
export function inTurn(act: () => Promise<void>): Promise<void> {
  const done = turn.then(act)
  turn = done.catch(() => undefined)
  return done
}
