"""The page around Gradio's: our title, style and script in it, nobody else's addresses, and headers that keep it so."""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web_ui import texts

STATIC = Path(__file__).parent / "static"
ASSETS = {"arena.css": "text/css; charset=utf-8", "arena.js": "text/javascript; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"

_SOCIAL_META = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')
_SCRIPT = re.compile(r"<script(?=[\s>])")
_HEAD_END = "</head>"

_POLICY = (
    "default-src 'self'",
    # Gradio makes functions of its events' scripts, hence 'unsafe-eval'. Nothing inline runs without the nonce.
    "script-src 'self' 'unsafe-eval' 'nonce-{nonce}'",
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


def dress(html: str, title: str, assets: dict[str, Asset], nonce: str) -> str:
    """Return Gradio's page as ours."""
    words = "".join(f' data-{name}="{escape(word)}"' for name, word in texts.SCRIPT_WORDS.items())
    own = [f"<title>{escape(title)}</title>", '<meta name="color-scheme" content="light dark">']
    for address, asset in assets.items():
        is_style = asset.name.endswith(".css")
        own.append(
            f'<link rel="stylesheet" href="{address}">' if is_style else f'<script src="{address}"{words}></script>'
        )
    html = _SOCIAL_META.sub("", html).replace(_HEAD_END, "".join(own) + _HEAD_END, 1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', html)


class Shell:
    """Dresses the page, and puts the security headers on every response."""

    def __init__(self, app: ASGIApp, title: str, assets: dict[str, Asset]) -> None:
        self._app = app
        self._title = title
        self._assets = assets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; change what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/":
            await self._page(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send, scope["path"], nonce="none"))

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(16)
        # Gradio would compress the page, and it could not be changed any more.
        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        start: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body", False):
                return
            dressed = dress(body.decode(), self._title, self._assets, nonce).encode() if body else b""
            if dressed:
                MutableHeaders(scope=start)["content-length"] = str(len(dressed))
            framed = _with_headers(send, "/", nonce)
            await framed(start)
            await framed({"type": "http.response.body", "body": dressed})

        await self._app({**scope, "headers": headers}, receive, collect)


def _with_headers(send: Send, path: str, nonce: str) -> Send:
    async def framed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers["content-security-policy"] = "; ".join(_POLICY).format(nonce=nonce)
            if path.startswith("/assets/") and message["status"] == 200:
                headers["cache-control"] = FOREVER
            elif path == "/":
                headers["cache-control"] = "no-store"
        await send(message)

    return framed
