import { joined } from "./languages"

export const catalogue = joined(import.meta.glob("./fr/*.json", { eager: true, import: "default" }))
