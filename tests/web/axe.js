async (opens) => {
  const top = [...document.querySelectorAll("dialog[open], :popover-open")].at(-1)
  const wrong = []
  if (opens && top === undefined) return ["nothing opened"]
  if (!opens) {
    const heads = [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility())
    if (heads.length !== 1) wrong.push(`${heads.length} first headings`)
    if (!/\S · \S/.test(document.title)) wrong.push(`title: ${document.title}`)
  } else if (top.localName === "dialog" && !top.contains(document.activeElement)) wrong.push("the focus is not in the dialog")
  const {violations} = await axe.run(opens ? top : document, {
    runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    rules: {"target-size": {enabled: true}},
    resultTypes: ["violations"],
  })
  return [...wrong, ...violations.map(({id, nodes}) => ({
    id, where: nodes.slice(0, 4).map((one) => one.target.join(" ")), why: nodes[0].failureSummary,
  }))]
}
