import { joined } from "./languages"

export const catalogue = joined(import.meta.glob("./ar/*.json", { eager: true, import: "default" }))
