"""The format `full`: all that is known, flat and typed, through the same redaction. It is not for publication.

Times are days (UTC), people and battles are pseudonyms under the release key, and lists named `turn_...` have one entry
a turn.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from export.ratings.categories import Name, belongs
from export.release.asides import REASONING, SYSTEM_PROMPT, aside
from export.release.forms import Released, ReleaseKey, Unit
from export.release.layout import estimated_tokens
from export.release.messages import MESSAGES, MODERATION, chars, messages, moderation, verdicts
from export.release.steps import Bundle, Dropped, Row
from export.release.times import is_possible, possible
from logging_store.facts import SaidBattle, SaidTurn, TurnDetails

NAME = "full"

_OF_TURNS = (
    ("turn_terms_version", pa.string()),
    ("turn_seconds_to_first_word", pa.float64()),
    ("turn_seconds", pa.float64()),
    ("turn_ending", pa.string()),
    ("turn_finish_reason", pa.string()),
    ("turn_regenerations", pa.int32()),
    ("turn_temperature", pa.float64()),
    ("turn_top_p", pa.float64()),
    ("turn_max_tokens", pa.int64()),
    ("turn_prompt_tokens", pa.int64()),
    ("turn_completion_tokens", pa.int64()),
    ("turn_reaction", pa.string()),
    ("turn_reasoning", pa.string()),
)
SCHEMA = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("session", pa.string()),
        ("model", pa.string()),
        ("mode", pa.string()),
        ("is_of_a_program", pa.bool_()),
        ("opened_on", pa.date32()),
        ("finished_on", pa.date32()),
        ("country", pa.string()),
        ("page_language", pa.string()),
        ("age_group", pa.string()),
        ("system_prompt", pa.string()),
        ("conversation", MESSAGES),
        ("turn", pa.int64()),
        ("failed_turns", pa.int32()),
        *((name, pa.list_(kind)) for name, kind in _OF_TURNS),
        ("estimated_tokens", pa.list_(pa.int32())),
        ("language", pa.string()),
        ("is_code", pa.bool_()),
        ("is_maths", pa.bool_()),
        ("openai_moderation", pa.list_(MODERATION)),
        ("moderation_model", pa.list_(pa.string())),
        ("redacted", pa.bool_()),
        ("replaced", pa.list_(pa.struct([("kind", pa.string()), ("number", pa.int32())]))),
        ("battle", pa.string()),
        ("side", pa.string()),
        ("other_model", pa.string()),
        ("policy", pa.string()),
        ("pair_probability", pa.float64()),
        ("winner", pa.string()),
        ("is_anonymous", pa.bool_()),
        ("vote_reasons", pa.list_(pa.string())),
        ("vote_number", pa.int32()),
        ("voted_on", pa.date32()),
    ]
)


class Full:
    """One conversation a row, a battle's sides apart."""

    name = NAME
    schema = SCHEMA
    unit = Unit.CONVERSATION

    def rows(self, bundle: Bundle, release: ReleaseKey) -> Iterator[Released | Dropped]:
        """Yield each conversation of the bundle. Of a battle nothing is told where one side is withheld."""
        is_whole = not any(isinstance(row, Dropped) for row in bundle.rows)
        battle = bundle.battle if is_whole else None
        for row in bundle.rows:
            yield row if isinstance(row, Dropped) else _released(row, battle, release)


def _released(row: Row, battle: SaidBattle | None, release: ReleaseKey) -> Released:
    released_id = release.id(NAME, row.ledger_id)
    columns = _of_conversation(row, released_id, release) | _of_texts(row) | _of_turns(row)
    return Released(released_id, row.ledger_id, columns | _of_battle(row, battle, release), chars(row))


