import { connect } from "./rpc"
import { start } from "./start"
import { neverHere } from "./stored"
import { neverWasHere } from "./ui/first_visit.svelte"
import { draw, lookNow } from "./ui/preferences.svelte"
import { watchBuild } from "./ui/release.svelte"

// What is said to a browser without scripts is no part of a page that runs.
document.querySelector("noscript")?.remove()
const FIRST_VIEW_MS = 20_000
const container = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker

void neverHere().then((yes) => yes && neverWasHere())

function begin(): void {
  const client = connect()
  void start(client)
  if (container === undefined || container.controller !== null) return watchBuild()
  const late = new Promise((done) => setTimeout(done, FIRST_VIEW_MS))
  void Promise.race([client.query("session").catch(() => undefined), late]).then(() => watchBuild())
}

// A thin link is full: a browser that was never here gets its first page, then the worker, then the build to keep.
if (container?.controller === null) void draw(lookNow()).catch(() => undefined).then(begin)
else begin()
