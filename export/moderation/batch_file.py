"""The files of the Batch API: one request a line, named by its text's digest; so are the lines that come back."""

import json
from dataclasses import dataclass, field
from typing import Any

from export.moderation.asking import Said, results_of
from export.moderation.calling import CODE, REFUSED, Torn

ENDPOINT = "/v1/moderations"
MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000


@dataclass(slots=True)
class BatchFile:
    """A file that is being filled."""

    model: str
    most_requests: int = MOST_REQUESTS
    most_bytes: int = MOST_BYTES
    lines: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    """By the texts' digests: a text is in it once."""
    size: int = 0

    def add(self, key: bytes, text: str) -> bool:
        """Add a text; False, and nothing is added, if the file has no room for it."""
        if key in self.lines:
            return True
        request = {
            "custom_id": key.hex(),
            "method": "POST",
            "url": ENDPOINT,
            "body": {"model": self.model, "input": text},
        }
        line = json.dumps(request, ensure_ascii=False).encode() + b"\n"
        is_full = len(self.lines) >= self.most_requests or self.size + len(line) > self.most_bytes
        if is_full and self.lines:
            return False
        self.lines[key] = line
        self.size += len(line)
        return True

    @property
    def content(self) -> bytes:
        """The file."""
        return b"".join(self.lines.values())


def read_results(content: bytes, whole: int | None = None) -> dict[bytes, Said]:
    """Return what a file of results or of errors says, by the texts' digests; nothing of what is to be asked again.

    `Torn` if a line is broken, or if there are fewer lines than `whole`.
    """
    lines = [line for line in content.splitlines() if line.strip()]
    if whole is not None and len(lines) < whole:
        raise Torn("a file of results is not whole")
    said: dict[bytes, Said] = {}
    for line in lines:
        try:
            result = json.loads(line)
            key = bytes.fromhex(result["custom_id"])
        except (ValueError, KeyError, TypeError) as error:
            raise Torn("a line of a file of results is broken") from error
        if (about := _said(result)) is not None:
            said[key] = about
    return said


def _said(result: dict[str, Any]) -> Said | None:
    """Return what a line says of its text; None where asking again may help (expired, or the provider's fault)."""
    response = result.get("response")
    if not isinstance(response, dict):
        return None
    status, body = response.get("status_code"), response.get("body")
    if status == 200:
        try:
            return results_of(body, 1)[0]
        except Torn as torn:
            return str(torn)
    if status not in REFUSED:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and CODE.fullmatch(code) else f"http_{status}"
