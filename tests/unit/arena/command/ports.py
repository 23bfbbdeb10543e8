"""Ports for tests."""

from arena.command.listening import listen


def free_port() -> int:
    """Return a port on which nobody listens right now."""
    with listen("127.0.0.1", 0) as listener:
        return listener.getsockname()[1]
