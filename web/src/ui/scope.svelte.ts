/** The operation that the person works in; null shows all of them. Kept in this tab's memory only. */
let operation = $state<string | null>(null)

export const scope = {
  get operation(): string | null {
    return operation
  },
  set operation(id: string | null) {
    operation = id
  },
  /** Whether something of this operation is shown. */
  holds(id: string): boolean {
    return operation === null || operation === id
  },
}
