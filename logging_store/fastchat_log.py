"""FastChat's log, one JSON object a line, read as what was said and what was thought of it.

Nothing in a line is believed: what does not have the form is `Unreadable`, for a reason that holds no text of anyone's.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from arena.battle import Outcome
from arena.chat import Parameters, ReactionKind
from logging_store.columns import storable

VOTES = {
    "leftvote": Outcome.MODEL_A,
    "rightvote": Outcome.MODEL_B,
    "tievote": Outcome.TIE,
    "bothbad_vote": Outcome.BOTH_BAD,
}
REACTIONS = {"upvote": ReactionKind.UP, "downvote": ReactionKind.DOWN, "flag": ReactionKind.FLAG}
KINDS = frozenset({"chat", "share", *VOTES, *REACTIONS})

_LATEST = 4e9
"""Unix seconds, in the year 2096: what is later is no time."""


class Unreadable(ValueError):
    """A line that cannot be taken over. Says why."""


@dataclass(frozen=True, slots=True)
class State:
    """A conversation as it stood."""

    conversation: str
    """FastChat's `conv_id`."""
    model: str
    exchanges: tuple[tuple[str, str], ...]
    """Pairs of a message and its answer; examples before `offset`, and a message without an answer, are left out."""
    images: tuple[int, ...]
    """How many came with each message."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line."""

    kind: str
    at: float
    started: float
    address: str
    states: tuple[State, ...]
    parameters: Parameters
    is_anonymous: bool
    """Of a vote: no names were shown when it was cast."""


def read_row(line: bytes) -> LogRow:
    """Read one line. Raises `Unreadable`."""
    row = _object(line)
    kind = row.get("type")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Unreadable("unknown type")
    at = _time(row.get("tstamp"))
    if at is None:
        raise Unreadable("no time")
    started = _time(row.get("start"))
    address = row.get("ip")
    return LogRow(
        kind=kind,
        at=at,
        started=at if started is None else min(started, at),
        address=address if isinstance(address, str) else "",
        states=_states(row),
        parameters=_parameters(row.get("gen_params")),
        is_anonymous=kind in VOTES and _is_anonymous(row.get("models")),
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = _quickly_read(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable("torn line") from error
    if not isinstance(row, dict):
        raise Unreadable("torn line")
    return row


def _quickly_read(line: bytes) -> Any:
    try:
        return from_json(line, cache_strings="keys")
    except ValueError:  # it is strict about what Python writes: lone surrogates, and nesting beyond all sense
        return json.loads(line)


def _time(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < _LATEST else None


def _is_anonymous(shown: object) -> bool:
    if not isinstance(shown, list) or len(shown) != 2 or not all(isinstance(each, str) for each in shown):
        raise Unreadable("not two models")
    if bool(shown[0]) != bool(shown[1]):
        raise Unreadable("one of the two names was hidden")
    return not shown[0]


def _states(row: dict[str, Any]) -> tuple[State, ...]:
    given = row["states"] if "states" in row else [row.get("state")]
    if not isinstance(given, list):
        raise Unreadable("no conversation")
    states = tuple(_state(each) for each in given)
    if row["type"] in VOTES and (len(states) != 2 or states[0].conversation == states[1].conversation):
        raise Unreadable("not two conversations")
    if row["type"] not in VOTES and row["type"] != "share" and len(states) != 1:
        raise Unreadable("not one conversation")
    if not all(state.exchanges for state in states):
        raise Unreadable("nothing was said")
    return states


def _state(given: object) -> State:
    if not isinstance(given, dict):
        raise Unreadable("no conversation")
    if given.get("has_csam_image"):
        raise Unreadable("marked as abuse material")
    conversation, model = given.get("conv_id"), given.get("model_name")
    if not isinstance(conversation, str) or not conversation:
        raise Unreadable("no conversation id")
    if not isinstance(model, str) or not model:
        raise Unreadable("no model")
    said = _said(given)
    texts = [text for text, _ in said]
    exchanges = tuple(zip(texts[::2], texts[1::2], strict=False))
    return State(storable(conversation), storable(model), exchanges, tuple(images for _, images in said[::2]))


def _said(state: dict[str, Any]) -> list[tuple[str, int]]:
    messages, offset, roles = state.get("messages"), state.get("offset", 0), state.get("roles")
    if not isinstance(messages, list) or not isinstance(offset, int) or not 0 <= offset <= len(messages):
        raise Unreadable("no messages")
    said: list[tuple[str, int]] = []
    own = messages[offset:]
    for number, message in enumerate(own):
        if not isinstance(message, list) or len(message) < 2:
            raise Unreadable("a message without its form")
        if isinstance(roles, list) and len(roles) == 2 and message[0] != roles[number % 2]:
            raise Unreadable("the roles do not alternate")
        if message[1] is None and number == len(own) - 1:
            break  # the answer was still being written
        said.append(_content(message[1]))
    return said


def _content(content: object) -> tuple[str, int]:
    """Return the text and how many images it came with; each is noted in the text by the name of its file."""
    if isinstance(content, str):
        return storable(content), 0
    if isinstance(content, list) and len(content) == 2 and isinstance(content[0], str) and isinstance(content[1], list):
        names = [f"[image {each}]" if isinstance(each, str) else "[image]" for each in content[1]]
        return storable("\n".join([content[0], *names])), len(names)
    raise Unreadable("a message without text")


def _parameters(given: object) -> Parameters:
    """Return what of it is in our range: a strange number is no reason to lose the conversation."""
    values: dict[str, Any] = given if isinstance(given, dict) else {}
    top_p = _within(values.get("top_p"), lambda value: 0 < value <= 1)
    tokens = _within(values.get("max_new_tokens"), lambda value: 1 <= value <= 1_000_000)
    return Parameters(
        temperature=_within(values.get("temperature"), lambda value: 0 <= value <= 2),
        top_p=top_p,
        max_tokens=None if tokens is None else int(tokens),
    )


def _within(value: object, is_fine: Callable[[float], bool]) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not is_fine(value):
        return None
    return float(value)
