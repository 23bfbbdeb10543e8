"""What is said in a conversation, and how an answer arrives."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from arena.word import Word

Side = Literal["a", "b"]
Role = Literal["system", "user", "assistant"]


class Message(Word):
    """One thing said."""

    role: Role
    content: str


class Parameters(Word):
    """How a model is asked to write. None means: the arena's default."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Ending(StrEnum):
    """How a turn ended. A turn without an ending is still open."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


class ReactionKind(StrEnum):
    """What a visitor may say about one answer outside battles."""

    UP = "up"
    DOWN = "down"
    FLAG = "flag"


class TurnRequest(Word):
    """A visitor's message."""

    text: str
    parameters: Parameters = Parameters()


class RegenerateRequest(Word):
    """A wish for another answer to the same message."""

    parameters: Parameters = Parameters()


class AnswerView(Word):
    """One answer as a visitor may see it. In a battle it holds nothing that depends on the model."""

    text: str
    ending: Ending | None
    message: str | None = None
    """What to tell the visitor when the answer failed."""
    reasoning: str = ""
    """What a reasoning model thought first; always empty in a battle before the vote."""


class TurnView(Word):
    """One user message and the answer to it."""

    id: str
    text: str
    answer: AnswerView
    reaction: ReactionKind | None = None


class ConversationRequest(Word):
    """A wish to talk to one model."""

    model: str


class ConversationView(Word):
    """A direct conversation as its visitor sees it."""

    id: str
    model: str
    turns: tuple[TurnView, ...] = ()
    is_running: bool = False
    is_logged: bool = True
    """False: it is in the controller's memory alone, and gone with it."""
    is_withheld: bool = False
    """Its visitor does not want it published."""


class ReactionRequest(Word):
    """A visitor's judgement of one answer."""

    turn_id: str
    kind: ReactionKind


class Started(Word):
    """The turn is open in the ledger. Always first, once per side."""

    kind: Literal["started"] = "started"
    side: Side | None = None
    turn_id: str


class Queued(Word):
    """Every server of the model is busy, and the answer waits in line. Said again when its place has changed.

    In a battle it is said of both sides together: the later of the two places, and no side.
    """

    kind: Literal["queued"] = "queued"
    side: Side | None = None
    position: Annotated[int, Field(ge=1)]
    """1 is the next."""
    wait_seconds: Annotated[float, Field(ge=0)] | None = None
    """An estimate, from how long answers took lately; None when there is nothing to go by."""


class TextDelta(Word):
    """The next piece of an answer."""

    kind: Literal["delta"] = "delta"
    side: Side | None = None
    text: str


class ReasoningDelta(Word):
    """The next piece of what a model thinks before it answers. Never sent in a battle."""

    kind: Literal["reasoning"] = "reasoning"
    text: str


class Finished(Word):
    """The answer is complete, or was cancelled by the visitor."""

    kind: Literal["finished"] = "finished"
    side: Side | None = None
    reason: Literal["stop", "length", "cancelled"]


class Failed(Word):
    """The answer broke off. The 200 has long been sent."""

    kind: Literal["failed"] = "failed"
    side: Side | None = None
    code: str
    message: str


class Done(Word):
    """Nothing more comes: all sides have ended, and the ledger knows."""

    kind: Literal["done"] = "done"
    can_vote: bool = False


ChatEvent = Annotated[
    Started | Queued | TextDelta | ReasoningDelta | Finished | Failed | Done,
    Field(discriminator="kind"),
]
CHAT_EVENT: TypeAdapter[ChatEvent] = TypeAdapter(ChatEvent)
