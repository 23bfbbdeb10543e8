"""The `arena` command: reads `arena.toml`, finds the subcommands, starts the processes. Nothing imports it."""
