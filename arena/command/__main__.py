"""Lets `python -m arena.command` be the `arena` command."""

from arena.command import tether

if __name__ == "__main__":
    tether.hold_on()  # before the imports below, which take a moment
    from arena.command.main import main

    main()
