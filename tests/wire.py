"""HTTP by hand, for tests that care about every byte a browser could see."""

import json
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from arena.chat import ChatEvent, TextDelta
from arena.sse import Decoder

SECONDS = 20.0
ID = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{4}(?:-[0-9a-f]{4}){7}")
TIME = re.compile(rb"\b\d{10}\.\d+\b")


Midway = tuple[bytes, int, Callable[[], None]]
"""Do something once these bytes have come so many times."""


@dataclass
class Tape:
    """Everything that was sent to one client, in order."""

    url: str
    headers: dict[str, str]
    answers: list[bytes] = field(default_factory=list[bytes])

    def exchange(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        midway: Midway | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """Send a request; record and return every byte of the answer."""
        place = urlsplit(self.url)
        wire = b"" if body is None else json.dumps(body).encode()
        head = {"host": place.netloc, "connection": "close", "content-length": str(len(wire))}
        if wire:
            head["content-type"] = "application/json"
        lines = "".join(f"{name}: {value}\r\n" for name, value in (head | self.headers | (headers or {})).items())
        answer = b""
        with socket.create_connection((place.hostname or "", place.port or 80), timeout=SECONDS) as connection:
            connection.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + wire)
            while chunk := connection.recv(65536):
                answer += chunk
                if midway is not None and answer.count(midway[0]) >= midway[1]:
                    act, midway = midway[2], None
                    act()
        self.answers.append(answer)
        return answer

    def normal(self) -> list[tuple[bytes, bytes]]:
        """Return the answers without what is random or a time: ids are numbered, pieces of text are joined."""
        numbers: dict[bytes, bytes] = {}

        def numbered(found: re.Match[bytes]) -> bytes:
            return numbers.setdefault(found[0], b"<id %d>" % len(numbers))

        def plain(wire: bytes) -> bytes:
            return TIME.sub(b"<time>", ID.sub(numbered, wire))

        normal: list[tuple[bytes, bytes]] = []
        for answer in self.answers:
            head, body = split(answer)
            is_stream = b"text/event-stream" in head
            said = plain(repr(by_side(body)).encode() if is_stream else body)
            head = re.sub(rb"\r\ndate: [^\r]*", b"\r\ndate: <date>", head)
            if not is_stream:
                # A time has more digits or fewer: the length is that of the body without times.
                assert b"\r\ncontent-length: %d\r" % len(body) in head + b"\r" or not body
                head = re.sub(rb"\r\ncontent-length: \d+", b"\r\ncontent-length: %d" % len(said), head)
            normal.append((plain(head), said))
        return normal


def split(answer: bytes) -> tuple[bytes, bytes]:
    """Return the head and the body, the chunks of HTTP put together."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, _dechunked(body) if b"transfer-encoding: chunked" in head else body


def _dechunked(body: bytes) -> bytes:
    whole = b""
    while True:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            assert rest == b"\r\n", "something came after the end"
            return whole
        whole, body = whole + rest[:length], rest[length + 2 :]


def by_side(body: bytes) -> dict[str, list[ChatEvent]]:
    """Return the events of each side in their order, text joined: how they interleave is a matter of time."""
    sides: dict[str, list[ChatEvent]] = {}
    for event in Decoder().feed(body):
        said = sides.setdefault(str(getattr(event, "side", None)), [])
        last = said[-1] if said else None
        if isinstance(event, TextDelta) and isinstance(last, TextDelta):
            said[-1] = TextDelta(side=event.side, text=last.text + event.text)
        else:
            said.append(event)
    return dict(sorted(sides.items()))
