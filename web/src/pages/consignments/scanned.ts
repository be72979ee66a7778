/** Put what was scanned into a form that is being written. */
import { isObject } from "../../templates/paths"
import { withScans } from "../../templates/scanning"
import { isFilled } from "./form/fields"
import type { Form } from "./values"

/** Give the form with it; a lot that nobody has filled yet makes room. Throws `bad_input` where it is of no goods line. */
export function scannedInto(form: Form, scan: Readonly<Record<string, string>>): Form {
  const goods = Array.isArray(form.goods) ? form.goods.map(withoutBlankLots) : []
  return withScans({ ...form, goods: goods.length === 0 ? [{}] : goods }, [scan], { fresh: false })
}

function withoutBlankLots(line: unknown): unknown {
  if (!isObject(line) || !Array.isArray(line.lots)) return line
  return { ...line, lots: line.lots.filter(isFilled) }
}
