/** What the service worker and the pages tell each other. */

/** Which build this browser runs. `refused`: the server offers one that is not what the operation's root signed. */
export type ReleaseState =
  | { readonly state: "unknown" | "current" | "ready" }
  | { readonly state: "refused"; readonly code: string; readonly detail: string }

/** What a page asks for: look for a newer build, or run the one that is ready. */
export type ToServiceWorker = { readonly release: "check" | "apply" }

/** What pages are told. `reload`: the other build is in place, begin anew. `today`: a notification was opened. */
export type FromServiceWorker = { readonly release: ReleaseState } | { readonly reload: true } | { readonly today: true }
