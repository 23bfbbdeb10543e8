"""Builders of bundles, and what may come of any conversation."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from arena.battle import Mode, Outcome
from export.moderation.verdict import CATEGORIES, EXTRA_CATEGORIES, Verdict
from export.release.forms import ReleaseKey
from export.release.steps import Bundle, Dropped, Row
from logging_store.facts import SaidBattle
from tests.facts import a_conversation
from tests.unit.export.release.rows import a_record, a_said_turn

RELEASE = ReleaseKey(b"a release key", "2026-10-01")


def a_verdict(**given: Any) -> Verdict:
    """Nothing wrong, with no category."""
    names = CATEGORIES + EXTRA_CATEGORIES
    default: dict[str, Any] = {
        "model": "omni",
        "flagged": False,
        "categories": dict.fromkeys(names, False),
        "scores": dict.fromkeys(names, 0.25),
    }
    return Verdict(**default | given)


def a_said_battle(**given: Any) -> SaidBattle:
    """A blind battle with its vote."""
    default: dict[str, Any] = {
        "id": "fight",
        "session_id": "session",
        "mode": Mode.BATTLE,
        "model_a": "echo",
        "model_b": "doctor",
        "conversation_a": "ca",
        "conversation_b": "cb",
        "pair_probability": 0.5,
        "policy": "uniform",
        "opened_at": 3.5,
        "outcome": Outcome.MODEL_A,
        "is_anonymous": True,
        "voted_at": 1_790_000_000.5,
        "number": 2,
    }
    return SaidBattle(**default | given)


def a_side(side: str, *said: tuple[str, str], **given: Any) -> Row:
    """One side of a battle."""
    pairs = said or (("Hello?", f"I am {side}!"),)
    turns = tuple(a_said_turn(position=at, text=text, answer=answer) for at, (text, answer) in enumerate(pairs))
    model = {"a": "echo", "b": "doctor"}[side]
    conversation = a_conversation("session", id=f"c{side}", model=model, mode=Mode.BATTLE, battle_id="fight", side=side)
    texts = tuple(text for pair in pairs for text in pair)
    return replace(Row(a_record(conversation=conversation, turns=turns), turns, texts), **given)


def a_battle_bundle(a: Row | Dropped | None = None, b: Row | Dropped | None = None, **given: Any) -> Bundle:
    """A voted battle with both sides."""
    return Bundle((a or a_side("a"), b or a_side("b")), a_said_battle(**given), "fight")


SAID = st.text(max_size=20)
"""Any text that steps let through."""


def _a_flat_verdict(flagged: bool, score: float) -> Verdict:
    return Verdict("omni", flagged, dict.fromkeys(CATEGORIES, flagged), dict.fromkeys(CATEGORIES, score))


VERDICTS = st.one_of(st.none(), st.builds(_a_flat_verdict, st.booleans(), st.floats(0, 1)))


@st.composite
def battles(draw: st.DrawFn) -> Bundle:
    """Any battle, voted or not, moderated or not, a side withheld or not."""
    prompts = draw(st.lists(SAID, min_size=1, max_size=4))
    sides: list[Row | Dropped] = []
    for side in "ab":
        row = a_side(side, *((prompt, draw(SAID)) for prompt in prompts))
        verdicts = tuple(draw(VERDICTS) for _ in row.texts) if draw(st.booleans()) else ()
        is_withheld = draw(st.integers(0, 9)) == 0
        sides.append(Dropped(row.ledger_id, "minor") if is_withheld else replace(row, verdicts=verdicts))
    outcome = draw(st.one_of(st.none(), st.sampled_from(Outcome)))
    return a_battle_bundle(*sides, outcome=outcome, is_anonymous=draw(st.booleans()))
