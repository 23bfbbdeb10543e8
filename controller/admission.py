"""What is checked before a turn, before any header is sent, holding nothing."""

import time
from dataclasses import dataclass

from arena.chat import Parameters
from arena.settings import Limits
from controller.asking import Opening, effective
from controller.limits import RateLimit, StreamLimit, admit
from controller.running import RunningTurns
from controller.sessions import Sessions
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

    def text(self, text: str) -> str:
        """Return the visitor's text, fit to be stored and sent."""
        return clean(text, self.limits.input_chars)

    async def consent(self, session: SessionFact) -> str:
        """Return the id of the consent that covers what comes now."""
        return (await self.sessions.consent_for_turn(session)).id

    async def turn(self, key: str, session: SessionFact, parameters: Parameters, answers: int) -> Opening:
        """Check consent, limits, and that nothing else runs there; count the turn."""
        wanted = effective(parameters, self.limits)
        consent_id = await self.consent(session)
        self.running.check(key)
        self.streams.check(session.id, answers)
        admit([(self.per_session, session.id), (self.per_address, session.address_hash)], time.monotonic())
        return Opening(consent_id, self.controller, wanted, time.time())
