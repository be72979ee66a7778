/** The page's side of the service worker: install it, hear which build runs, ask for the next one. */
import { scriptUrl } from "../script_url"
import type { FromServiceWorker, ReleaseState, ToServiceWorker } from "./messages"

const CHECK_EVERY_MS = 15 * 60_000

/** Install the service worker and be told of the build's state; does nothing where the browser has none. */
export function watchRelease(tell: (state: ReleaseState) => void): void {
  const container = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker
  if (container === undefined || !import.meta.env.PROD) return
  container.addEventListener("message", ({ data }: MessageEvent<FromServiceWorker>) => {
    if ("release" in data) tell(data.release)
    else if ("reload" in data) location.reload()
    else if ("today" in data) location.hash = "#/today"
  })
  void container.register(scriptUrl("/sw.js"), { scope: "/", updateViaCache: "none" }).catch(() => {
    // A private window may refuse: the pages then come from the server each time, as before the first installation.
    tell({ state: "unknown" })
  })
  void container.ready.then(() => checkRelease())
  setInterval(checkRelease, CHECK_EVERY_MS)
}

/** Let the service worker look at what the server offers now; its answer reaches `watchRelease`. */
export function checkRelease(): void {
  ask({ release: "check" })
}

/** Run the build that is ready: every open page of this browser begins anew. */
export function applyRelease(): void {
  ask({ release: "apply" })
}

function ask(message: ToServiceWorker): void {
  const container = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker
  void container?.ready.then((registration) => registration.active?.postMessage(message))
}
