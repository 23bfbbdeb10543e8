"""What the records of a ledger in good order never are. Each rule is one question; its answers are the faulty ones."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from arena.api_key import KeyPriority
from arena.battle import Mode, Outcome
from arena.chat import Ending, ReactionKind
from arena.session import AgeGroup
from logging_store.dumping import plain_tables
from logging_store.erasing import NOBODY
from logging_store.retention import RETENTION
from logging_store.tables import metadata

OPEN_AT_MOST = 3600.0
"""Seconds. A turn that is open for longer is no answer that is still being written."""
DIGEST_LENGTH = 64
"""Hex digits of SHA-256."""

Query = Select[str, Any]


def rules(now: float) -> list[tuple[str, Query]]:
    """Return each problem with the question for the records that have it."""
    return [
        *_references(),
        *_words(),
        *_turn_rules(now),
        *_battle_rules(),
        *_vote_rules(),
        *_reaction_rules(),
        *_choice_rules(),
        *_key_rules(),
    ]


def _faulty(table: Table, *which: ColumnElement[bool]) -> Query:
    (its_id,) = table.primary_key
    return select(literal(table.name, Text), its_id).where(*which).order_by(its_id)


def _references() -> list[tuple[str, Query]]:
    """What a foreign key says, asked again: an SQLite file may have been written without them."""
    rules: list[tuple[str, Query]] = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                child, parent = plain_tables()[table.name], plain_tables()[key.column.table.name].alias()
                value = child.c[column.name]
                lost = ~exists().where(parent.c[key.column.name] == value)
                problem = f"its {column.name} names a row that is not in {key.column.table.name}"
                rules.append((problem, _faulty(child, value.is_not(None), lost)))
    return rules


def _words() -> list[tuple[str, Query]]:
    known: list[tuple[str, str, type[StrEnum]]] = [
        ("conversations", "mode", Mode),
        ("battles", "mode", Mode),
        ("turns", "ending", Ending),
        ("votes", "outcome", Outcome),
        ("reactions", "kind", ReactionKind),
        ("api_keys", "priority", KeyPriority),
        ("consents", "age_group", AgeGroup),
    ]
    return [
        (f"its {column} is no word of ours", _faulty(table, table.c[column].not_in([str(word) for word in words])))
        for table, column, words in ((plain_tables()[name], column, words) for name, column, words in known)
    ]


def _turn_rules(now: float) -> list[tuple[str, Query]]:
    names = ("turns", "conversations", "consents", "tombstones")
    turns, conversations, consents, tombstones = (plain_tables()[name] for name in names)
    forgotten = exists().where(tombstones.c.conversation_id == turns.c.conversation_id)
    # of a conversation that is too old for its text, or that went on after it was forgotten, the later turns stay
    whole = exists().where(
        tombstones.c.conversation_id == turns.c.conversation_id,
        tombstones.c.reason != RETENTION,
        turns.c.finished_at < tombstones.c.forgotten_at,
    )
    gone = or_(turns.c.consent_id == NOBODY, whole)
    said = or_(turns.c.text != "", turns.c.answer != "", turns.c.reasoning != "")
    other = turns.alias("other")
    covering = exists().where(
        conversations.c.id == turns.c.conversation_id,
        consents.c.id == turns.c.consent_id,
        consents.c.session_id == conversations.c.session_id,
        consents.c.serve,
        consents.c.log,
    )
    same_place = and_(other.c.conversation_id == turns.c.conversation_id, other.c.position == turns.c.position)
    before = and_(other.c.conversation_id == turns.c.conversation_id, other.c.position == turns.c.position - 1)
    is_open = turns.c.ending.is_(None)
    ends = (
        "worker",
        "first_word_at",
        "finished_at",
        "finish_reason",
        "error_code",
        "prompt_tokens",
        "completion_tokens",
    )
    has_end = (turns.c[each].is_not(None) for each in ends)
    half_open = and_(is_open, or_(turns.c.answer != "", turns.c.reasoning != "", *has_end))
    supersedes = turns.c.supersedes
    first = and_(same_place, other.c.id != turns.c.id, other.c.supersedes.is_(None))
    return [
        ("it was never finished", _faulty(turns, is_open, turns.c.opened_at < now - OPEN_AT_MOST)),
        ("it is open and has an end", _faulty(turns, half_open)),
        ("it has an ending but no time of it", _faulty(turns, ~is_open, turns.c.finished_at.is_(None))),
        ("no consent of its session covers it", _faulty(turns, ~covering, ~forgotten)),
        ("it is forgotten and holds text", _faulty(turns, gone, said)),
        ("there is no turn at the position before it", _faulty(turns, turns.c.position > 0, ~exists().where(before))),
        ("its position is below 0", _faulty(turns, turns.c.position < 0)),
        (
            "it supersedes a turn at another place",
            _faulty(turns, supersedes.is_not(None), ~exists().where(same_place, other.c.id == supersedes)),
        ),
        ("it is superseded twice", _faulty(turns, _twice(turns))),
        ("there is another first turn at its position", _faulty(turns, supersedes.is_(None), exists().where(first))),
    ]


def _twice(turns: FromClause) -> ColumnElement[bool]:
    one, two = turns.alias("one"), turns.alias("two")
    return exists().where(one.c.supersedes == turns.c.id, two.c.supersedes == turns.c.id, one.c.id < two.c.id)


def _battle_rules() -> list[tuple[str, Query]]:
    battles, conversations = plain_tables()["battles"], plain_tables()["conversations"]
    rules: list[tuple[str, Query]] = []
    for side in ("a", "b"):
        its_own = exists().where(
            conversations.c.id == battles.c[f"conversation_{side}"],
            conversations.c.battle_id == battles.c.id,
            conversations.c.side == side,
            conversations.c.mode == battles.c.mode,
            conversations.c.model == battles.c[f"model_{side}"],
        )
        rules.append((f"its conversation {side} is missing, or belongs elsewhere", _faulty(battles, ~its_own)))
    named = or_(
        and_(conversations.c.side == "a", battles.c.conversation_a == conversations.c.id),
        and_(conversations.c.side == "b", battles.c.conversation_b == conversations.c.id),
    )
    of_its_battle = exists().where(battles.c.id == conversations.c.battle_id, named)
    in_battle = or_(conversations.c.battle_id.is_not(None), conversations.c.side.is_not(None))
    lonely = and_(conversations.c.battle_id.is_(None), conversations.c.mode != Mode.DIRECT.value)
    return [
        *rules,
        ("its battle does not name it", _faulty(conversations, in_battle, ~of_its_battle)),
        ("its mode is that of a battle, and it has none", _faulty(conversations, lonely)),
    ]


def _vote_rules() -> list[tuple[str, Query]]:
    votes, battles, turns = (plain_tables()[name] for name in ("votes", "battles", "turns"))
    of_battle = battles.c.id == votes.c.battle_id
    unanswered: list[ColumnElement[bool]] = []
    for side in ("a", "b"):
        answered = exists().where(
            of_battle, turns.c.conversation_id == battles.c[f"conversation_{side}"], turns.c.ending.is_not(None)
        )
        unanswered.append(~answered)
    its_session = exists().where(of_battle, battles.c.session_id == votes.c.session_id)
    blind = exists().where(of_battle, battles.c.mode == Mode.BATTLE.value)
    another = votes.alias("another")
    twice = exists().where(another.c.battle_id == votes.c.battle_id, another.c.id != votes.c.id)
    return [
        ("a side of its battle never answered", _faulty(votes, or_(*unanswered))),
        ("it is of another session than its battle", _faulty(votes, ~its_session)),
        ("it is called anonymous in a battle with names", _faulty(votes, votes.c.is_anonymous, ~blind)),
        ("it counts, and names were shown", _faulty(votes, ~votes.c.is_anonymous, cast(votes.c.reasons, Text) == "[]")),
        ("its battle has another vote", _faulty(votes, twice)),
    ]


def _reaction_rules() -> list[tuple[str, Query]]:
    reactions, turns, conversations = (plain_tables()[name] for name in ("reactions", "turns", "conversations"))
    its_session = exists().where(
        turns.c.id == reactions.c.turn_id,
        conversations.c.id == turns.c.conversation_id,
        conversations.c.session_id == reactions.c.session_id,
    )
    return [("it is of another session than the conversation", _faulty(reactions, ~its_session))]


def _choice_rules() -> list[tuple[str, Query]]:
    choices, conversations = plain_tables()["release_choices"], plain_tables()["conversations"]
    its_session = exists().where(
        conversations.c.id == choices.c.conversation_id, conversations.c.session_id == choices.c.session_id
    )
    return [("it is of another session than the conversation", _faulty(choices, ~its_session))]


def _key_rules() -> list[tuple[str, Query]]:
    keys = plain_tables()["api_keys"]
    digest = func.length(keys.c.key_hash) == DIGEST_LENGTH
    return [
        ("it may be released and not logged", _faulty(keys, keys.c.may_release, ~keys.c.may_log)),
        ("its hash is no digest", _faulty(keys, ~digest)),
    ]
