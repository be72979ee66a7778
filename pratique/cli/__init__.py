"""The command line `pratique`: one file per command; heavy imports stand inside commands, so that help is instant."""
