"""Asks the moderations API about texts, many in one request."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import openai

from export.moderation.calling import Calls, Refused, Torn
from export.moderation.verdict import Verdict, verdict_of

TEXTS_AT_ONCE = 32
BYTES_AT_ONCE = 32_000
"""Of UTF-8 in one request: no more tokens than providers are known to take. A longer text goes alone."""
WRONG_COUNT = "wrong_count"
UNREADABLE = "unreadable_result"

Said = Verdict | str
"""A verdict, or a word that says why there is none."""


def grouped(texts: Sequence[tuple[bytes, str]], most: int = TEXTS_AT_ONCE) -> Iterator[list[tuple[bytes, str]]]:
    """Put texts together for requests, in order."""
    group: list[tuple[bytes, str]] = []
    size = 0
    for key, text in texts:
        length = len(text.encode())
        if group and (len(group) == most or size + length > BYTES_AT_ONCE):
            yield group
            group, size = [], 0
        group.append((key, text))
        size += length
    if group:
        yield group


class Asker:
    """Asks one model."""

    def __init__(self, client: openai.AsyncOpenAI, model: str, calls: Calls) -> None:
        self._client = client
        self._model = model
        self._calls = calls

    async def ask(self, texts: Sequence[str]) -> list[Said]:
        """Return what is said of each text, in order.

        If a request is refused, or its results are not as many as its texts, its halves are asked for themselves, so
        that one text that the API does not take costs no other its verdict.
        """
        try:
            return await self._calls.call(lambda: self._request(texts), lambda body: _results(body, len(texts)))
        except Refused as refused:
            reason = refused.code
        except Torn as torn:
            reason = str(torn)
        if len(texts) == 1:
            return [reason]
        middle = len(texts) // 2
        return await self.ask(texts[:middle]) + await self.ask(texts[middle:])

    async def _request(self, texts: Sequence[str]) -> Any:
        return await self._client.moderations.with_raw_response.create(input=list(texts), model=self._model)


def _results(body: bytes, expected: int) -> list[Said]:
    """Read an answer by its names on the wire (`harassment/threatening`). Numbers keep every bit."""
    return results_of(json.loads(body), expected)


def results_of(answer: Any, expected: int) -> list[Said]:
    """Return the verdicts of an answer. `Torn` if they cannot be told apart by their texts."""
    results = answer.get("results") if isinstance(answer, dict) else None
    model = answer.get("model") if isinstance(answer, dict) else None
    if not isinstance(results, list) or len(results) != expected or not isinstance(model, str) or not model:
        raise Torn(WRONG_COUNT)
    try:
        return [verdict_of(model, result) for result in results]
    except ValueError as error:
        raise Torn(UNREADABLE) from error
