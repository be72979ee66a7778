// What the pages are made of, and where a foreign text may stand in them.
(mark) => {
  const marks = new RegExp(mark, "i")
  const html = new Set(("a abbr address article aside b bdi body br button caption code col colgroup dd del details dialog " +
    "div dl dt em fieldset " +
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html i img input ins kbd label legend li link main mark meta nav " +
    "ol optgroup option output p pre progress script search section select small span strong sub summary sup table tbody " +
    "td textarea tfoot th thead time title tr u ul video canvas").split(" "))
  const drawn = new Set("svg path circle rect line polyline polygon ellipse g defs title clipPath text tspan use".split(" "))
  const words = new Set(["alt", "title", "aria-label", "placeholder", "value", "download", "aria-description", "label"])
  const foreign = []
  const told = []
  for (const one of document.querySelectorAll("*")) {
    const own = one.namespaceURI === "http://www.w3.org/1999/xhtml" ? html.has(one.localName) : drawn.has(one.localName)
    if (!own || marks.test(one.localName)) foreign.push(`<${one.localName}>`)
    for (const {name, value} of one.attributes) {
      if (name.startsWith("on") || marks.test(name) || name === "style" || name === "srcdoc" || name === "is")
        if (name !== "style" || marks.test(value) || value.includes("evil")) foreign.push(`${one.localName} ${name}`)
      if (marks.test(value)) {
        if (words.has(name)) told.push(value)
        else if (!(name === "href" && /^(#\/|tel:)/.test(value))) foreign.push(`${one.localName} ${name}=${value}`)
      }
      if (name === "href" || name === "src") {
        const {protocol, origin} = new URL(value, location.href)
        if (!(origin === location.origin || protocol === "tel:")) foreign.push(`${one.localName} ${name}=${value}`)
      }
    }
    if ("value" in one && typeof one.value === "string") told.push(one.value)
  }
  const scripts = [...document.querySelectorAll("script")].filter((one) => !one.src.startsWith(location.origin) || one.text !== "")
  if (scripts.length > 0) foreign.push(`${scripts.length} scripts`)
  for (const name of Object.getOwnPropertyNames(window)) if (marks.test(name)) foreign.push(`window.${name}`)
  for (const one of document.querySelectorAll("[id], [name]"))
    if (marks.test(one.id) || marks.test(one.getAttribute("name") ?? "")) foreign.push(`named ${one.id}`)
  return {foreign: [...new Set(foreign)], text: document.documentElement.textContent + "\n" + told.join("\n"),
    reports: globalThis.reports.splice(0), polluted: Object.keys(Object.prototype)}
}
