/**
 * What a push becomes on the screen. The service worker opens no store: it knows the language, the quiet hours and the
 * least urgency of each operation from a small record in the Cache, that holds nothing secret; and of the push, three fields.
 */
import { type Quiet, quietNow } from "./quiet"

export type Rank = "routine" | "priority" | "urgent"

/** What the service worker knows of the person's wishes; `least` by the operation's code. */
export interface NoticeRecord {
  readonly language: string
  readonly quiet: Quiet | null
  readonly least: Readonly<Record<string, Rank | "none">>
}

/** All that a push says. */
export interface Pushed {
  readonly operation: string
  readonly urgency: Rank
  readonly count: number
}

/** A notification as the platform takes it. */
export interface Notice {
  readonly title: string
  readonly options: NotificationOptions & { readonly renotify: boolean }
}

export const NOTICE_CACHE = "pratique-notices"
const UNKNOWN: NoticeRecord = { language: "en", quiet: null, least: {} }
const RANK: Readonly<Record<Rank | "none", number>> = { routine: 0, priority: 1, urgent: 2, none: 3 }
const CODE = /^[A-Z0-9][A-Z0-9-]{1,23}$/
// All of ours have 128 letters, and none counts further (app/jobs/web_push.py).
const MOST_LETTERS = 512
const MOST_COUNT = 999
/** Per language: something urgent, something else, and where nothing is known but that something waits. */
const SENTENCES: Readonly<Record<string, readonly [string, string, string]>> = {
  en: ["An urgent item in {code}", "Something new in {code}", "Something waits for you"],
  fr: ["Un élément urgent dans {code}", "Du nouveau dans {code}", "Quelque chose vous attend"],
  es: ["Un asunto urgente en {code}", "Novedades en {code}", "Algo le espera"],
  ru: ["Срочное сообщение в {code}", "Новое в {code}", "Для вас есть новое"],
  ar: ["أمر عاجل في {code}", "جديد في {code}", "هناك جديد بانتظارك"],
  pt: ["Um assunto urgente em {code}", "Novidades em {code}", "Algo espera por si"],
}

/** Read what a push says; null where it is not ours. */
export function readPushed(text: string): Pushed | null {
  if (text.length > MOST_LETTERS) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== "object" || value === null) return null
  const { operation, urgency, count } = value as Record<string, unknown>
  if (typeof operation !== "string" || !CODE.test(operation) || !isRank(urgency)) return null
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > MOST_COUNT) return null
  return { operation, urgency, count }
}

/**
 * Write the notification of a push. One is always shown, as browsers demand it of every push; what the person did not
 * want to hear now comes without sound and without a buzz. What is urgent is not replaced by what is not; and while word of
 * an operation stands, routine items change it quietly.
 */
export function noticeOf(pushed: Pushed | null, record: NoticeRecord | null, at: Date): Notice {
  const { language, quiet, least } = record ?? UNKNOWN
  const [urgent, other, unknown] = SENTENCES[language] ?? SENTENCES["en"]!
  const options = { lang: language, dir: language === "ar" ? "rtl" : "ltr", icon: "/icons/pratique-192.png", timestamp: at.getTime() } as const
  if (pushed === null) return { title: "Pratique", options: { ...options, body: unknown, silent: true, tag: "pratique", renotify: false } }
  const { operation, urgency, count } = pushed
  const sentence = (urgency === "urgent" ? urgent : other).replace("{code}", operation)
  const unwanted = RANK[urgency] < RANK[least[operation] ?? "routine"]
  const silent = unwanted || (urgency !== "urgent" && quietNow(quiet, at))
  const tag = urgency === "urgent" ? `${operation} urgent` : operation
  const body = count > 1 ? `${sentence} (${count})` : sentence
  return { title: "Pratique", options: { ...options, body, silent, tag, renotify: !silent && urgency !== "routine", data: { operation } } }
}

/** Leave the service worker what it needs to know; null takes it away. */
export async function keepRecord(record: NoticeRecord | null): Promise<void> {
  if (!("caches" in globalThis)) return
  if (record === null) await caches.delete(NOTICE_CACHE)
  else await (await caches.open(NOTICE_CACHE)).put("/", new Response(JSON.stringify(record)))
}

export async function keptRecord(): Promise<NoticeRecord | null> {
  const found = await (await caches.open(NOTICE_CACHE)).match("/")
  return found === undefined ? null : ((await found.json()) as NoticeRecord)
}

function isRank(value: unknown): value is Rank {
  return value === "routine" || value === "priority" || value === "urgent"
}
