"""A ledger in which everybody was, each in another way, with words by which one tells what came of whom."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from arena.battle import Mode, Outcome
from arena.chat import Ending
from arena.model import ModelEntry, WorkerKind
from arena.session import AgeGroup, Scope
from export.release.all_forms import FORMS
from logging_store.exchanges import Exchange, add_exchange
from logging_store.facts import PROGRAM, BattleRecord, ConsentFact, VoteFact
from logging_store.fastchat_facts import Statement
from logging_store.fastchat_files import log_files
from logging_store.forgetting import forget, forget_key, forget_session, give_code
from logging_store.importing import import_fastchat
from logging_store.ledger import Ledger, open_ledger
from logging_store.tables import metadata
from tests.facts import (
    ALL_SCOPES,
    a_consent,
    a_conversation,
    a_kept_battle,
    a_kept_conversation,
    a_reaction,
    a_release_choice,
    a_session,
    a_turn,
    a_vote,
    an_end,
)
from tests.fastchat_logs import a_chat, a_state, a_vote_row, write_log
from tests.launches import ECHO
from tests.tables import all_rows

KEPT = ModelEntry(name="umbrakept", worker=WorkerKind.DEMO, release=False)
SECRET = ModelEntry(name="umbrasecret", worker=WorkerKind.DEMO, secret=True)
MODELS = (ECHO, KEPT, SECRET)
WITHOUT_RELEASE = ALL_SCOPES - {Scope.RELEASE}
TAKEN_BACK = {"forgotten", "consent_withdrawn", "not_wanted", "minor"}
CONVERSATIONS, BATTLES = ("chat-1m", "full"), ("arena-battles", "preference-140k")
WORD = re.compile("qj[a-z]+jq")
MORNING = 1_790_000_000.125
"""Unix seconds, after which every time in the ledger is another one."""


def word(who: str, kind: str) -> str:
    """A word that is nowhere else."""
    return f"qj{who}{kind}jq"


@dataclass
class Everybody:
    """Fills a ledger, and notes what is to become of it."""

    ledger: Ledger
    clock: float = MORNING
    reasons: dict[str, str] = field(default_factory=dict[str, str])
    """Why a conversation is not released, or nothing."""
    battles: dict[str, str] = field(default_factory=dict[str, str])
    """The same of battles, by their A sides."""
    words: dict[str, set[str]] = field(default_factory=lambda: {form: set[str]() for form in FORMS})
    codes: dict[str, str] = field(default_factory=dict[str, str])
    """Deletion codes of people who are still here."""
    places: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Conversations by names, and whose they are."""
    whose: dict[str, str] = field(default_factory=dict[str, str])

    def now(self) -> float:
        self.clock += 61.375
        return self.clock

    async def comes(self, *, release: bool = True, cohort: str = "", age: AgeGroup = AgeGroup.UNSTATED) -> ConsentFact:
        number = f"{self.now():.0f}"
        session = a_session(cohort=cohort, address_hash=f"hash-of-{number}", opened_at=self.now(), period="2026Q3")
        await self.ledger.add_session(session)
        return await self.says_later(session.id, release=release, age=age)

    async def says_later(
        self, session_id: str, *, release: bool, past: bool = False, age: AgeGroup = AgeGroup.UNSTATED
    ) -> ConsentFact:
        consent = a_consent(session_id, ALL_SCOPES if release else WITHOUT_RELEASE, accepted_at=self.now())
        told = consent.consent.model_copy(update={"covers_past": past, "age_group": age})
        await self.ledger.add_consent(replace(consent, consent=told))
        return replace(consent, consent=told)

    async def turn(self, place: str, consent: ConsentFact, who: str, side: str = "", **given: Any) -> str:
        """Say something and be answered; return the turn's id."""
        ending = given.pop("ending", Ending.COMPLETED)
        answer = given.pop("answer", f"Answer {word(who, 'answer' + side)} it is.")
        text = f"Tell me of {word(who, 'text')} please."
        turn = a_turn(place, consent.id, text=text, opened_at=self.now(), **given)
        await self.ledger.open_turns(turn)
        if ending:
            thought = f"Let me think of {word(who, 'thought' + side)} now."
            end = an_end(turn.id, ending=ending, answer=answer, reasoning=thought, finished_at=self.now())
            await self.ledger.finish_turn(end)
            reaction = a_reaction(turn.id, consent.session_id, reacted_at=self.now())
            if ending is Ending.COMPLETED:
                await self.ledger.add_reaction(reaction)
        return turn.id

    async def chats(self, who: str, consent: ConsentFact, reason: str = "", **given: Any) -> str:
        conversation = await a_kept_conversation(self.ledger, consent, opened_at=self.now(), **given)
        self.expect(conversation.id, reason)
        self.places[who], self.whose[who] = [conversation.id], consent.session_id
        await self.turn(conversation.id, consent, who)
        if not reason:
            self.lets_out(who, CONVERSATIONS, "text", "answer")
            self.lets_out(who, ("full",), "thought")
        return conversation.id

    async def fights(
        self,
        who: str,
        consent: ConsentFact,
        reason: str = "",
        *,
        sides: tuple[str, str] | None = None,
        vote: bool = True,
        **given: Any,
    ) -> str:
        """Fight a battle; `sides` are the reasons of its conversations, where these differ from the battle's."""
        battle = await a_kept_battle(self.ledger, consent, opened_at=self.now(), **given)
        for side, place, why in zip(
            "ab", (battle.conversation_a, battle.conversation_b), sides or (reason,) * 2, strict=True
        ):
            self.expect(place, why)
            await self.turn(place, consent, who, side)
            if not why:
                self.lets_out(who, CONVERSATIONS, "text", "answer" + side)
                self.lets_out(who, ("full",), "thought" + side)
        if not reason:
            self.lets_out(who, BATTLES, "text", "answera", "answerb")
        self.battles[battle.conversation_a] = reason
        self.places[who], self.whose[who] = [battle.conversation_a, battle.conversation_b], consent.session_id
        if vote:
            await self.votes(battle.id, consent)
        return battle.id

    async def votes(self, battle_id: str, consent: ConsentFact) -> None:
        def decide(record: BattleRecord) -> VoteFact:
            blind = record.battle.mode is Mode.BATTLE
            reasons = () if blind else ("names_shown",)
            given: dict[str, Any] = {"outcome": Outcome.TIE, "is_anonymous": blind, "reasons": reasons}
            return a_vote(battle_id, consent.session_id, voted_at=self.now(), **given)

        await self.ledger.cast_vote(battle_id, decide)

    async def chooses(self, place: str, consent: ConsentFact, *, allowed: bool) -> None:
        choice = a_release_choice(place, consent.session_id, allowed=allowed, chosen_at=self.now())
        await self.ledger.add_release_choices(consent.session_id, choice)

    async def asks_as_a_program(self, who: str, *, release: bool, reason: str = "") -> str:
        session = a_session(
            address_hash=f"{PROGRAM}{who}", token_hash=f"{PROGRAM}{who}", opened_at=self.now(), period="2026Q3"
        )
        consent = a_consent(session.id, ALL_SCOPES if release else WITHOUT_RELEASE, accepted_at=self.now())
        conversation = a_conversation(session.id, opened_at=self.now())
        text = f"[system]\nBe brief about {word(who, 'system')}.\n\n[user]\nTell me of {word(who, 'text')}."
        turn = a_turn(conversation.id, consent.id, text=text, opened_at=self.now())
        ended: dict[str, Any] = {"ending": Ending.COMPLETED, "finished_at": self.now()}
        said = {"answer": f"It is {word(who, 'answer')}.", "reasoning": f"Let me think of {word(who, 'thought')}."}
        await add_exchange(self.ledger, Exchange(session, consent, conversation, replace(turn, **ended, **said)))
        self.expect(conversation.id, reason)
        self.places[who], self.whose[who] = [conversation.id], session.id
        if not reason:
            self.lets_out(who, CONVERSATIONS, "text", "answer")
            self.lets_out(who, ("full",), "thought", "system")
        return session.id

    def expect(self, place: str, reason: str) -> None:
        self.reasons[place] = reason

    def lets_out(self, who: str, forms: Iterable[str], *kinds: str) -> None:
        for form in forms:
            self.words[form] |= {word(who, kind) for kind in kinds}

    async def code_of(self, who: str, consent: ConsentFact) -> str:
        self.codes[who] = await give_code(self.ledger, consent.session_id, self.now())
        return self.codes[who]


