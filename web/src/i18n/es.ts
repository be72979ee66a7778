import { joined } from "./languages"

export const catalogue = joined(import.meta.glob("./es/*.json", { eager: true, import: "default" }))
