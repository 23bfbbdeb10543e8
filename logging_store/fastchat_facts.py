"""What the rows of a FastChat log add to what the ledger holds. Rules only: nothing is read or written here."""

from collections import Counter
from dataclasses import dataclass, field

from arena.battle import Mode
from arena.chat import Ending, Side
from arena.session import Consent, Scope
from logging_store.facts import (
    BattleFact,
    ConsentFact,
    ConversationFact,
    ReactionFact,
    SessionFact,
    TurnFact,
    VoteFact,
)
from logging_store.fastchat_ids import DAY_MS, address_hash, derived_id, milliseconds, time_of
from logging_store.fastchat_index import Index, Pair
from logging_store.fastchat_log import REACTIONS, VOTES, LogRow, State


@dataclass(frozen=True, slots=True)
class Statement:
    """What the operator says about the logs: under which consent they were collected."""

    name: str
    """Of the import; its addresses are hashed by its own key."""
    terms: str
    scopes: frozenset[Scope]

    @property
    def origin(self) -> str:
        """How the import signs what it writes: in place of a controller's name, and of sessions' tokens."""
        return f"import {self.name}"


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest turn at its position."""

    id: str
    text: str
    answer: str
    finished_at: float


@dataclass(slots=True)
class Home:
    """A conversation as the ledger holds it."""

    session_id: str
    consent_id: str
    battle_id: str | None
    turns: dict[int, Standing] = field(default_factory=dict[int, Standing])


@dataclass(slots=True)
class Held:
    """What the ledger holds of all that some rows speak of, with what was added since."""

    homes: dict[str, Home]
    battle_sessions: dict[str, str]
    """A battle's id to its session."""
    votes: dict[str, str]
    """A battle's id to its vote's."""
    reactions: set[str]
    forgotten: set[str]
    """Conversations whose words were taken back: they do not come again."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A conversation that was held already and now turns out to be a side of a battle."""

    conversation_id: str
    battle_id: str
    side: Side
    mode: Mode


