"""Whether a row holds together: its id, roles and turns, one entry of moderation a message, lists of one length."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from export.release.preference_140k import metadata_of

Row = Mapping[str, Any]

SIDES = ("conversation_a", "conversation_b")
SAID = ("conversation", *SIDES)
ASIDES = ("system_prompt", "turn_reasoning")
_ID = re.compile(r"[0-9a-f]{32}")
_WINNERS = {
    "arena-battles": {"model_a", "model_b", "tie", "tie (bothbad)"},
    "preference-140k": {"model_a", "model_b", "tie", "both_bad"},
    "full": {"model_a", "model_b", "tie", "both_bad", None},
}
_OF_MESSAGES = ("estimated_tokens", "moderation_model")


def texts_of(row: Row) -> Iterator[str]:
    """Yield all that was said in a row, and what stands beside it."""
    for name in SAID:
        yield from said_in(row, name)
    for turn in row.get("full_conversation") or ():
        for said in (turn or {}).values():
            yield _text((said or {}).get("content"))
    for name in ASIDES:
        value = row.get(name)
        yield from [value] if isinstance(value, str) else (each for each in value or () if each)


def said_in(row: Row, name: str) -> list[str]:
    """Return the messages of a column, or of one side."""
    return [_text((message or {}).get("content")) for message in row.get(name) or ()]


def row_problems(form: str, row: Row) -> Iterator[str]:
    """Yield what does not fit in a row."""
    if not _ID.fullmatch(str(next(iter(row.values()), ""))):
        yield "its id is not 32 hex digits"
    turns = row["turn"] if "turn" in row else (row.get("conv_metadata") or {}).get("turns")
    for name in SAID:
        if name in row:
            yield from (f"{name}: {problem}" for problem in _conversation_problems(row[name] or (), turns))
    if form in _WINNERS and row.get("winner") not in _WINNERS[form]:
        yield "its winner is none of those that there are"
    yield from _moderation_problems(row)
    if form == "full":
        yield from _full_problems(row, turns)
    if form == "preference-140k":
        yield from _preference_problems(row)


def _text(content: str | Sequence[Row] | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join((part or {}).get("text") or "" for part in content)


def _conversation_problems(said: Sequence[Row | None], turns: object) -> Iterator[str]:
    roles = [message["role"] if message else None for message in said]
    if not said or roles != ["user", "assistant"] * (len(said) // 2):
        yield "user and assistant do not take turns"
    elif 2 * turns != len(said) if isinstance(turns, int) else True:
        yield "its turns are miscounted"
    if any(message is None or message["content"] is None for message in said):
        yield "a message is missing"


def _moderation_problems(row: Row) -> Iterator[str]:
    if "openai_moderation" not in row:
        return
    told = row["openai_moderation"]
    if isinstance(told, list) and len(told) != len(row.get("conversation") or ()):
        yield "moderation has not one entry a message"
    if any(not _is_whole(entry) for entry in (told if isinstance(told, list) else [told])):
        yield "a verdict is neither whole nor wholly null"


def _is_whole(entry: Row | None) -> bool:
    if entry is None or entry["categories"] is None or entry["category_scores"] is None:
        return False
    leaves = [*entry["categories"].values(), *entry["category_scores"].values(), entry["flagged"]]
    return len({leaf is None for leaf in leaves}) == 1


def _full_problems(row: Row, turns: object) -> Iterator[str]:
    if any(len(row[name] or ()) != turns for name in row if name.startswith("turn_")):
        yield "a list has not one entry a turn"
    if any(len(row[name] or ()) != len(row["conversation"] or ()) for name in _OF_MESSAGES):
        yield "a list has not one entry a message"
    if bool(row["replaced"]) is not row["redacted"]:
        yield "it is redacted though nothing was replaced, or the other way round"


def _preference_problems(row: Row) -> Iterator[str]:
    a, b = (said_in(row, side) for side in SIDES)
    told = [
        [_text((said or {}).get("content")) for said in (turn or {}).values()]
        for turn in row["full_conversation"] or ()
    ]
    if len(a) == len(b) and told != [[a[at], a[at + 1], b[at + 1]] for at in range(0, len(a) - 1, 2)]:
        yield "full_conversation is not what the sides say"
    if row["conv_metadata"] != metadata_of(a, b):
        yield "conv_metadata is not what the texts count"
    if (row["evaluation_order"] or 0) < 1:
        yield "its evaluation_order is no number of a vote"
