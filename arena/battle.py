"""Two models, one question, one vote."""

from enum import StrEnum

from arena.chat import AnswerView
from arena.model import PublicModel
from arena.word import Word


class Mode(StrEnum):
    """The three ways to chat."""

    DIRECT = "direct"
    SIDE_BY_SIDE = "side_by_side"
    BATTLE = "battle"


class Outcome(StrEnum):
    """What a vote says."""

    MODEL_A = "model_a"
    MODEL_B = "model_b"
    TIE = "tie"
    BOTH_BAD = "both_bad"


class BattleRequest(Word):
    """A wish for a battle. Models are named for side by side, and only there."""

    mode: Mode = Mode.BATTLE
    model_a: str | None = None
    model_b: str | None = None


class VoteRequest(Word):
    """A visitor's vote, as sent. The outcome is checked by the controller, so that the error is its own."""

    outcome: str


class Reveal(Word):
    """Who was who. Exists only after the vote's commit."""

    outcome: Outcome
    model_a: PublicModel
    model_b: PublicModel


class BattleTurn(Word):
    """One user message and both answers to it."""

    text: str
    a: AnswerView
    b: AnswerView


class BattleView(Word):
    """A battle as its visitor sees it: no names before the vote, unless the visitor chose them."""

    id: str
    mode: Mode
    turns: tuple[BattleTurn, ...] = ()
    is_running: bool = False
    can_vote: bool = False
    chosen: tuple[str, str] | None = None
    """Side by side: the two names the visitor chose."""
    reveal: Reveal | None = None
    is_withheld: bool = False
    """Its visitor does not want it published."""
