/** Hand a file to the person. */
export function saveFile(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  // The download has begun with the click; the browser holds the bytes from then on.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
