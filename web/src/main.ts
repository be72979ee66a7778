import { connect } from "./rpc"
import { start } from "./start"
import { watchBuild } from "./ui/release.svelte"

// What is said to a browser without scripts is no part of a page that runs.
document.querySelector("noscript")?.remove()
const FIRST_VIEW_MS = 20_000
const client = connect()
void start(client)
// A browser that was never here shows its first page before it fetches the whole build to keep: a thin link is full.
const container = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker
if (container === undefined || container.controller !== null) watchBuild()
else {
  const late = new Promise((done) => setTimeout(done, FIRST_VIEW_MS))
  void Promise.race([client.query("session").catch(() => undefined), late]).then(() => watchBuild())
}
