/** The worker of one tab: keys and decryption live here, and nowhere else. */
import type { Topic } from "../api"
import type { FromPage, ToPage } from "./messages"
import { answering, Keeper } from "./session"
import { Tabs } from "./tabs"

interface Scope {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => void) | null
}

const scope = globalThis as unknown as Scope
const TOGETHER_MS = 40

/** Tell changes together: a burst of entries is one look at the page. */
const pending = new Set<Topic>()
function changed(topics: Topic[]): void {
  if (pending.size === 0) {
    setTimeout(() => {
      const told = [...pending]
      pending.clear()
      tabs.changed(told)
    }, TOGETHER_MS)
  }
  for (const topic of topics) pending.add(topic)
}

const keeper = new Keeper({
  around: { url: location.origin },
  changed,
  share: (key) => tabs.share(key),
  ended: () => tabs.ended(),
})
const tabs: Tabs = new Tabs({
  serve: (ask) => keeper.serve(ask),
  own: (key) => keeper.own(key),
  key: () => keeper.key,
  changed: (topics) => scope.postMessage({ changed: topics } satisfies ToPage),
  active: () => keeper.active(),
  ended: () => scope.postMessage({ ended: true } satisfies ToPage),
})

scope.onmessage = (event) => {
  const asked = event.data as FromPage
  if (asked.kind === "active") {
    tabs.active()
    return
  }
  if (asked.kind === "network") {
    // Chromium tells its pages alone; whoever listens here hears it as it is specified for workers.
    globalThis.dispatchEvent(new Event(asked.now))
    return
  }
  const { id, ...ask } = asked
  void tabs.ask(ask).then((answer) => {
    scope.postMessage({ id, ...answer } satisfies ToPage)
    // Once the page has something to show; who unlocks next does not wait for it.
    answering().catch(() => undefined)
  })
}