async def _allow_and_take_back(all_of: Everybody) -> None:
    no = await all_of.comes(release=False)
    await all_of.chats("no", no, "no_release_consent")
    await all_of.fights("nofight", no, "no_release_consent")
    yes = await all_of.comes()
    await all_of.chats("yes", yes)
    await all_of.fights("yesfight", yes)
    await all_of.code_of("yes", yes)
    for who, first, later, reasons in (
        ("allowedpast", False, [(True, True)], ("", "")),
        ("allowedlate", False, [(True, False)], ("no_release_consent", "")),
        ("takenpast", True, [(False, True)], ("consent_withdrawn", "no_release_consent")),
        ("takenlate", True, [(False, False)], ("", "no_release_consent")),
        ("againpast", True, [(False, True), (True, True)], ("", "")),
        ("againlate", True, [(False, True), (True, False)], ("consent_withdrawn", "")),
        ("nevermore", False, [(True, True), (False, True)], ("consent_withdrawn", "no_release_consent")),
    ):
        before = await all_of.comes(release=first)
        after = before
        await all_of.chats(f"{who}before", before, reasons[0])
        await all_of.fights(f"{who}fight", before, reasons[0])
        for release, past in later:
            after = await all_of.says_later(before.session_id, release=release, past=past)
        await all_of.chats(f"{who}after", after, reasons[1])
    for who, past, reason in (("wenton", False, "no_release_consent"), ("wentonpast", True, "consent_withdrawn")):
        begun = await all_of.comes()
        place = await all_of.chats(who, begun, reason)
        on = await all_of.says_later(begun.session_id, release=False)
        await all_of.turn(place, on, f"{who}on", position=1)
        await all_of.says_later(begun.session_id, release=False, past=past)


