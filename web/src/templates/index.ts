/** Templates: forms as data, and what can be said of a filled form (docs/templates.md). */

export { type Adaptation, AdaptationRefused } from "./adaptation"
export type { Change } from "./changes"
export type { Field } from "./fields"
export type { Problem } from "./problem"
export type { Form } from "./projection"
export { load, names, newest, type PartName, Template, UnknownTemplate } from "./template"
export { type FieldText, fullText, LANGUAGES } from "./text"
