import { joined } from "./languages"

export const catalogue = joined(import.meta.glob("./en/*.json", { eager: true, import: "default" }))
