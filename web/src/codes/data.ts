/** Where the code lists are: short ones in the program, long ones as packed tables beside it. */

interface Found {
  readonly table: boolean
  readonly head: () => Promise<unknown>
}

const files = import.meta.glob("$templates/codes/*.json", { import: "default" })
const tables = import.meta.glob<string>("$templates/codes/*.csv.gz", { eager: true, query: "?url", import: "default" })

const URLS = new Map(Object.entries(tables).map(([path, url]) => [path.slice(path.lastIndexOf("/") + 1), url]))

/** How to get the head of each list. */
export const HEADS: ReadonlyMap<string, Found> = new Map(
  Object.entries(files).map(([path, head]) => {
    const name = path.slice(path.lastIndexOf("/") + 1, -".json".length)
    return [name, { head, table: URLS.has(`${name}.csv.gz`) }]
  }),
)

type Reader = (url: string) => Promise<Response>
let fetched: Reader = (url) => fetch(url)

/** Read tables in another way than by fetching them, as a test on a disk does. */
export function readTablesBy(reader: Reader): void {
  fetched = reader
}

/** Fetch a packed table and give its rows, the names of its columns first. */
export async function tableRows(file: string): Promise<string[][]> {
  const url = URLS.get(file)
  if (!url) throw new Error(`the table ${file} is not shipped`)
  const answer = await fetched(url)
  if (!answer.ok) throw new Error(`the table ${file} could not be fetched (${answer.status})`)
  return csv(new TextDecoder("utf-8", { fatal: true }).decode(await unpacked(await answer.arrayBuffer())))
}

/** A server may have unpacked it on the way already, for one that takes .gz for a way of sending. */
async function unpacked(packed: ArrayBuffer): Promise<ArrayBuffer> {
  const [first, second] = new Uint8Array(packed)
  if (first !== 0x1f || second !== 0x8b) return packed
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()
}

/** Read lines of cells; one with a comma or a quote stands in quotes, none has a line end. */
export function csv(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line !== "")
  return lines.map((line) => (line.includes('"') ? quoted(line) : line.split(",")))
}

function quoted(line: string): string[] {
  const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)
  return [...cells].map(([, inner, plain]) => inner?.replaceAll('""', '"') ?? plain ?? "")
}
