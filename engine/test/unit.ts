/** All unit tests, as one file for Node's test runner. */
import "./patch.js"
import "./refusals.js"
import "./refusals_members.js"
import "./traps.js"