async def _be_young_unwanted_or_gone(all_of: Everybody) -> None:
    before = await all_of.comes(age=AgeGroup.MINOR)
    await all_of.chats("minorbefore", before, "minor")
    await all_of.says_later(before.session_id, release=True, past=True, age=AgeGroup.ADULT)
    after = await all_of.comes()
    await all_of.fights("minorafter", after, "minor")
    await all_of.says_later(after.session_id, release=True, age=AgeGroup.MINOR)
    school = await all_of.comes(cohort="school")
    await all_of.chats("school", school, "cohort")
    await all_of.fights("schoolfight", school, "cohort")
    choosing = await all_of.comes()
    await all_of.chooses(await all_of.chats("unwanted", choosing, "not_wanted"), choosing, allowed=False)
    rewanted = await all_of.chats("rewanted", choosing)
    for allowed in (False, True):
        await all_of.chooses(rewanted, choosing, allowed=allowed)
    await all_of.fights("onesided", choosing, "not_wanted", sides=("not_wanted", ""))
    await all_of.chooses(all_of.places["onesided"][0], choosing, allowed=False)
    by_code, by_session = await all_of.comes(), await all_of.comes()
    for who, consent in (("bycode", by_code), ("bysession", by_session)):
        await all_of.chats(who, consent, "forgotten")
        await all_of.fights(f"{who}fight", consent, "forgotten")
    code = await all_of.code_of("gone", by_code)
    await forget(all_of.ledger, code, all_of.now())
    await forget_session(all_of.ledger, by_session.session_id, all_of.now())
    del all_of.codes["gone"]


async def _ask_as_programs(all_of: Everybody) -> None:
    await all_of.asks_as_a_program("keyyes", release=True)
    await all_of.asks_as_a_program("keyno", release=False, reason="no_release_consent")
    await all_of.asks_as_a_program("keygone", release=True, reason="forgotten")
    await forget_key(all_of.ledger, "keygone", all_of.now())


async def _meet_models(all_of: Everybody) -> None:
    consent = await all_of.comes()
    await all_of.chats("kept", consent, "model_withheld", model=KEPT.name)
    await all_of.chats("secret", consent, "model_secret", model=SECRET.name)
    await all_of.fights(
        "keptfight", consent, "model_withheld", sides=("", "model_withheld"), model_a="echo", model_b=KEPT.name
    )
    await all_of.fights(
        "secretfight", consent, "model_secret", sides=("model_secret", ""), model_a=SECRET.name, model_b="echo"
    )
    await all_of.fights("sidebyside", consent, mode=Mode.SIDE_BY_SIDE, pair_probability=None, policy="chosen")
    await all_of.fights("novote", consent, "no_vote", sides=("", ""), vote=False)


async def _break_off(all_of: Everybody) -> None:
    consent = await all_of.comes()
    again = await all_of.chats("again", consent)
    first = await all_of.turn(again, consent, "againold", position=1)
    await all_of.turn(again, consent, "againnew", position=1, supersedes=first)
    stopped = await all_of.chats("stopped", consent)
    await all_of.turn(stopped, consent, "stoppedlater", position=1, ending=Ending.CANCELLED)
    await all_of.turn(stopped, consent, "stoppedearly", position=2, ending=Ending.CANCELLED, answer="")
    await all_of.turn(stopped, consent, "failedlater", position=3, ending=Ending.FAILED)
    for who in ("againnew", "stoppedlater"):
        all_of.lets_out(who, CONVERSATIONS, "text", "answer")
        all_of.lets_out(who, ("full",), "thought")
    for who, ending in (("failed", Ending.FAILED), ("open", None)):
        place = (await a_kept_conversation(all_of.ledger, consent, opened_at=all_of.now())).id
        all_of.expect(place, "no_answer")
        await all_of.turn(place, consent, who, ending=ending)
    all_of.expect((await a_kept_conversation(all_of.ledger, consent, opened_at=all_of.now())).id, "no_answer")
    unequal = await all_of.fights("unequal", consent, "unequal_sides", sides=("", ""), vote=False)
    record = await all_of.ledger.battle_record(unequal)
    assert record is not None
    places = record.battle.conversation_a, record.battle.conversation_b
    for side, place, ending in zip("ab", places, (Ending.COMPLETED, Ending.FAILED), strict=True):
        await all_of.turn(place, consent, "unequallater", side, position=1, ending=ending)
    all_of.lets_out("unequallater", CONVERSATIONS, "text", "answera")
    all_of.lets_out("unequallater", ("full",), "thoughta")
    await all_of.votes(unequal, consent)


