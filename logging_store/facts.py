"""What the ledger remembers: one frozen class per fact. Times are unix seconds."""

from dataclasses import dataclass
from typing import TypeVar

from arena.api_key import KeyPriority, KeyScope
from arena.battle import Mode, Outcome
from arena.chat import Ending, Parameters, ReactionKind, Side
from arena.session import AgeGroup, Consent
from logging_store.withholding import Withholding

PROGRAM = "api key "
"""What the address of a session begins with that stands for a program's key."""


@dataclass(frozen=True, slots=True)
class SessionFact:
    """A visitor's stay. The token and the address are kept as hashes only."""

    id: str
    token_hash: str
    address_hash: str
    opened_at: float
    period: str = ""
    """Whose key hashed the address, such as `2026Q4`: pseudonyms of other periods can't be compared with it."""
    cohort: str = ""
    """A group that the operator named, such as a class at school."""
    country: str = ""
    """Two letters (ISO 3166-1), where the operator looks it up."""


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """A consent, given once; a later one for the same session takes its place for what comes after."""

    id: str
    session_id: str
    consent: Consent


@dataclass(frozen=True, slots=True)
class ConversationFact:
    """The turns between a session and one model."""

    id: str
    session_id: str
    mode: Mode
    model: str
    opened_at: float
    battle_id: str | None = None
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class TurnFact:
    """One user message and one model's answer. `ending` is None while it is open."""

    id: str
    conversation_id: str
    position: int
    """0 for the first message of the conversation; a regenerated turn has the position of the one it supersedes."""
    consent_id: str
    controller: str
    """Which controller opened it: at its next start it declares what it left open lost."""
    model: str
    text: str
    parameters: Parameters
    opened_at: float
    supersedes: str | None = None
    worker: str | None = None
    first_word_at: float | None = None
    finished_at: float | None = None
    ending: Ending | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    answer: str = ""
    reasoning: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def is_answered(self) -> bool:
        """A visitor got an answer: whole, or as much of it as was wanted before it was stopped."""
        return is_answer(self.ending, self.answer)


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """How a turn ended; written exactly once."""

    turn_id: str
    ending: Ending
    finished_at: float
    answer: str = ""
    reasoning: str = ""
    worker: str | None = None
    first_word_at: float | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class BattleFact:
    """Two conversations with the same user messages."""

    id: str
    session_id: str
    mode: Mode
    model_a: str
    model_b: str
    conversation_a: str
    conversation_b: str
    pair_probability: float | None
    """With which this unordered pair was drawn; None when the visitor chose it."""
    policy: str
    """By which rule the pair was drawn."""
    opened_at: float


@dataclass(frozen=True, slots=True)
class VoteFact:
    """One outcome, once, by the battle's session."""

    id: str
    battle_id: str
    session_id: str
    outcome: Outcome
    is_anonymous: bool
    reasons: tuple[str, ...]
    """Why it does not count for ratings; empty if it does."""
    voted_at: float


@dataclass(frozen=True, slots=True)
class ReactionFact:
    """What a visitor said about one answer."""

    id: str
    turn_id: str
    session_id: str
    kind: ReactionKind
    reacted_at: float


@dataclass(frozen=True, slots=True)
class ReleaseChoiceFact:
    """Whether a visitor lets one conversation be published; the latest counts. It only ever narrows the consent."""

    id: str
    conversation_id: str
    session_id: str
    allowed: bool
    chosen_at: float


@dataclass(frozen=True, slots=True)
class ApiKeyFact:
    """A program's key to `/v1`. Of the key itself only a hash is kept, and its first letters to recognise it by."""

    id: str
    name: str
    key_hash: str
    prefix: str
    scopes: tuple[KeyScope, ...]
    created_at: float
    models: tuple[str, ...] = ()
    """Empty: every model."""
    priority: KeyPriority = KeyPriority.CLIENT
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None
    may_log: bool = False
    """Its requests and their answers may be kept."""
    may_release: bool = False
    """And published."""
    expires_at: float | None = None
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True)
class UsageFact:
    """What was used of one model on one day (UTC, such as `2026-11-21`), by one key or, under '', by all others."""

    day: str
    key_id: str
    model: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    nanodollars: int
    """Billionths of a US dollar: whole numbers add up exactly, in whatever order."""


@dataclass(frozen=True, slots=True)
class BattleRecord:
    """A battle with all that a rule about it may ask for. Turns are in order, superseded ones included."""

    battle: BattleFact
    turns_a: tuple[TurnFact, ...]
    turns_b: tuple[TurnFact, ...]
    vote: VoteFact | None


@dataclass(frozen=True, slots=True)
class TurnDetails:
    """What else is known of a turn: read only when asked for."""

    opened_at: float
    terms_version: str
    """Of the consent under which it was said."""
    parameters: Parameters
    first_word_at: float | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    reasoning: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reaction: ReactionKind | None = None
    """The visitor's latest."""


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """A turn as far as others may read it."""

    id: str
    position: int
    text: str
    answer: str
    ending: Ending | None
    supersedes: str | None
    finished_at: float | None
    details: TurnDetails | None = None
    """None unless asked for."""
    opened_at: float | None = None
    """None unless asked for, too."""

    @property
    def is_answered(self) -> bool:
        """A visitor got an answer, see `TurnFact`."""
        return is_answer(self.ending, self.answer)


@dataclass(frozen=True, slots=True)
class SaidBattle:
    """A battle and its vote as far as others may read them."""

    id: str
    session_id: str
    mode: Mode
    model_a: str
    model_b: str
    conversation_a: str
    conversation_b: str
    pair_probability: float | None
    policy: str
    opened_at: float
    outcome: Outcome | None = None
    """None: nobody voted; then the next three say nothing either."""
    is_anonymous: bool = False
    """The names were hidden when the vote was cast."""
    reasons: tuple[str, ...] = ()
    """Why the vote does not count for ratings; empty if it does."""
    voted_at: float | None = None
    number: int = 0
    """Which vote of its session it is: the first is 1."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is known of a conversation: read only when asked for."""

    country: str
    """Two letters (ISO 3166-1), or empty."""
    language: str
    """Of the page, when the visitor last accepted terms; such as `en`."""
    age_group: AgeGroup
    """What the visitor last said."""


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """A conversation that may be released, as an exporter reads it. Turns are in order, superseded ones included."""

    conversation: ConversationFact
    turns: tuple[SaidTurn, ...]
    address_hash: str
    period: str
    """Whose key hashed the address: only hashes of one period tell visitors apart."""
    battle: SaidBattle | None = None
    """Of which it is a side; None unless asked for."""
    circumstances: Circumstances | None = None
    """None unless asked for."""

    @property
    def is_of_a_program(self) -> bool:
        """It came through the gateway, under a program's key: each request is a conversation of one turn."""
        return self.address_hash.startswith(PROGRAM)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A conversation that may not be released: that it is there, and why nobody may read it."""

    conversation_id: str
    reason: Withholding
    battle_id: str | None = None
    side: Side | None = None


P = TypeVar("P", TurnFact, SaidTurn)


def is_answer(ending: Ending | None, answer: str) -> bool:
    """Whether a visitor got an answer: whole, or as much of it as was wanted before it was stopped."""
    return ending is Ending.COMPLETED or (ending is Ending.CANCELLED and bool(answer))


def standing(turns: tuple[P, ...]) -> tuple[P, ...]:
    """Return the turns that no later one supersedes, in order of position."""
    superseded = {turn.supersedes for turn in turns}
    return tuple(sorted((turn for turn in turns if turn.id not in superseded), key=lambda turn: turn.position))
