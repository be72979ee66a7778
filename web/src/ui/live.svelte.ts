/** Answers that stay true while they are shown, and acts that tell how they go. Call both while a component is made. */
import { untrack } from "svelte"
import type { Client, Failure, Queries, Topic } from "../api"
import { failureOf } from "./client"

export interface Live<T> {
  readonly value: T | undefined
  readonly error: Failure | undefined
  /** No answer to the newest question yet; an older `value` stays until there is one. */
  readonly loading: boolean
  again(): void
}

/**
 * Ask now, and again whenever one of the topics changed or the argument did.
 *
 * Takes  args: the argument, or a function that reads it from state; `null` from the function asks nothing
 */
export function live<K extends keyof Queries>(
  client: Client,
  name: K,
  args: Queries[K][0] | (() => Queries[K][0] | null),
  topics: Topic[],
): Live<Queries[K][1]> {
  type Answer = Queries[K][1]
  let value = $state.raw<Answer | undefined>()
  let error = $state.raw<Failure | undefined>()
  let loading = $state(true)
  let newest = 0
  let busy = false
  let dirty = false
  let given: Queries[K][0] | null = null

  async function ask(): Promise<void> {
    if (given === null) return
    // A burst of changes asks twice, not often: once now, once after the answer.
    if (busy) {
      dirty = true
      return
    }
    busy = true
    const turn = newest
    try {
      const rest = (given === undefined ? [] : [given]) as Parameters<Client["query"]>[1][]
      const answer = await (client.query as (name: K, ...rest: unknown[]) => Promise<Answer>)(name, ...rest)
      if (turn === newest) {
        value = answer
        error = undefined
      }
    } catch (thrown) {
      if (turn === newest) error = failureOf(thrown)
    } finally {
      busy = false
      if (turn !== newest || dirty) {
        dirty = false
        void ask()
      } else loading = false
    }
  }

  $effect(() => {
    given = typeof args === "function" ? (args as () => Queries[K][0] | null)() : args
    newest += 1
    loading = given !== null
    untrack(() => void ask())
    const stop = client.on(topics, () => void ask())
    return () => {
      stop()
      newest += 1
      given = null
    }
  })

  return {
    get value() {
      return value
    },
    get error() {
      return error
    },
    get loading() {
      return loading
    },
    again: () => void ask(),
  }
}

export interface Acting {
  readonly busy: boolean
  readonly failure: Failure | undefined
  /** Do it unless it is being done; gives what it gave, or undefined where it failed (see `failure`). */
  run<T>(act: () => Promise<T>): Promise<T | undefined>
  clear(): void
}

/** Follow one act: `const sending = acting(); await sending.run(() => client.act("lock"))`. */
export function acting(): Acting {
  let busy = $state(false)
  let failure = $state.raw<Failure | undefined>()
  return {
    get busy() {
      return busy
    },
    get failure() {
      return failure
    },
    async run(act) {
      if (busy) return undefined
      busy = true
      failure = undefined
      try {
        return await act()
      } catch (thrown) {
        failure = failureOf(thrown)
        return undefined
      } finally {
        busy = false
      }
    },
    clear() {
      failure = undefined
    },
  }
}
