"""What a tab remembers, and how what the controller says is shown. Nothing here knows Gradio or HTTP."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from arena.battle import BattleTurn, BattleView, Mode, Outcome
from arena.chat import AnswerView, ConversationView, Ending, ReactionKind, Side
from arena.model import PublicModel
from web_ui import texts
from web_ui.sanitise import sanitise

Message = dict[str, Any]
"""One message as Gradio's chatbot takes it in the browser."""
History = list[Message]
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class View:
    """What a tab remembers between two clicks: which battle or conversation is open, which was put aside last."""

    key: str = ""
    aside: str = ""

    @staticmethod
    def read(sent: object) -> "View":
        """Read what a browser sends back; whatever is no id is nothing."""
        fields = sent if isinstance(sent, dict) else {}
        key, aside = (fields.get(name) for name in ("key", "aside"))
        return View(key=_id_or_nothing(key), aside=_id_or_nothing(aside))

    def opened(self, key: str) -> "View":
        """Return the view onto another battle or conversation."""
        return replace(self, key=key, aside="")

    def cleared(self) -> "View":
        """Return an empty view that remembers what it showed."""
        return View(aside=self.key or self.aside)

    def undone(self) -> "View":
        """Return the view as it was before it was cleared."""
        return View(key=self.aside) if self.aside else self


def _id_or_nothing(sent: object) -> str:
    return sent if isinstance(sent, str) and _ID.fullmatch(sent) else ""


@dataclass(frozen=True, slots=True)
class DuelLook:
    """How a battle or a side by side is shown."""

    history_a: History
    history_b: History
    name_a: str
    name_b: str
    chosen: tuple[str, str]
    """Side by side: the names that were chosen; empty while none are."""
    can_ask: bool
    can_vote: bool
    can_regenerate: bool
    is_running: bool
    is_decided: bool
    is_empty: bool
    can_undo: bool
    is_withheld: bool
    status: str


def duel_look(battle: BattleView | None, view: View) -> DuelLook:
    """Return how the controller's view of a battle is shown; None is a round that has not begun."""
    turns = battle.turns if battle else ()
    reveal = battle.reveal if battle else None
    is_running = battle is not None and battle.is_running
    return DuelLook(
        history_a=duel_history(turns, "a"),
        history_b=duel_history(turns, "b"),
        name_a=pane_name(battle, "a"),
        name_b=pane_name(battle, "b"),
        chosen=(battle and battle.chosen) or ("", ""),
        can_ask=reveal is None and not is_running,
        can_vote=battle is not None and battle.can_vote,
        can_regenerate=bool(turns) and reveal is None and not is_running,
        is_running=is_running,
        is_decided=reveal is not None,
        is_empty=not turns,
        can_undo=bool(view.aside) and not view.key,
        is_withheld=battle is not None and battle.is_withheld,
        status=_duel_status(battle, view),
    )


def _duel_status(battle: BattleView | None, view: View) -> str:
    if battle is None:
        return texts.CLEARED if view.aside else ""
    if battle.reveal:
        return texts.VOTED[battle.reveal.outcome]
    if battle.is_running:
        return texts.WRITING
    return texts.VOTE_HINT if battle.can_vote else ""


@dataclass(frozen=True, slots=True)
class DirectLook:
    """How a direct conversation is shown."""

    history: History
    model: str
    can_regenerate: bool
    is_running: bool
    is_empty: bool
    can_undo: bool
    latest_turn: str
    """The answer that a reaction is about; empty while there is none, and where nothing is kept."""
    reaction: ReactionKind | None
    is_logged: bool | None
    """Whether it is kept; None where there is no conversation yet."""
    is_withheld: bool
    status: str


def direct_look(conversation: ConversationView | None, view: View) -> DirectLook:
    """Return how the controller's view of a conversation is shown; None is one that has not begun."""
    turns = conversation.turns if conversation else ()
    is_running = conversation is not None and conversation.is_running
    latest = turns[-1] if turns else None
    can_undo = bool(view.aside) and not view.key
    is_logged = conversation.is_logged if conversation else None
    return DirectLook(
        history=[message for turn in turns for message in _exchange(turn.text, turn.answer)],
        model=conversation.model if conversation else "",
        can_regenerate=latest is not None and not is_running,
        is_running=is_running,
        is_empty=latest is None,
        can_undo=can_undo,
        latest_turn=latest.id if latest and latest.answer.text and is_logged else "",
        reaction=latest.reaction if latest else None,
        is_logged=is_logged,
        is_withheld=conversation is not None and conversation.is_withheld,
        status=texts.WRITING if is_running else texts.CLEARED if can_undo else "",
    )


def duel_history(turns: Iterable[BattleTurn], side: Side) -> History:
    """Return one side's messages."""
    return [message for turn in turns for message in _exchange(turn.text, turn.a if side == "a" else turn.b)]


def _exchange(text: str, answer: AnswerView) -> History:
    """Return a visitor's message and what came of it."""
    messages = [_message("user", sanitise(text))]
    if answer.reasoning:
        thought = {"title": texts.REASONING, "status": "done"}
        messages.append(_message("assistant", sanitise(answer.reasoning), thought))
    if answer.text:
        messages.append(_message("assistant", sanitise(answer.text)))
    if note := _note(answer):
        messages.append(_message("assistant", note))
    return messages


def _message(role: str, text: str, metadata: dict[str, str] | None = None) -> Message:
    return {"role": role, "metadata": metadata, "options": None, "content": [{"type": "text", "text": text}]}


def _note(answer: AnswerView) -> str:
    """Return what is said below an answer that is not whole."""
    match answer.ending:
        case Ending.CANCELLED:
            return texts.STOPPED
        case Ending.FAILED | Ending.LOST:
            return f"⚠️ {answer.message or texts.UNFINISHED}"
        case _:
            return ""


def pane_name(battle: BattleView | None, side: Side) -> str:
    """Return the heading of one side: a letter, and a name where it may be known."""
    letter = side.upper()
    if battle and battle.reveal:
        model = battle.reveal.model_a if side == "a" else battle.reveal.model_b
        has_won = battle.reveal.outcome is (Outcome.MODEL_A if side == "a" else Outcome.MODEL_B)
        return _pane(letter, model.name, model_facts(model), "won" if has_won else "known")
    if battle and battle.mode is Mode.SIDE_BY_SIDE and battle.chosen:
        return _pane(letter, battle.chosen[0 if side == "a" else 1], "", "known")
    return _pane(letter, texts.MODEL_A if side == "a" else texts.MODEL_B, "", "hidden-name")


def _pane(letter: str, name: str, facts: str, state: str) -> str:
    return (
        f'<div class="pane-name {state}">'
        f'<span class="letter letter-{letter.lower()}" aria-hidden="true">{letter}</span>'
        f'<span class="name">{escape(name)}</span><span class="facts">{escape(facts)}</span></div>'
    )


def model_facts(model: PublicModel) -> str:
    """Return what is known of a model beside its name, in one line."""
    return " · ".join(filter(None, (_maker(model), model.licence)))


def model_choice(model: PublicModel) -> tuple[str, str]:
    """Return a model's label in a list, and its name."""
    maker = _maker(model)
    return (f"{model.name} ({maker})" if maker else model.name), model.name


def _maker(model: PublicModel) -> str:
    """Return whose model it is; a demo model is nobody's, and says so."""
    return texts.DEMO if model.is_demo else model.organisation
