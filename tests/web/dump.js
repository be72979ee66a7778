// Everything that a page of this origin can read of what is kept here; keys by what can be done with them.
async () => {
  const texts = []
  const open_keys = []
  const databases = []
  const rows_of = {}
  const sealed = []
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
      // Of the store's rows only ciphertext under a number is expected; whatever else is there is told with the texts.
      rows_of[`${name}/${store}`] = keys.length
      if (store === "rows") {
        values.forEach((value, at) => {
          if (typeof keys[at] === "number" && value instanceof Uint8Array) sealed.push(latin(value))
          else texts.push(`not sealed: ${String(keys[at])}`)
        })
      }
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
  const files = []
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name)
  const registered = await navigator.serviceWorker.getRegistrations()
  const told = (await Promise.all(registered.map((one) => one.getNotifications()))).flat()
  const notifications = told.map(({title, body, data}) => JSON.stringify({title, body, data}))
  return {
    rows_of, sealed: sealed.join(""), files, notifications, cookies: document.cookie,
    databases, rows, open_keys, texts, caches: caches_, local: {...localStorage}, session: {...sessionStorage},
    name: window.name, title: document.title, state: JSON.stringify(history.state),
    timings: performance.getEntries().map((one) => one.name),
  }
}
