/** Show the app for a client. */
import { mount } from "svelte"
// First: the order of the layers is said there.
import "./styles/index.css"
import App from "./App.svelte"
import type { Client } from "./api"
import { setClient } from "./ui/client"
import { draw, lookNow } from "./ui/preferences.svelte"
import { follow } from "./ui/router.svelte"

export async function start(client: Client): Promise<void> {
  setClient(client)
  follow()
  await draw(lookNow())
  const target = document.getElementById("app")
  if (target === null) throw new Error("the page has no #app")
  mount(App, { target })
}
