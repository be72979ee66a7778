import { joined } from "./languages"

export const catalogue = joined(import.meta.glob("./ru/*.json", { eager: true, import: "default" }))