def _of_conversation(row: Row, released_id: str, release: ReleaseKey) -> dict[str, Any]:
    conversation, around = row.record.conversation, row.record.circumstances
    finishes = [turn.finished_at for turn in row.turns if turn.finished_at is not None]
    standing = {turn.position for turn in row.turns}
    return {
        "conversation_id": released_id,
        "session": release.id(f"{NAME} {release.release} session ", conversation.session_id),
        "model": row.model,
        "mode": str(conversation.mode),
        "is_of_a_program": row.record.is_of_a_program,
        "opened_on": _day(conversation.opened_at),
        "finished_on": _day(max(finishes)) if finishes else None,
        "country": around.country or None if around else None,
        "page_language": around.language or None if around else None,
        "age_group": str(around.age_group) if around else None,
        "failed_turns": len({turn.position for turn in row.record.turns} - standing),
    }


def _of_texts(row: Row) -> dict[str, Any]:
    prompts = list(row.texts[::2])
    return {
        "system_prompt": aside(row, SYSTEM_PROMPT),
        "conversation": messages(row.texts),
        "estimated_tokens": [estimated_tokens(text) for text in row.texts],
        "language": row.language,
        "is_code": belongs(Name.CODE, prompts),
        "is_maths": belongs(Name.MATHS, prompts),
        "openai_moderation": moderation(row),
        "moderation_model": [verdict.model if verdict else None for verdict in verdicts(row)],
        "redacted": row.redacted,
        "replaced": [{"kind": kind, "number": row.replaced[kind]} for kind in sorted(row.replaced)],
    }


def _of_turns(row: Row) -> dict[str, Any]:
    told = [_of_turn(row, number, turn) for number, turn in enumerate(row.turns)]
    return {"turn": len(row.turns)} | {name: [each[name] for each in told] for name, _ in _OF_TURNS}


def _of_turn(row: Row, number: int, turn: SaidTurn) -> dict[str, Any]:
    at_its_place = sum(each.position == turn.position for each in row.record.turns)
    known: dict[str, Any] = dict.fromkeys(name for name, _ in _OF_TURNS)
    known |= {
        "turn_ending": str(turn.ending) if turn.ending else None,
        "turn_regenerations": at_its_place - 1,
        "turn_reasoning": aside(row, f"{REASONING}{number}"),
    }
    return known if turn.details is None else known | _of_details(turn, turn.details)


def _of_details(turn: SaidTurn, details: TurnDetails) -> dict[str, Any]:
    return {
        "turn_terms_version": details.terms_version,
        "turn_seconds_to_first_word": _since(details.opened_at, details.first_word_at),
        "turn_seconds": _since(details.opened_at, turn.finished_at),
        "turn_finish_reason": details.finish_reason,
        "turn_temperature": details.parameters.temperature,
        "turn_top_p": details.parameters.top_p,
        "turn_max_tokens": details.parameters.max_tokens,
        "turn_prompt_tokens": details.prompt_tokens,
        "turn_completion_tokens": details.completion_tokens,
        "turn_reaction": str(details.reaction) if details.reaction else None,
    }


def _of_battle(row: Row, battle: SaidBattle | None, release: ReleaseKey) -> dict[str, Any]:
    if battle is None:
        return {}
    side = row.record.conversation.side
    known = {
        "battle": release.id(f"{NAME} battle ", battle.id),
        "side": side,
        "other_model": battle.model_b if side == "a" else battle.model_a,
        "policy": battle.policy,
        "pair_probability": battle.pair_probability,
    }
    if battle.outcome is None or battle.voted_at is None:
        return known
    return known | {
        "winner": str(battle.outcome),
        "is_anonymous": battle.is_anonymous,
        "vote_reasons": list(battle.reasons),
        "vote_number": battle.number,
        "voted_on": _day(battle.voted_at) if is_possible(battle.voted_at) else None,
    }


def _day(at: float) -> date:
    return datetime.fromtimestamp(possible(at), UTC).date()


def _since(began: float, ended: float | None) -> float | None:
    """Return how long it took in seconds, to the millisecond: it tells no time of day."""
    return None if ended is None else round(ended - began, 3)
