/** Draw long lists as they are scrolled: the first screenfuls at once, more when their end comes near. */
const STEP = 60

export class Growing {
  #most = $state(STEP)

  get most(): number {
    return this.#most
  }
  /** Attach to what stands at the end of the list. */
  end = (node: HTMLElement): (() => void) => {
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((one) => one.isIntersecting)) this.#most += STEP
    }, { rootMargin: "800px" })
    seen.observe(node)
    return () => seen.disconnect()
  }
}
