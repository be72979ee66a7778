import { start } from "../start"
import { FakeClient } from "./fake_client"

void start(new FakeClient(new URLSearchParams(location.search)))