async def _import(all_of: Everybody, folder: Path) -> None:
    for name, scopes, reason in (("logyes", ALL_SCOPES, ""), ("logno", WITHOUT_RELEASE, "no_release_consent")):
        number = 100 * len(scopes)

        def said(who: str, side: str, number: int, **given: Any) -> dict[str, Any]:
            pair = f"Tell me of {word(who, 'text')}.", f"It is {word(who, 'answer' + side)}."
            return a_state(number, pair, system_message=f"Be {word(who, 'system')}.", **given)

        fight = f"{name}fight"
        a, b = said(fight, "a", number + 1), said(fight, "b", number + 2, model_name="koala-13b")
        rows = [a_chat(said(name, "", number)), a_chat(a), a_chat(b), a_vote_row("leftvote", a, b)]
        write_log(folder / name, *rows)
        statement = Statement(name, "old terms", frozenset(scopes))
        known = await _conversations(all_of.ledger)
        await import_fastchat(all_of.ledger, log_files(folder / name), statement, b"addresses")
        added = {place: side for place, side in (await _conversations(all_of.ledger)).items() if place not in known}
        assert len(added) == 3
        for place, side in added.items():
            all_of.expect(place, reason)
            if side == "a":
                all_of.battles[place] = reason
        if not reason:
            all_of.lets_out(name, CONVERSATIONS, "text", "answer")
            all_of.lets_out(fight, FORMS, "text", "answera", "answerb")


async def _conversations(ledger: Ledger) -> dict[str, str | None]:
    names = [column.name for column in metadata.tables["conversations"].columns]
    rows = [dict(zip(names, row, strict=True)) for row in (await all_rows(ledger))["conversations"]]
    return {row["id"]: row["side"] for row in rows}


async def everybody(url: str, folder: Path) -> tuple[Everybody, list[str], list[float]]:
    """Fill a ledger; return who was there, what is in no release, and all its times."""
    async with open_ledger(url) as ledger:
        all_of = Everybody(ledger)
        for happen in (_allow_and_take_back, _be_young_unwanted_or_gone, _ask_as_programs, _meet_models, _break_off):
            await happen(all_of)
        await _import(all_of, folder)
        unsaid, times = [KEPT.name, SECRET.name, *(f"hash-of-{at}" for at in range(10))], list[float]()
        for table, rows in (await all_rows(ledger)).items():
            names = [column.name for column in metadata.tables[table].columns]
            for row in rows:
                values = dict(zip(names, row, strict=True))
                named = (
                    n for n in names if n.endswith(("id", "_hash", "conversation_a", "conversation_b", "supersedes"))
                )
                unsaid += [values[name] for name in named if isinstance(values[name], str) and len(values[name]) > 9]
                times += [each for each in row if isinstance(each, float) and each > 1e9]
        return all_of, sorted(set(unsaid)), sorted(set(times))


async def change_minds(all_of: Everybody) -> dict[str, str]:
    """Let people take back what is released; return who, and the reasons."""
    ledger, whose = all_of.ledger, all_of.whose
    await forget(ledger, all_of.codes["yes"], all_of.now())
    await all_of.says_later(whose["allowedpastafter"], release=False, past=True)
    await all_of.says_later(whose["sidebyside"], release=True, age=AgeGroup.MINOR)
    choice = a_release_choice(all_of.places["rewanted"][0], whose["rewanted"], chosen_at=all_of.now())
    await ledger.add_release_choices(whose["rewanted"], choice)
    await forget_key(ledger, "keyyes", all_of.now())
    await forget_session(ledger, whose["again"], all_of.now())
    on = await all_of.says_later(whose["takenlatebefore"], release=False)
    await all_of.turn(all_of.places["takenlatebefore"][0], on, "takenlateon", position=1)
    return {
        **dict.fromkeys(("yes", "yesfight", "keyyes", "again", "stopped", "unequal"), "forgotten"),
        **dict.fromkeys(("allowedpastbefore", "allowedpastfight", "allowedpastafter"), "consent_withdrawn"),
        **dict.fromkeys(("keptfight", "secretfight", "sidebyside", "novote"), "minor"),
        "rewanted": "not_wanted",
        "takenlatebefore": "no_release_consent",
    }
