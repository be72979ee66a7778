/** Read the tables of code lists from the disk: in tests there is no server that serves them. */

import { readFile } from "node:fs/promises"
import { basename } from "node:path"
import { readTablesBy } from "../src/codes/data"

readTablesBy(async (url) => {
  const file = basename(url.split("?")[0]!)
  return new Response(await readFile(new URL(`../../templates/codes/${file}`, import.meta.url)))
})
