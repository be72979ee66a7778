"""Picture every page of the web client, for a person to look at."""