@dataclass(slots=True)
class Additions:
    """Facts to write."""

    statement: Statement
    key: bytes = field(repr=False)
    index: Index
    held: Held
    sessions: dict[str, SessionFact] = field(default_factory=dict[str, SessionFact])
    consents: dict[str, ConsentFact] = field(default_factory=dict[str, ConsentFact])
    battles: list[BattleFact] = field(default_factory=list[BattleFact])
    conversations: list[ConversationFact] = field(default_factory=list[ConversationFact])
    ties: list[Tie] = field(default_factory=list[Tie])
    turns: list[TurnFact] = field(default_factory=list[TurnFact])
    votes: list[VoteFact] = field(default_factory=list[VoteFact])
    reactions: list[ReactionFact] = field(default_factory=list[ReactionFact])
    counts: Counter[str] = field(default_factory=Counter[str])

    def add(self, row: LogRow) -> None:
        """Add what the row tells that is not known yet."""
        if any(self.index.id_of(state.conversation) in self.held.forgotten for state in row.states):
            self.counts["rows of forgotten conversations"] += 1
            return
        for state in row.states:
            home = self._home(row, state)
            conversation_id = self.index.id_of(state.conversation)
            fresh = missing_turns(conversation_id, home, row, state, self.statement.origin)
            self.turns.extend(fresh)
            self.counts["images"] += sum(state.images[turn.position] for turn in fresh)
        if row.kind in VOTES:
            self._vote(row)
        elif row.kind in REACTIONS:
            self._react(row)

    def numbers(self) -> Counter[str]:
        """Return how many facts of each kind there are."""
        kinds = ("battles", "conversations", "turns", "votes", "reactions")
        return Counter({kind: len(getattr(self, kind)) for kind in kinds})

    def _home(self, row: LogRow, state: State) -> Home:
        conversation_id, pair = self.index.id_of(state.conversation), self.index.pair_of(state.conversation)
        home = self.held.homes.get(conversation_id)
        if home is None:
            session_id = self._session_of(pair) or self._session(row, state, time_of(conversation_id))
            home = Home(session_id, self._consent_id(session_id), None if pair is None else self.index.battle_id(pair))
            self.held.homes[conversation_id] = home
            self._fight(pair, session_id)
            self.conversations.append(
                ConversationFact(
                    id=conversation_id,
                    session_id=session_id,
                    mode=Mode.DIRECT if pair is None else pair.mode,
                    model=state.model,
                    opened_at=time_of(conversation_id) / 1000,
                    battle_id=home.battle_id,
                    side=None if pair is None else pair.side_of(state.conversation),
                )
            )
        elif pair is not None and home.battle_id is None:
            home.battle_id = self.index.battle_id(pair)
            self._fight(pair, home.session_id)
            self.ties.append(Tie(conversation_id, home.battle_id, pair.side_of(state.conversation), pair.mode))
        return home

    def _fight(self, pair: Pair | None, session_id: str) -> None:
        if pair is not None and self._session_of(pair) is None:
            battle = self.index.battle(pair, session_id)
            self.held.battle_sessions[battle.id] = session_id
            self.battles.append(battle)

    def _session_of(self, pair: Pair | None) -> str | None:
        return None if pair is None else self.held.battle_sessions.get(self.index.battle_id(pair))

    def _session(self, row: LogRow, state: State, began: int) -> str:
        """Return the address's stay on that day, and its consent: both begin with the day (UTC)."""
        visitor = address_hash(row.address or f"of {state.conversation}", self.key)
        day = began - began % DAY_MS
        session_id = derived_id(day, "session", self.statement.name, visitor)
        if session_id not in self.sessions:
            token = f"{self.statement.origin} {session_id}"  # no token has this hash: nobody can be this session
            self.sessions[session_id] = SessionFact(session_id, token, visitor, day / 1000)
            consent = Consent(
                terms_version=self.statement.terms,
                scopes=self.statement.scopes,
                language="",
                accepted_at=day / 1000,
            )
            self.consents[session_id] = ConsentFact(self._consent_id(session_id), session_id, consent)
        return session_id

    @staticmethod
    def _consent_id(session_id: str) -> str:
        return derived_id(time_of(session_id), "consent", session_id)

    def _vote(self, row: LogRow) -> None:
        a, b = row.states
        pair = self.index.pair_of(a.conversation)
        if pair is None or (pair.a[0], pair.b[0]) != (a.conversation, b.conversation):
            self.counts["votes on a conversation of another battle"] += 1
            return
        battle_id = self.index.battle_id(pair)
        vote_id = derived_id(milliseconds(row.at), "vote", battle_id, row.kind)
        if self.held.votes.get(battle_id, vote_id) != vote_id:
            self.counts["further votes on the same battle"] += 1
        elif battle_id not in self.held.votes:
            self.held.votes[battle_id] = vote_id
            self.votes.append(
                VoteFact(
                    id=vote_id,
                    battle_id=battle_id,
                    session_id=self.held.battle_sessions[battle_id],
                    outcome=VOTES[row.kind],
                    is_anonymous=row.is_anonymous,
                    reasons=() if row.is_anonymous else ("not_anonymous",),
                    voted_at=row.at,
                )
            )

    def _react(self, row: LogRow) -> None:
        (state,) = row.states
        conversation_id, position = self.index.id_of(state.conversation), len(state.exchanges) - 1
        home = self.held.homes[conversation_id]
        reaction_id = derived_id(milliseconds(row.at), "reaction", conversation_id, position, row.kind)
        if reaction_id not in self.held.reactions:
            self.held.reactions.add(reaction_id)
            self.reactions.append(
                ReactionFact(reaction_id, home.turns[position].id, home.session_id, REACTIONS[row.kind], row.at)
            )


def missing_turns(conversation_id: str, home: Home, row: LogRow, state: State, origin: str) -> list[TurnFact]:
    """Return the turns that make the conversation what the row says it was, and note them in its home.

    An answer that differs from a standing older one supersedes it; one that is older itself is left out.
    """
    fresh: list[TurnFact] = []
    for position, (text, answer) in enumerate(state.exchanges):
        standing = home.turns.get(position)
        if standing and ((standing.text, standing.answer) == (text, answer) or standing.finished_at >= row.at):
            continue
        turn_id = derived_id(milliseconds(row.at), "turn", conversation_id, position, text, answer, row.at)
        home.turns[position] = Standing(turn_id, text, answer, row.at)
        fresh.append(
            TurnFact(
                id=turn_id,
                conversation_id=conversation_id,
                position=position,
                consent_id=home.consent_id,
                controller=origin,
                model=state.model,
                text=text,
                parameters=row.parameters,
                opened_at=row.started,
                supersedes=None if standing is None else standing.id,
                finished_at=row.at,
                ending=Ending.COMPLETED,
                answer=answer,
            )
        )
    return fresh
