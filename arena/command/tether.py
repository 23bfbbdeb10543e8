"""Ties a child to the life of its supervisor."""

import ctypes
import os
import signal
import sys

SUPERVISOR = "ARENA_SUPERVISOR"
"""The variable in which a supervisor tells its child the process id to hold on to."""
_PR_SET_PDEATHSIG = 1


def hold_on() -> None:
    """Die with the supervisor that started this process, even if that is killed by `kill -9` (Linux: prctl(2))."""
    supervisor = os.environ.pop(SUPERVISOR, None)
    if supervisor is None or sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL)) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != int(supervisor):  # it died before we could hold on
        sys.exit(1)
