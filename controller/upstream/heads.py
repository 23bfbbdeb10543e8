"""Heads: the request's is written here, the response's is read by httptools."""

from collections.abc import Mapping

import httptools

from controller.upstream.framing import Chunked, Framing, Sized, UntilClosed

LONGEST_HEAD = 65_536
"""Bytes."""


class BrokenHead(ValueError):
    """This is no head of an HTTP response, or one whose body nobody can frame for sure."""


def request_head(method: str, target: str, host: str, headers: Mapping[str, str], length: int) -> bytes:
    """Write a request's head. A value that would end its line is refused with `ValueError`."""
    lines = [f"{method} {target} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"content-length: {length}")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or "\0" in head:
        raise ValueError("a header's value holds a line end")
    return head.encode("latin-1") + b"\r\n\r\n"


class Head:
    """A response's status and headers, as httptools reads them."""

    def __init__(self, wire: bytes) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        """By name in lower case; of several with one name the last."""
        self._is_read = False
        self._lengths: set[str] = set()
        self._codings: list[str] = []
        self.keeps_alive = False
        self._parser = httptools.HttpResponseParser(self)
        try:
            self._parser.feed_data(wire)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:  # nobody asked for another protocol
            raise BrokenHead from error
        finally:
            del self._parser  # the two hold each other
        if not self._is_read or self.status < 100:
            raise BrokenHead

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header from the parser."""
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self.headers[key] = text
        if key == "content-length":
            self._lengths.add(text.strip())
        elif key == "transfer-encoding":
            self._codings.append(text.strip().lower())

    def on_headers_complete(self) -> None:
        """Note that the parser has seen the end of the head."""
        self._is_read = True
        self.status = self._parser.get_status_code()
        self.keeps_alive = self._parser.should_keep_alive()

    @property
    def is_interim(self) -> bool:
        """Whether another head follows (1xx)."""
        return self.status < 200

    def framing(self) -> Framing:
        """Return how the body is framed. What could be read in two ways is refused."""
        if self.status in (204, 304):
            return Sized(0)
        if self._codings:
            if self._codings != ["chunked"] or self._lengths:
                raise BrokenHead
            return Chunked()
        if not self._lengths:
            return UntilClosed()
        length = self._lengths.pop()
        if self._lengths or not length.isascii() or not length.isdigit() or len(length) > 15:
            raise BrokenHead
        return Sized(int(length))
