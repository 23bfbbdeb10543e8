"""Whether a SIGHUP says that the terminal has hung up, or that somebody asks for a reload."""

import os
import signal

_OPEN = os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK


def has_terminal() -> bool:
    """Whether this process has a controlling terminal that is still there."""
    try:
        descriptor = os.open("/dev/tty", _OPEN)
    except OSError:  # ENXIO: there never was one, or it was taken away; EIO: nobody holds its other end any more
        return False
    os.close(descriptor)
    return True


class Terminal:
    """Remembers whether there was a terminal at the start that can hang up.

    One that we were told to ignore (`nohup`) cannot, and whoever was started by a service manager has none.
    """

    def __init__(self) -> None:
        self._can_hang_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and has_terminal()

    def has_hung_up(self) -> bool:
        """Whether the terminal that there was at the start is gone."""
        return self._can_hang_up and not has_terminal()
