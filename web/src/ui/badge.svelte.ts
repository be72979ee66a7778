/** How many things wait for this person: in the tab's title and on the app's icon. */
let count = $state(0)

export const badge = {
  get count(): number {
    return count
  },
  set count(value: number) {
    if (value === count) return
    count = value
    const app = navigator as Navigator & { setAppBadge?: (n: number) => Promise<void> }
    app.setAppBadge?.(value).catch(() => undefined)
  },
}
