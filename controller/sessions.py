"""Who is who: sessions, their consent, and what they may do."""

import re
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass

from arena.errors import ConsentRequired, LimitError, RequestError, SessionRequired, TermsOutdated
from arena.ids import new_id, new_token, token_hash
from arena.session import Consent, ConsentRequest, ReleaseChoice, Scope, SessionToken, SessionView
from arena.terms import TERMS_VERSION
from controller.access import Origin
from controller.limits import RateLimit, admit
from logging_store.facts import ConsentFact, ReleaseChoiceFact, SessionFact
from logging_store.ledger import Ledger

LANGUAGE_TAG = re.compile(r"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*")
"""In shape (RFC 5646, section 2.1); anything else is kept as unknown."""
TO_BE_KEPT = frozenset({Scope.SERVE, Scope.LOG})
TO_BE_ANSWERED = frozenset({Scope.SERVE})
KEPT_ONLY = "This is possible only if you let us keep what is said. You can allow that at any time."
TICK = 0.001
"""Seconds, by which times in the ledger surely differ."""


@dataclass
class Sessions:
    """Opens sessions, knows them by their token, keeps their consent. `openings` is counted by address."""

    ledger: Ledger
    openings: RateLimit
    stop: Callable[[str], Awaitable[None]]
    """Stops what is being written for a session, wherever that is."""
    unlogged_chat: bool = False
    """Whether one may chat with one model without consent to log."""

    async def open(self, origin: Origin, cohort: str = "") -> SessionToken:
        """Open a session; its token is told this once."""
        admit([(self.openings, origin.address_hash)], time.monotonic(), LimitError)
        token = new_token()
        fact = SessionFact(
            id=new_id(),
            token_hash=token_hash(token),
            address_hash=origin.address_hash,
            opened_at=time.time(),
            period=origin.period,
            cohort=cohort,
            country=origin.country,
        )
        await self.ledger.add_session(fact)
        return SessionToken(token=token)

    async def known(self, token: str | None) -> SessionFact:
        """Return the session of a token; a missing or unknown one is refused."""
        if not token:
            raise SessionRequired
        session = await self.ledger.session_by_token(token_hash(token))
        if session is None:
            raise SessionRequired
        return session

    async def consent(self, session: SessionFact, request: ConsentRequest) -> Consent:
        """Keep what the visitor allows from now on. Only the terms in force can be accepted.

        What is being written goes on under the consent it began with, unless nothing may be sent to models any more.
        """
        if request.terms_version != TERMS_VERSION:
            raise TermsOutdated
        if not request.scopes:
            raise RequestError("A consent needs at least one scope.")
        admit([(self.openings, f"consent {session.id}")], time.monotonic(), LimitError)
        consent = Consent(
            terms_version=request.terms_version,
            scopes=request.scopes,
            language=request.language if LANGUAGE_TAG.fullmatch(request.language) else "",
            accepted_at=_after(await self.ledger.consent_of(session.id), time.time()),
            covers_past=request.covers_past,
            age_group=request.age_group,
        )
        await self.ledger.add_consent(ConsentFact(id=new_id(), session_id=session.id, consent=consent))
        if Scope.SERVE not in consent.scopes:
            await self.stop(session.id)
        return consent

    async def consent_for_turn(self, session: SessionFact, needed: frozenset[Scope] = TO_BE_KEPT) -> ConsentFact:
        """Return the consent that covers a turn now, or say what is missing."""
        fact = await self.ledger.consent_of(session.id)
        if fact is None or Scope.SERVE not in fact.consent.scopes:
            raise ConsentRequired
        if not fact.consent.scopes >= needed:
            raise ConsentRequired(KEPT_ONLY)
        if fact.consent.terms_version != TERMS_VERSION:
            raise TermsOutdated
        return fact

    async def view(self, session: SessionFact) -> SessionView:
        """Return what the session may know of itself."""
        fact = await self.ledger.consent_of(session.id)
        return SessionView(
            consent=fact.consent if fact else None,
            terms_version=TERMS_VERSION,
            open_battle=await self.ledger.open_battle_of(session.id),
            may_chat_unlogged=self.unlogged_chat,
            has_deletion_code=await self.ledger.has_deletion_code(session.id),
        )


def _after(last: ConsentFact | None, now: float) -> float:
    """Return when a consent is given: after the last one, also if the clock was set back meanwhile.

    The latest counts: otherwise a visitor who takes back what was allowed would not be heard.
    """
    return now if last is None else max(now, last.consent.accepted_at + TICK)


def release_choices(
    session_id: str, conversation_ids: Iterable[str], choice: ReleaseChoice
) -> Iterator[ReleaseChoiceFact]:
    """Yield the facts of one choice about conversations of a session."""
    now = time.time()
    for conversation_id in conversation_ids:
        yield ReleaseChoiceFact(
            id=new_id(),
            conversation_id=conversation_id,
            session_id=session_id,
            allowed=choice.allowed,
            chosen_at=now,
        )
