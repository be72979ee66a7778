/** A file that lies sealed beside the channel: everything needed to fetch, open and check it. */
import { otherwise, part, required, type Values } from "./checking"
import { HEX_16, KEY_32, SHA_256, WORDS } from "./fields"
import { listOf, oneOf, TRUTH, whole } from "./kinds"

export const MOST_BYTES = 64 * 1024 * 1024

const SLOTS = {
  id: required(HEX_16),
  name: required(WORDS),
  type: required(WORDS),
  size_bytes: required(whole(1, MOST_BYTES)),
  sha256: required(SHA_256),
  key: required(KEY_32),
  segments: required(listOf(SHA_256, 256, 1)),
}

/** A file's name, size and digest, its key, and the digests of its sealed segments in order (FILE-1). */
export const SealedFile = part(SLOTS)
export type SealedFile = Values<typeof SLOTS>

const PHOTO_SLOTS = {
  ...SLOTS,
  type: required(oneOf(["image/jpeg", "image/png", "image/webp"])),
  width: required(whole(1, 20_000)),
  height: required(whole(1, 20_000)),
  metadata: otherwise(TRUTH, false),
}

/** A photo; its metadata are gone unless they were kept on purpose. */
export const Photo = part(PHOTO_SLOTS)
export type Photo = Values<typeof PHOTO_SLOTS>
