/** The base of every content: strict UTF-8 JSON under a name; and the one error a content is refused with. */
import { dumps, JsonRefused, loads } from "../wire/strict_json"
import {
  ContentRefused,
  type Json,
  optional,
  part,
  problem,
  required,
  type Rule,
  type Slots,
  type Values,
} from "./checking"
import { HEX_16, LOG_ID, PROSE, REFERENCE_FIELD } from "./fields"
import { whole } from "./kinds"

export { ContentRefused, type Problem, problem, problemText } from "./checking"

/** One kind of content; `TYPE` is the name under which it is sealed, and says of each content which kind it is. */
export interface ContentForm<N extends string, S extends Slots> {
  readonly TYPE: N
  /** Take parsed JSON as this form; throws `ContentRefused` with every wrong field. */
  check(value: unknown): Named<N, S>
  /** Parse an opened content's bytes; throws `ContentRefused`. */
  read(body: Uint8Array): Named<N, S>
  /** Give what is written of it: without what is null. */
  dump(told: Values<S>): Json
  /** Give the bytes to seal. */
  write(told: Values<S>): Uint8Array<ArrayBuffer>
}
export type Named<N extends string, S extends Slots> = { readonly TYPE: N } & Values<S>
/** What a form reads: `export type Answer = Told<typeof Answer>`. */
export type Told<F> = F extends { check(value: unknown): infer T } ? T : never

/** Make the form of a content from its fields, in the order in which they are written. */
export function content<const N extends string, S extends Slots>(
  TYPE: N,
  slots: S,
  ...rules: Rule<Values<S>>[]
): ContentForm<N, S> {
  const form = part(slots, ...rules)
  const check = (value: unknown): Named<N, S> => ({ TYPE, ...form.check(value) })
  return {
    TYPE,
    check,
    read: (body) => check(parsed(body)),
    dump: (told) => form.dump(told),
    write: (told) => dumps(form.dump(told)),
  }
}

/** Parse bytes as strict JSON; throws `ContentRefused`. */
export function parsed(body: Uint8Array): unknown {
  try {
    return loads(body)
  } catch (refused) {
    if (refused instanceof JsonRefused) throw new ContentRefused([problem("", refused.detail)])
    throw refused
  }
}

/** Read an opened entry as a content of one kind; null where it is of another, did not open, or breaks its form. */
export function readAs<T>(
  kind: { readonly TYPE: string; read(body: Uint8Array): T },
  { type, problem: wrong, body }: { readonly type: string; readonly problem: string | null; readonly body: Uint8Array },
): T | null {
  if (wrong !== null || type !== kind.TYPE) return null
  try {
    return kind.read(body)
  } catch (refused) {
    if (refused instanceof ContentRefused) return null
    throw refused
  }
}

/** The entry that an event answers: in the same log, before it. */
export const FOLLOWS = part({ log: required(LOG_ID), seq: required(whole(1, Number.MAX_SAFE_INTEGER)) })
export type Follows = Told<typeof FOLLOWS>

/**
 * A content about a pre-notification: which one, and the entry it follows. `id` is made once by its author; the same
 * event in several lanes keeps it and counts once.
 */
export const EVENT = {
  id: required(HEX_16),
  about: required(REFERENCE_FIELD),
  follows: required(FOLLOWS),
  remark: optional(PROSE),
} as const

/** Make the form of an event from what it says besides. */
export function event<const N extends string, S extends Slots>(
  TYPE: N,
  slots: S,
  ...rules: Rule<Values<typeof EVENT & S>>[]
): ContentForm<N, typeof EVENT & S> {
  return content<N, typeof EVENT & S>(TYPE, { ...EVENT, ...slots }, ...rules)
}
