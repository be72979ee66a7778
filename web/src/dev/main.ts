import { mount } from "svelte"
import { start } from "../start"
import { FakeClient } from "./fake_client"

const asked = new URLSearchParams(location.search)
const shown = start(new FakeClient(asked))
if (asked.has("gallery"))
  void shown.then(async () => {
    const { default: Gallery } = await import("./Gallery.svelte")
    const target = document.getElementById("app")
    target?.replaceChildren()
    if (target) mount(Gallery, { target })
  })
