import { joined } from "./languages"

export const catalogue = joined(import.meta.glob("./pt/*.json", { eager: true, import: "default" }))
