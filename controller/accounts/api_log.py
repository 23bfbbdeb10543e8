"""Keeps what passes through the gateway, of those keys alone that allow it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from arena.battle import Mode
from arena.chat import Ending, Parameters
from arena.errors import LedgerError
from arena.ids import new_id, token_hash
from arena.session import Consent, Scope
from arena.terms import TERMS_VERSION
from controller.running import RunningTurns
from logging_store.exchanges import Exchange
from logging_store.facts import PROGRAM, ApiKeyFact, ConsentFact, ConversationFact, SessionFact, TurnFact

logger = logging.getLogger(__name__)

ATTEMPTS = 5
KEPT = frozenset({Scope.SERVE, Scope.LOG})
_NOT_ASKED = frozenset({"system", "developer"})
"""Roles that must be told from a user's: releases leave what they say out."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A request to the gateway and how it was answered. Times are unix seconds."""

    model: str
    request: Mapping[str, Any]
    """The body: `messages`, and what else the client set."""
    answer: str
    opened_at: float
    finished_at: float
    ending: Ending = Ending.COMPLETED
    reasoning: str = ""
    worker: str | None = None
    first_word_at: float | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ApiLog:
    """Writes exchanges beside the stream: nobody waits for it."""

    add: Callable[[Exchange], Awaitable[None]]
    """Writes one (`logging_store.exchanges.add_exchange`)."""
    running: RunningTurns
    controller: str
    pause_seconds: float = 1.0

    def keep(self, key: ApiKeyFact | None, answered: Answered) -> None:
        """Keep an exchange if the key allows it; nothing of any other, and nothing without a key, is ever written."""
        if key is not None and key.may_log:
            self.running.start(self.record(key, answered))

    async def record(self, key: ApiKeyFact, answered: Answered) -> None:
        """Write an exchange; a ledger that fails is asked again a few times."""
        if not key.may_log:
            return
        exchange = exchange_of(key, answered, self.controller)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self.add(exchange)
            except LedgerError:
                if attempt == ATTEMPTS:
                    logger.error("An exchange of key %s could not be kept", key.id)  # noqa: TRY400 (it says it all)
                    return
                await asyncio.sleep(self.pause_seconds)
            else:
                return


def exchange_of(key: ApiKeyFact, answered: Answered, controller: str, fresh_id: Callable[[], str] = new_id) -> Exchange:
    """Return what the ledger keeps: a conversation of one turn, in the one session that stands for the key.

    Whoever made the key with `--log` agreed to the terms in force, and with `--release` to publication.
    """
    scopes = KEPT | {Scope.RELEASE} if key.may_release else KEPT
    session_id = _derived_id("session", key.id)
    consent_id = _derived_id("consent", key.id, TERMS_VERSION, *sorted(scopes))
    conversation_id = fresh_id()
    consent = Consent(terms_version=TERMS_VERSION, scopes=scopes, language="", accepted_at=answered.opened_at)
    return Exchange(
        # no token has this hash: nobody can speak for the session from the page
        session=SessionFact(session_id, f"{PROGRAM}{key.id}", f"{PROGRAM}{key.id}", answered.opened_at),
        consent=ConsentFact(consent_id, session_id, consent),
        conversation=ConversationFact(conversation_id, session_id, Mode.DIRECT, answered.model, answered.opened_at),
        turn=TurnFact(
            id=fresh_id(),
            conversation_id=conversation_id,
            position=0,
            consent_id=consent_id,
            controller=controller,
            model=answered.model,
            text=said(answered.request.get("messages", ())),
            parameters=_parameters(answered.request),
            opened_at=answered.opened_at,
            worker=answered.worker,
            first_word_at=answered.first_word_at,
            finished_at=answered.finished_at,
            ending=answered.ending,
            finish_reason=answered.finish_reason,
            error_code=answered.error_code,
            answer=answered.answer,
            reasoning=answered.reasoning,
            prompt_tokens=answered.prompt_tokens,
            completion_tokens=answered.completion_tokens,
        ),
    )


def said(messages: object) -> str:
    """Return the text of a request. A user's only message stands as it is; of others each is headed by its role.

    An earlier answer may be another model's: it is part of what was asked, and never becomes an answer of this one.
    """
    listed: Sequence[object] = messages if isinstance(messages, Sequence) and not isinstance(messages, str) else ()
    parts = [(str(each.get("role", "")), _text(each.get("content"))) for each in listed if isinstance(each, Mapping)]
    if len(parts) == 1 and parts[0][0] not in _NOT_ASKED:
        return parts[0][1]
    return "\n\n".join(f"[{role}]\n{text}" for role, text in parts)


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return ""
    return "\n".join(_part_text(part) for part in content)


def _part_text(part: object) -> str:
    """Return a text part; anything else, such as an image, leaves a mark in its place."""
    if not isinstance(part, Mapping):
        return "[left out]"
    text = part.get("text")
    return text if isinstance(text, str) else f"[left out: {str(part.get('type', 'unknown'))[:40]}]"


def _parameters(request: Mapping[str, Any]) -> Parameters:
    """Return those of the parameters that we know and that can be; others are the model's and the client's affair."""
    names = {"temperature": "temperature", "top_p": "top_p", "max_tokens": "max_tokens"}
    if "max_completion_tokens" in request:
        names["max_tokens"] = "max_completion_tokens"
    kept: dict[str, Any] = {}
    for ours, theirs in names.items():
        try:
            kept |= Parameters.model_validate({ours: request.get(theirs)}).model_dump(exclude_none=True)
        except ValidationError:
            continue  # the worker has judged it
    return Parameters(**kept)


def _derived_id(*words: str) -> str:
    """Return an id that every controller derives alike."""
    return token_hash("\n".join(words))[:32]
