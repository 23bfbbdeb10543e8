"""The vocabulary all rooms share: types, ids, errors, the event codec, settings. No I/O outside `arena.command`."""
