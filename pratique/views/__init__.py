"""Pure folds of opened entries: `apply(state, entry) -> state`; no I/O, no clock, no keys."""
