/** Whether this browser holds a store: all that may be asked of it beside the worker. It opens nothing. */

/** The store's database, as the worker names it. */
const DATABASE = "pratique"

/** Tell whether there surely is no store in this browser; false where it does not tell. */
export async function neverHere(): Promise<boolean> {
  try {
    return !(await indexedDB.databases()).some(({ name }) => name === DATABASE)
  } catch {
    return false
  }
}
