"""Stands between a worker and its engine, so that no process of the engine outlives the worker.

A program of its own, with nothing but the standard library: `python guard.py COMMAND...`. It leads the engine's
process group and holds one end of a pipe on its standard input. When the other end closes, because the worker closed
it or died in whatever way, the whole group is killed. SIGTERM is handed on to the engine. It ends when the engine
ends, with its exit code, or with 128 plus the number of the signal that killed it.
"""

import os
import signal
import subprocess
import sys
import threading
from types import FrameType

NOT_STARTED = 127


def _end_with_the_worker() -> None:
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


def guard(command: list[str]) -> int:
    """Run a command to its end, or to the worker's."""
    try:
        engine = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 (what the operator asked for)
    except OSError as error:
        sys.stdout.write(f"{command[0]} cannot be started: {error.strerror}\n")
        return NOT_STARTED

    def hand_on(_: int, __: FrameType | None) -> None:
        engine.terminate()

    signal.signal(signal.SIGTERM, hand_on)
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    code = engine.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(guard(sys.argv[1:]))
