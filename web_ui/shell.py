"""The page around Gradio's: our title, style and script in it, nobody else's addresses, and headers that keep it so."""

import base64
import gzip
import re
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arena.errors import ArenaError
from web_ui import texts

STATIC = Path(__file__).parent / "static"
_STYLE = "text/css; charset=utf-8"
_SCRIPT = "text/javascript; charset=utf-8"
ASSETS = {
    "arena.css": _STYLE,
    "consent.css": _STYLE,
    "board.css": _STYLE,
    "waiting.js": _SCRIPT,
    "arena.js": _SCRIPT,
    "consent.js": _SCRIPT,
    "board.js": _SCRIPT,
}
"""In the order in which they build on each other."""
FOREVER = "public, max-age=31536000, immutable"
PACKED_FROM = 50_000
"""Bytes."""

_SOCIAL_META = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')
_NOWHERE = "page.invalid"
"""The host under which Gradio is asked for the page; what it says of that host is left out again."""
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HEAD_END = "</head>"

_POLICY = (
    "default-src 'self'",
    # Gradio makes functions of its events' scripts, hence 'unsafe-eval'. Nothing inline runs but what we hand out.
    "script-src 'self' 'unsafe-eval'{inline}",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "media-src 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


@dataclass(frozen=True)
class Asset:
    """A file of ours, addressed by what is in it, so that browsers may keep it for good."""

    name: str
    body: bytes = field(repr=False)

    @property
    def address(self) -> str:
        """Where the page finds it."""
        return f"/visitor/{sha256(self.body).hexdigest()[:16]}/{self.name}"


def read_assets() -> dict[str, Asset]:
    """Read our files, by their addresses."""
    assets = [Asset(name, (STATIC / name).read_bytes()) for name in ASSETS]
    return {asset.address: asset for asset in assets}


def dress(html: str, title: str, assets: dict[str, Asset]) -> str:
    """Return Gradio's page as ours: the same for everyone, under whatever address it is reached."""
    words = "".join(f' data-{name}="{escape(word)}"' for name, word in texts.SCRIPT_WORDS.items())
    own = [f"<title>{escape(title)}</title>", '<meta name="color-scheme" content="light dark">']
    for address, asset in assets.items():
        style, script = f'<link rel="stylesheet" href="{address}">', f'<script src="{address}"{words}></script>'
        own.append(style if asset.name.endswith(".css") else script)
    html = _SOCIAL_META.sub("", html).replace(f'"http://{_NOWHERE}"', '""')
    return html.replace(_HEAD_END, "".join(own) + _HEAD_END, 1)


def policy(html: str = "") -> str:
    """Return the content security policy under which a page may run its own inline scripts, and no others."""
    digests = (sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(html))
    inline = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return "; ".join(_POLICY).format(inline=inline)


class Shell:
    """Dresses the page, once, and puts the security headers on every response."""

    def __init__(self, app: ASGIApp, title: str, assets: dict[str, Asset]) -> None:
        self._app = app
        self._title = title
        self._assets = assets
        self._page: tuple[bytes, bytes, str] | None = None
        """The page, the same compressed, and its policy."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; change what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
            self._page = self._page or await self._prepared(scope, receive)
            await _page_response(self._page, Headers(scope=scope))(scope, receive, _framed(send, self._page[2]))
        else:
            await self._app(scope, receive, _framed(send, policy(), is_kept=scope["path"].startswith("/assets/")))

    async def _prepared(self, scope: Scope, receive: Receive) -> tuple[bytes, bytes, str]:
        """Ask Gradio for the page, with nothing in the request that a visitor chose."""
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            if message.get("status", 200) != 200:
                raise ArenaError("Gradio did not make the page")
            parts.append(message.get("body", b""))

        plain = {**scope, "method": "GET", "headers": [(b"host", _NOWHERE.encode())], "query_string": b""}
        await self._app(plain, receive, collect)
        html = dress(b"".join(parts).decode(), self._title, self._assets)
        return html.encode(), gzip.compress(html.encode(), mtime=0), policy(html)


def _page_response(page: tuple[bytes, bytes, str], headers: Headers) -> Response:
    plain, compressed, _ = page
    takes_gzip = "gzip" in headers.get("accept-encoding", "")
    response = Response(compressed if takes_gzip else plain, media_type="text/html")
    response.headers.update({"cache-control": "no-cache", "vary": "accept-encoding"})
    if takes_gzip:
        response.headers["content-encoding"] = "gzip"
    return response


def packed(response: Response, headers: Headers) -> Response:
    """Return a large response compressed, if who asked takes that: a leaderboard with its figures, to a phone."""
    if len(response.body) >= PACKED_FROM and "gzip" in headers.get("accept-encoding", ""):
        response.body = gzip.compress(response.body, 1, mtime=0)
        response.headers.update({"content-encoding": "gzip", "content-length": str(len(response.body))})
    return response


def _framed(send: Send, policy: str, *, is_kept: bool = False) -> Send:
    async def framed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers["content-security-policy"] = policy
            if is_kept and message["status"] == 200:
                headers["cache-control"] = FOREVER
        await send(message)

    return framed
