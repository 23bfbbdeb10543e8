"""Server-sent events: our chat events on the wire (WHATWG HTML, section 9.2)."""

from collections.abc import Iterator

from arena.chat import CHAT_EVENT, ChatEvent

KEEP_ALIVE = b": still here\n\n"


def encode(event: ChatEvent) -> bytes:
    """Write one event as one block."""
    return b"data: " + event.model_dump_json(exclude_none=True).encode() + b"\n\n"


class BlockSplitter:
    """Takes chunks cut anywhere; yields the payload of each `data:` block once it is whole.

    A block may use LF or CRLF line ends and several data lines; comments and other fields are passed over.
    """

    def __init__(self) -> None:
        self._pending = b""

    @property
    def pending(self) -> int:
        """How many bytes are held back, waiting for the rest of their block."""
        return len(self._pending)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take the next chunk; yield the payloads that it completes."""
        whole = self._pending + chunk
        if b"\r" in whole:
            keep = whole.endswith(b"\r")
            whole = whole.replace(b"\r\n", b"\n")
            if not keep:
                whole = whole.replace(b"\r", b"\n")
        *blocks, self._pending = whole.split(b"\n\n")
        for block in blocks:
            lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
            if lines:
                yield b"\n".join(lines)


class Decoder:
    """Takes chunks cut anywhere; yields each chat event once it is whole."""

    def __init__(self) -> None:
        self._splitter = BlockSplitter()

    def feed(self, chunk: bytes) -> Iterator[ChatEvent]:
        """Take the next chunk; yield the events that it completes."""
        for payload in self._splitter.feed(chunk):
            yield CHAT_EVENT.validate_json(payload)
