"""From a visitor's message to what is opened in the ledger and asked of a worker. No I/O."""

from typing import Any

from arena.chat import Message, Parameters, Side
from arena.errors import RequestError
from arena.ids import new_id
from arena.settings import Limits
from controller.turns import Part
from logging_store.facts import TurnFact, standing

TEMPERATURE = 0.7
TOP_P = 1.0
CHARACTERS_PER_TOKEN = 4
"""About, in most languages of most models: an estimate until the worker has counted."""


def effective(wanted: Parameters, limits: Limits) -> Parameters:
    """Fill in the arena's defaults; refuse what is above the limit."""
    if wanted.max_tokens is not None and wanted.max_tokens > limits.output_tokens:
        raise RequestError(f"An answer may have at most {limits.output_tokens:,} tokens here.")
    return Parameters(
        temperature=TEMPERATURE if wanted.temperature is None else wanted.temperature,
        top_p=TOP_P if wanted.top_p is None else wanted.top_p,
        max_tokens=wanted.max_tokens or limits.output_tokens,
    )


def messages_before(turns: tuple[TurnFact, ...], position: int) -> list[Message]:
    """Return what was said before a position: the standing turns that were answered."""
    said: list[Message] = []
    for turn in standing(turns):
        if turn.position < position and turn.is_answered:
            said.append(Message(role="user", content=turn.text))
            said.append(Message(role="assistant", content=turn.answer))
    return said


def part(turn: TurnFact, before: tuple[TurnFact, ...], side: Side | None = None) -> Part:
    """Return a turn with the request body that asks for its answer (OpenAI Chat Completions)."""
    said = [*messages_before(before, turn.position), Message(role="user", content=turn.text)]
    body: dict[str, Any] = {
        "model": turn.model,
        "messages": [message.model_dump() for message in said],
        "stream": True,
        "stream_options": {"include_usage": True},
        **turn.parameters.model_dump(exclude_none=True),
    }
    tokens = sum(len(message.content) for message in said) // CHARACTERS_PER_TOKEN
    most = turn.parameters.max_tokens or 0
    return Part(turn=turn, body=body, side=side, before=_worker_before(before, turn), tokens=tokens + most)


def _worker_before(turns: tuple[TurnFact, ...], turn: TurnFact) -> str | None:
    """Return the worker whose cache holds the most of what will be read: the last that answered, none that failed."""
    answered = [each.worker for each in standing(turns) if each.position <= turn.position and each.is_answered]
    return answered[-1] if answered else None


def next_turn(
    conversation_id: str, model: str, before: tuple[TurnFact, ...], text: str, opening: "Opening"
) -> TurnFact:
    """Return the turn that a new message opens."""
    stands = standing(before)
    return opening.turn(conversation_id, model, text, stands[-1].position + 1 if stands else 0, None)


def another_turn(old: TurnFact, opening: "Opening") -> TurnFact:
    """Return the turn that asks for another answer to the same message."""
    return opening.turn(old.conversation_id, old.model, old.text, old.position, old.id)


class Opening:
    """What all turns that are opened together share."""

    def __init__(self, consent_id: str, controller: str, parameters: Parameters, now: float) -> None:
        self._consent_id = consent_id
        self._controller = controller
        self._parameters = parameters
        self._now = now

    def turn(self, conversation_id: str, model: str, text: str, position: int, supersedes: str | None) -> TurnFact:
        """Return an open turn."""
        return TurnFact(
            id=new_id(),
            conversation_id=conversation_id,
            position=position,
            consent_id=self._consent_id,
            controller=self._controller,
            model=model,
            text=text,
            parameters=self._parameters,
            opened_at=self._now,
            supersedes=supersedes,
        )
