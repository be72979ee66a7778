/** The photos that wait in a composer: made ready one by one, at most so many, forgotten once they are sent. */
import type { PhotoInput } from "../../api"
import { t } from "../../i18n/i18n.svelte"
import { MOST_PHOTOS, NoPicture, prepare } from "./pictures"
import type { Prepared } from "./pictures"

export interface Waiting {
  readonly id: number
  readonly url: string
  readonly made: Prepared
  /** The original goes, with all that the camera wrote into it. */
  keep: boolean
}
export interface Attaching {
  readonly all: Waiting[]
  readonly preparing: boolean
  /** Why the last file was not taken. */
  readonly refused: string
  attach(files: readonly File[]): Promise<void>
  remove(photo: Waiting): void
  /** What is sent of each. */
  chosen(): PhotoInput[]
  clear(): void
}

export function attaching(): Attaching {
  let all = $state<Waiting[]>([])
  let preparing = $state(0)
  let refused = $state("")
  let last = 0

  return {
    get all() {
      return all
    },
    get preparing() {
      return preparing > 0
    },
    get refused() {
      return refused
    },
    async attach(files) {
      refused = ""
      for (const file of files) {
        if (all.length + preparing >= MOST_PHOTOS) {
          refused = t("channels.photos_most", { count: MOST_PHOTOS })
          return
        }
        preparing += 1
        try {
          const made = await prepare(file)
          const { bytes, type } = made.clean
          const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }))
          all.push({ id: ++last, url, made, keep: false })
        } catch (failed) {
          refused = t(`channels.photo_refused_${failed instanceof NoPicture ? failed.why : "damaged"}`, { name: file.name })
        } finally {
          preparing -= 1
        }
      }
    },
    remove(photo) {
      URL.revokeObjectURL(photo.url)
      all = all.filter((one) => one.id !== photo.id)
    },
    chosen: () => all.map((photo) => $state.snapshot(photo.keep ? photo.made.original : photo.made.clean) as PhotoInput),
    clear() {
      for (const photo of all) URL.revokeObjectURL(photo.url)
      all = []
      refused = ""
    },
  }
}
