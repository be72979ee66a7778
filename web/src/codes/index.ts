/** Code lists as data: names in six languages, dated, each with its source and licence (templates/codes/SOURCES.md). */

export {
  type Code, codes, entry, holds, isReady, lists, name, nameOf, ready, search, type Source, source, UnknownList,
} from "./code_lists"
export { regionOf, riloOf } from "./regions"
