/** Which build of these pages runs, as the service worker tells it. */
import { watchRelease } from "../sw/registering"
import type { ReleaseState } from "../sw/messages"

let release = $state.raw<ReleaseState>({ state: "unknown" })

export const build = {
  get release(): ReleaseState {
    return release
  },
}

/** Install the service worker and follow the state of the build; once, at the start. */
export function watchBuild(): void {
  watchRelease((state) => (release = state))
}
