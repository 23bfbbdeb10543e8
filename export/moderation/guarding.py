"""Asks a guard model about every message, through any server that speaks Chat Completions."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import openai

from arena.errors import ProviderError
from export.moderation.calling import Calls, Refused, Torn
from export.moderation.fetching import HOPELESS, Fetched, Watch, for_each
from export.moderation.guards import Family
from export.moderation.label_store import Exchange, LabelWriter, exchange_key, exchanges
from export.moderation.messages import Chunk

UNREADABLE = "unreadable_answer"


class Guard:
    """One guard model."""

    def __init__(self, client: openai.AsyncOpenAI, model: str, family: Family, calls: Calls) -> None:
        self._client = client
        self._model = model
        self._family = family
        self._calls = calls

    async def judge(self, exchange: Exchange) -> tuple[tuple[str, ...] | None, str]:
        """Return the labels of an exchange's last message, or None and a word that says why there are none."""
        try:
            answers = [await self._calls.call(lambda r=each: self._request(r), _said) for each in self._asked(exchange)]
            return self._family.labels(answers), ""
        except Refused as refused:
            return None, refused.code
        except (Torn, ValueError):
            return None, UNREADABLE

    def _asked(self, exchange: Exchange) -> list[Mapping[str, Any]]:
        return list(self._family.requests(exchange))

    async def _request(self, request: Mapping[str, Any]) -> Any:
        return await self._client.chat.completions.with_raw_response.create(
            model=self._model, temperature=0.0, **request
        )


def _said(body: bytes) -> str:
    answer = json.loads(body)
    try:
        text = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise Torn("no answer") from error
    if not isinstance(text, str):
        raise Torn("no text")
    return text


async def label(
    chunks: AsyncIterator[Chunk], writer: LabelWriter, guard: Guard, watch: Watch, *, at_once: int, retry: bool = False
) -> Fetched:
    """Ask about every message that this guard did not judge yet. Each answer is kept as soon as it is there.

    With `retry`, also about those of which it gave no readable answer.
    """
    fetched = Fetched()
    held: list[bytes] = []

    async def judge(item: tuple[bytes, Exchange]) -> None:
        key, exchange = item
        labels, reason = await guard.judge(exchange)
        fetched.asked += 1
        if labels is None:
            fetched.unmoderated[reason] += 1
            held.append(key)
        else:
            fetched.moderated += 1
        if fetched.moderated:  # who never gives a readable answer did not look at the texts
            writer.add([*((each, None) for each in held), *([(key, labels)] if labels is not None else [])])
            held.clear()
        elif len(held) >= HOPELESS:
            raise ProviderError(f"the guard gives no readable answer ({', '.join(sorted(fetched.unmoderated))})")
        watch(fetched)

    async for chunk in chunks:
        wanted = {exchange_key(each): each for row in chunk.rows for each in exchanges(row)}
        missing = sorted(writer.missing(wanted, retry=retry))
        await for_each([(key, wanted[key]) for key in missing], judge, at_once)
        fetched.conversations += chunk.conversations
        fetched.messages += len(chunk.texts)
        watch(fetched)
    if held and writer.has_judged():
        writer.add([(each, None) for each in held])
    return fetched
