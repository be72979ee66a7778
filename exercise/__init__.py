"""An exercise on one machine: a server and the stores of four parties, each acting through its own CLI processes."""
