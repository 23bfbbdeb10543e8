"""Where a response's body ends (RFC 9112, sections 6 and 7). Bytes in, bytes out; no socket.

Each framing takes what was read, cut anywhere, and returns what of it is body. `is_whole` says that the body has ended;
`rest` that something came after its end, so that the connection is not to be used again.
"""

from functools import lru_cache
from typing import Protocol

LONGEST_LINE = 8_192
"""Bytes of a chunk's size with its extensions, and of a trailer's line."""
LONGEST_CHUNK = 1 << 40
HEX = frozenset(b"0123456789abcdefABCDEF")


class BrokenFraming(ValueError):
    """The body is not framed as HTTP says."""


class Framing(Protocol):
    """Tells a body's bytes from what frames them."""

    is_whole: bool
    rest: bool

    def feed(self, read: bytes) -> bytes:
        """Return what of these bytes is body. Raises `BrokenFraming`."""
        ...

    def end(self) -> bool:
        """Take the end of the connection; return whether the body is whole."""
        ...


class Sized:
    """A body of a length that was declared."""

    def __init__(self, length: int) -> None:
        self._missing = length
        self.is_whole = length == 0
        self.rest = False

    def feed(self, read: bytes) -> bytes:
        """Return what of these bytes is body."""
        body = read if len(read) <= self._missing else read[: self._missing]
        self._missing -= len(body)
        self.is_whole = self._missing == 0
        self.rest = self.rest or len(read) > len(body)
        return body

    def end(self) -> bool:
        """Take the end of the connection; return whether the body is whole."""
        return self.is_whole


class UntilClosed:
    """A body that lasts as long as the connection."""

    def __init__(self) -> None:
        self.is_whole = False
        self.rest = True

    def feed(self, read: bytes) -> bytes:
        """Return these bytes: all are body."""
        return read

    def end(self) -> bool:
        """Take the end of the connection, which is the body's."""
        self.is_whole = True
        return True


class Chunked:
    """A body in chunks, each with its length before it."""

    def __init__(self) -> None:
        self.is_whole = False
        self.rest = False
        self._missing = 0
        """Bytes of the present chunk that have not come, with the line end after it."""
        self._line = b""
        """The beginning of a line whose end has not come."""
        self._in_trailers = False

    def feed(self, read: bytes) -> bytes:
        """Return what of these bytes is body."""
        pieces: list[bytes] = []
        at, end = 0, len(read)
        while at < end:
            if self.is_whole:
                self.rest = True
                break
            if self._missing:
                at = self._take(read, at, pieces)
                continue
            stop = read.find(b"\n", at)
            if stop < 0 or self._line or self._in_trailers:
                at = self._take_line(read, at, stop)
                continue
            size = _size(read[at:stop])
            at = stop + 1
            after = at + size
            if size and read.startswith(b"\r\n", after - 2):  # a chunk that has come whole, as nearly all do
                pieces.append(read[at : after - 2])
                at = after
            else:
                self._missing = size
                self._in_trailers = not size
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def end(self) -> bool:
        """Take the end of the connection; return whether the body is whole."""
        return self.is_whole

    def _take(self, read: bytes, at: int, pieces: list[bytes]) -> int:
        """Take what has come of the present chunk, and of the line end that follows it."""
        missing = self._missing
        taken = read[at : at + missing]
        self._missing -= len(taken)
        if missing > 2:
            pieces.append(taken[: missing - 2])
        if self._missing < 2:
            # The last bytes of a chunk with its line end: how many of CR LF are among what has come now.
            seen = b"\r\n"[max(0, 2 - missing) : 2 - self._missing]
            if not taken.endswith(seen):
                raise BrokenFraming
        return at + len(taken)

    def _take_line(self, read: bytes, at: int, stop: int) -> int:
        """Take a line that was cut, or one after the last chunk."""
        end = len(read) if stop < 0 else stop + 1
        self._line += read[at:end]
        if len(self._line) > LONGEST_LINE:
            raise BrokenFraming
        if stop >= 0:
            line, self._line = self._line[:-1], b""
            if self._in_trailers:
                self.is_whole = line == b"\r"
                if not line.endswith(b"\r"):
                    raise BrokenFraming
            else:
                self._missing = _size(line)
                self._in_trailers = not self._missing
        return end


@lru_cache(maxsize=4096)
def _size(line: bytes) -> int:
    """Return how many bytes a chunk has with the line end after it; 0 for the last chunk, which has none."""
    digits = line[:-1].partition(b";")[0].rstrip(b" \t")
    if not line.endswith(b"\r") or not digits or len(line) > LONGEST_LINE or not HEX.issuperset(digits):
        raise BrokenFraming
    size = int(digits, 16)
    if size > LONGEST_CHUNK:
        raise BrokenFraming
    return size + 2 if size else 0
