import { connect } from "./rpc"
import { start } from "./start"
import { watchBuild } from "./ui/release.svelte"

watchBuild()
void start(connect())
