// Everything that a page of this origin can read of what is kept here; keys by what can be done with them.
async () => {
  const texts = []
  const open_keys = []
  const databases = []
  let rows = 0
  const latin = (bytes) => [...bytes].map((byte) => String.fromCharCode(byte)).join("")
  const take = (value) => {
    if (value instanceof CryptoKey) {
      if (value.extractable) open_keys.push(value.algorithm.name)
    } else if (value instanceof ArrayBuffer) texts.push(latin(new Uint8Array(value)))
    else if (ArrayBuffer.isView(value)) texts.push(latin(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
    else if (Array.isArray(value)) value.forEach(take)
    else if (typeof value === "object" && value !== null) Object.entries(value).forEach(([name, one]) => (texts.push(name), take(one)))
    else texts.push(String(value))
  }
  for (const {name} of await indexedDB.databases()) {
    databases.push(name)
    const database = await new Promise((done, failed) => {
      const asked = indexedDB.open(name)
      asked.onsuccess = () => done(asked.result)
      asked.onerror = () => failed(asked.error)
    })
    for (const store of database.objectStoreNames) {
      const table = database.transaction(store).objectStore(store)
      const read = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)))
      const [keys, values] = [await read(table.getAllKeys()), await read(table.getAll())]
      rows += keys.length
      take(keys)
      take(values)
    }
    database.close()
  }
  const caches_ = []
  for (const name of await caches.keys()) {
    caches_.push(name)
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      // The build itself is the same for everybody.
      if (!name.startsWith("pratique-files-")) texts.push(request.url, await (await cache.match(request)).text())
    }
  }
  return {
    databases, rows, open_keys, texts, caches: caches_, local: {...localStorage}, session: {...sessionStorage},
    name: window.name, title: document.title, state: JSON.stringify(history.state),
    timings: performance.getEntries().map((one) => one.name),
  }
}
