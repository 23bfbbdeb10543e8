"""What is checked before a turn, before any header is sent, holding nothing."""

import time
from dataclasses import dataclass

from arena.chat import Parameters
from arena.session import Consent, Scope
from arena.settings import Limits
from controller.asking import Opening, effective
from controller.limits import RateLimit, StreamLimit, admit
from controller.running import RunningTurns
from controller.sessions import TO_BE_KEPT, Sessions
from controller.visitor_text import clean
from logging_store.facts import SessionFact


@dataclass
class Admission:
    """Lets a turn in, or says why not."""

    limits: Limits
    sessions: Sessions
    running: RunningTurns
    streams: StreamLimit
    per_session: RateLimit
    per_address: RateLimit
    controller: str

    def take(self, limits: Limits) -> None:
        """Hold to these limits from now on; what was counted so far stays counted."""
        self.limits = limits
        self.per_session.change(limits.turns_per_minute)
        self.per_address.change(limits.turns_per_minute_per_address)
        self.sessions.openings.change(limits.sessions_per_minute_per_address)
        self.streams.allowed = limits.streams_per_session

    def text(self, text: str) -> str:
        """Return the visitor's text, fit to be stored and sent."""
        return clean(text, self.limits.input_chars)

    async def opening(self, session: SessionFact, needed: frozenset[Scope] = TO_BE_KEPT) -> Consent:
        """Check consent and limits before a conversation or battle is opened; count it apart from the turns."""
        fact = await self.sessions.consent_for_turn(session, needed)
        self._count("open", session)
        return fact.consent

    def reaction(self, session: SessionFact) -> None:
        """Check the limits before a reaction is kept; count it apart from the turns."""
        self._count("react", session)

    def choice(self, session: SessionFact) -> None:
        """Check the limits before a choice about a release is kept; count it apart from the turns."""
        self._count("choose", session)

    async def turn(
        self,
        key: str,
        session: SessionFact,
        parameters: Parameters,
        answers: int,
        needed: frozenset[Scope] = TO_BE_KEPT,
    ) -> Opening:
        """Check consent, limits, and that nothing else runs there; count the turn."""
        wanted = effective(parameters, self.limits)
        consent_id = (await self.sessions.consent_for_turn(session, needed)).id
        self.running.check(key)
        self.streams.check(session.id, answers)
        self._count("say", session)
        return Opening(consent_id, self.controller, wanted, time.time())

    def _count(self, act: str, session: SessionFact) -> None:
        keys = [(self.per_session, f"{act} {session.id}"), (self.per_address, f"{act} {session.address_hash}")]
        admit(keys, time.monotonic())
