"""Small ledgers of every kind: what visitors say, allow, choose and take back, and what may be released of it."""

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from arena.session import AgeGroup, Consent, Scope
from logging_store.facts import ConsentFact, ReleaseChoiceFact
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger
from tests.facts import (
    a_kept_battle,
    a_kept_conversation,
    a_reaction,
    a_session,
    a_turn,
    an_end,
    an_id,
)

WITHHELD_COHORT = "school"
LOGGED = frozenset({Scope.SERVE, Scope.LOG})


@dataclass(frozen=True)
class Agree:
    """A visitor says what may be done with what is said."""

    release: bool
    covers_past: bool = False
    age_group: AgeGroup = AgeGroup.UNSTATED


@dataclass(frozen=True)
class Say:
    """A visitor says something, in an earlier conversation or battle or in a new one, and is answered or not."""

    place: int
    in_battle: bool = False
    again: bool = False
    answered: bool = True


@dataclass(frozen=True)
class Choose:
    """A visitor says whether one conversation may be published; there is one already."""

    place: int
    allowed: bool


Deed = Agree | Say | Choose


@dataclass(frozen=True)
class Visit:
    """What one visitor does, after having agreed to something."""

    first: Agree
    deeds: list[Deed]
    cohort: str = ""
    takes_all_back: bool = False


AGREE = st.builds(
    Agree, st.booleans(), st.booleans(), st.sampled_from([AgeGroup.UNSTATED] * 4 + [AgeGroup.ADULT, AgeGroup.MINOR])
)
SAY = st.builds(Say, st.integers(0, 2), st.booleans(), st.booleans(), st.booleans())
CHOOSE = st.builds(Choose, st.integers(0, 2), st.booleans())
SCENES = st.lists(st.tuples(SAY, AGREE | CHOOSE), min_size=1, max_size=4)
VISITS = st.lists(
    st.builds(
        Visit,
        AGREE,
        SCENES.map(lambda scenes: [deed for scene in scenes for deed in scene]),
        st.sampled_from(["", "", "guests", WITHHELD_COHORT]),
        st.sampled_from([False, False, True]),
    ),
    min_size=1,
    max_size=3,
)


@dataclass
class Talk:
    """What is known of one conversation: the words in it, and under which of the visitor's agreements each was said."""

    words: list[str] = field(default_factory=list[str])
    said_under: list[int] = field(default_factory=list[int])
    answered: dict[int, bool] = field(default_factory=dict[int, bool])
    """By position: whether the turn that stands there was answered."""
    is_wanted: bool = True


@dataclass
class Visitor:
    """A visit while it lasts, and what is left of it."""

    visit: Visit
    address_hash: str
    agreed: list[Agree] = field(default_factory=list[Agree])
    talks: dict[str, Talk] = field(default_factory=dict[str, Talk])

    def may_be_released(self, talk: Talk) -> bool:
        """The rule once more, as one would say it."""
        for number in talk.said_under:
            allowed = self.agreed[number].release
            for later in self.agreed[number + 1 :]:
                if later.covers_past:
                    allowed = later.release
            if not allowed:
                return False
        if not talk.said_under and not self.agreed[-1].release:
            return False
        is_minor = any(each.age_group is AgeGroup.MINOR for each in self.agreed)
        return talk.is_wanted and not (is_minor or self.visit.takes_all_back or self.visit.cohort == WITHHELD_COHORT)


async def play(ledger: Ledger, visits: list[Visit]) -> list[Visitor]:
    """Let all this happen in a ledger, and say who did what."""
    return [await _Play(ledger, visit).all() for visit in visits]


class _Play:
    def __init__(self, ledger: Ledger, visit: Visit) -> None:
        self.ledger = ledger
        self.visit = visit
        self.session = a_session(cohort=visit.cohort, address_hash=f"address {an_id()}", period="2026Q4")
        self.visitor = Visitor(visit, self.session.address_hash)
        self.places: list[tuple[str, ...]] = []
        self.clock = 100.0

    async def all(self) -> Visitor:
        await self.ledger.add_session(self.session)
        for deed in (self.visit.first, *self.visit.deeds):
            self.clock += 1.0
            match deed:
                case Agree():
                    await self._agree(deed)
                case Say():
                    await self._say(deed)
                case Choose():
                    await self._choose(deed)
        if self.visit.takes_all_back:
            await forget(self.ledger, await give_code(self.ledger, self.session.id, self.clock), self.clock + 1)
        return self.visitor

    async def _agree(self, deed: Agree) -> None:
        scopes = LOGGED | {Scope.RELEASE} if deed.release else LOGGED
        consent = Consent(
            terms_version="1",
            scopes=scopes,
            language="en",
            accepted_at=self.clock,
            covers_past=deed.covers_past,
            age_group=deed.age_group,
        )
        self.consent = ConsentFact(an_id(), self.session.id, consent)
        self.visitor.agreed.append(deed)
        await self.ledger.add_consent(self.consent)

    async def _say(self, deed: Say) -> None:
        place, text = await self._place(deed), f"asked {an_id()}"
        for conversation_id in place:
            before = await self.ledger.turns_of(conversation_id)
            talk = self.visitor.talks[conversation_id]
            turn = a_turn(conversation_id, self.consent.id, position=len(before), text=text)
            if deed.again and before and len(place) == 1:
                last = before[-1]
                turn = replace(turn, position=last.position, supersedes=last.id)
            answer = f"answered {an_id()}"
            await self.ledger.open_turns(turn)
            talk.said_under.append(len(self.visitor.agreed) - 1)
            talk.words.append(turn.text)
            talk.answered[turn.position] = deed.answered
            if deed.answered:
                await self.ledger.finish_turn(an_end(turn.id, answer=answer, reasoning=f"thought {answer}"))
                await self.ledger.add_reaction(a_reaction(turn.id, self.session.id))
                talk.words.append(answer)

    async def _place(self, deed: Say) -> tuple[str, ...]:
        if deed.place < len(self.places):
            return self.places[deed.place]
        if deed.in_battle:
            battle = await a_kept_battle(self.ledger, self.consent)
            place = battle.conversation_a, battle.conversation_b
        else:
            place = ((await a_kept_conversation(self.ledger, self.consent)).id,)
        self.places.append(place)
        self.visitor.talks.update({each: Talk() for each in place})
        return place

    async def _choose(self, deed: Choose) -> None:
        for conversation_id in self.places[deed.place % len(self.places)]:
            choice = ReleaseChoiceFact(an_id(), conversation_id, self.session.id, deed.allowed, self.clock)
            await self.ledger.add_release_choices(self.session.id, choice)
            self.visitor.talks[conversation_id].is_wanted = deed.allowed
