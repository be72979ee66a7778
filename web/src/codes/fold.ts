/** Give a text without case and accents, so that Liege finds Liège. */
export function folded(text: string): string {
  const lower = text.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ")
  // Most names are plain ASCII, and taking these apart would only cost time.
  return (/^[ -~]*$/.test(lower) ? lower : lower.normalize("NFKD").replace(/\p{M}/gu, "")).trim()
}
