"""With real terminals: a child process gets one of its own, and it is taken away."""

import os
import pty
import signal
import subprocess
import sys

LOOK = """
import signal, sys
from arena.command.terminal import Terminal
signal.signal(signal.SIGHUP, signal.SIG_IGN) if sys.argv[1] == "nohup" else None
terminal = Terminal()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
print(terminal.has_hung_up(), file=sys.stderr, flush=True)
input()
print(terminal.has_hung_up(), file=sys.stderr, flush=True)
"""


def seen(how: str) -> tuple[str, str]:
    """Return whether the terminal seemed to have hung up, before and after it did."""
    said, say = os.pipe()
    go_on, tell = os.pipe()
    pid, master = pty.fork()
    if pid == 0:
        os.dup2(go_on, 0)
        os.dup2(say, 2)
        os.execv(sys.executable, [sys.executable, "-c", LOOK, how])
    os.close(say)
    with os.fdopen(said) as lines:
        before = lines.readline().strip()
        os.close(master)
        os.write(tell, b"\n")
        after = lines.readline().strip()
    os.waitpid(pid, 0)
    for each in (go_on, tell):
        os.close(each)
    return before, after


def test_a_terminal_hangs_up_when_its_other_end_is_closed():
    assert seen("plainly") == ("False", "True")


def test_one_that_is_ignored_from_the_start_never_does():
    assert seen("nohup") == ("False", "False")


def test_without_a_terminal_there_is_none_to_hang_up():
    code = "from arena.command.terminal import *; print(has_terminal(), Terminal().has_hung_up())"
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, start_new_session=True, timeout=60
    )

    assert said.stdout.split() == ["False", "False"]
    assert signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
