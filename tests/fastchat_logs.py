"""FastChat's log, written from the description of its format."""

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]
DAY = "2024-03-01"
NOON = 1709294400.0
"""Unix seconds of that day's noon, UTC."""


def conv_id(number: int) -> str:
    return f"{number:032x}"


def a_state(number: int = 1, *said: tuple[str, str], **given: Any) -> Row:
    """A conversation: pairs of a message and its answer."""
    pairs = said or (("Hello?", "Hello!"),)
    messages = [message for text, answer in pairs for message in (["USER", text], ["ASSISTANT", answer])]
    default: Row = {
        "template_name": "one_shot",
        "system_message": "You are helpful.",
        "roles": ["USER", "ASSISTANT"],
        "messages": messages,
        "offset": 0,
        "conv_id": conv_id(number),
        "model_name": "vicuna-13b",
    }
    return default | given


def a_chat(state: Row | None = None, at: float = NOON, **given: Any) -> Row:
    default: Row = {
        "tstamp": at,
        "type": "chat",
        "model": "vicuna-13b",
        "gen_params": {"temperature": 0.7, "top_p": 1.0, "max_new_tokens": 512},
        "start": at - 2,
        "finish": at,
        "state": a_state() if state is None else state,
        "ip": "203.0.113.7",
    }
    return default | given


def a_reaction_row(kind: str, state: Row | None = None, at: float = NOON + 5) -> Row:
    state = a_state() if state is None else state
    return {"tstamp": at, "type": kind, "model": "vicuna-13b", "state": state, "ip": "203.0.113.7"}


def a_vote_row(kind: str, a: Row, b: Row, at: float = NOON + 9, **given: Any) -> Row:
    """A vote; anonymous as it comes."""
    default: Row = {
        "tstamp": at,
        "type": kind,
        "models": ["", ""],
        "states": [a, b],
        "ip": "203.0.113.7",
    }
    return default | given


def a_battle_log(kind: str = "leftvote", number: int = 1, at: float = NOON, **given: Any) -> list[Row]:
    """Both sides' answers and the vote."""
    a = a_state(number, ("Who?", "I am A."))
    b = a_state(number + 1, ("Who?", "I am B."), model_name="koala-13b")
    return [a_chat(a, at), a_chat(b, at + 1), a_vote_row(kind, a, b, at + 9, **given)]


def write_log(folder: Path, *rows: Row | bytes, day: str = DAY, name: str = "{day}-conv.json") -> Path:
    """Write one day's log. Bytes are lines as they are."""
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    file = folder / name.format(day=day)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    return folder
