"""Battles and side by side: two models, the same messages, one vote."""

import time
from dataclasses import dataclass
from random import Random

from arena.battle import BattleRequest, BattleView, Mode, Outcome, Reveal
from arena.chat import Parameters, RegenerateRequest, Side, TurnRequest
from arena.errors import NotFound, RequestError, UnknownOutcome
from arena.ids import new_id
from arena.session import ReleaseChoice
from controller.admission import Admission
from controller.asking import Opening, another_turn, next_turn, part
from controller.battle_rules import check_next_turn, check_owner, check_regenerate, decide_vote
from controller.catalogue import Catalogue
from controller.chats import Stream
from controller.matchmaking import POLICY, Pair, draw_pair
from controller.metrics import Metrics
from controller.sessions import release_choices
from controller.stopping import Stopping
from controller.turns import TurnPlayer
from controller.views import battle_view, reveal_of
from logging_store.facts import BattleFact, BattleRecord, ConversationFact, SessionFact, VoteFact
from logging_store.ledger import Ledger


@dataclass
class Battles:
    """Draws pairs, runs turns on both sides, takes the vote."""

    ledger: Ledger
    catalogue: Catalogue
    admission: Admission
    player: TurnPlayer
    stopping: Stopping
    metrics: Metrics
    chance: Random

    async def open(self, session: SessionFact, request: BattleRequest) -> BattleView:
        """Open a battle between two drawn models, or a side by side of two chosen ones."""
        await self.admission.opening(session)
        battle = self._pair(session, request)
        await self.ledger.add_battle(battle, _conversation(battle, "a"), _conversation(battle, "b"))
        return battle_view(BattleRecord(battle, (), (), None), None, is_running=False)

    def _pair(self, session: SessionFact, request: BattleRequest) -> BattleFact:
        pair: Pair | None = None
        if request.mode is Mode.BATTLE:
            if request.model_a is not None or request.model_b is not None:
                raise RequestError("The models of a battle are drawn. To choose them, use the mode side_by_side.")
            pair = draw_pair(self.catalogue.battle_weights(), self.chance)
            model_a, model_b = pair.model_a, pair.model_b
        elif request.mode is Mode.SIDE_BY_SIDE and request.model_a is not None and request.model_b is not None:
            model_a = self.catalogue.choose_to_chat(request.model_a).name
            model_b = self.catalogue.choose_to_chat(request.model_b).name
        else:
            raise RequestError("Give mode battle, or mode side_by_side with model_a and model_b.")
        return BattleFact(
            id=new_id(),
            session_id=session.id,
            mode=request.mode,
            model_a=model_a,
            model_b=model_b,
            conversation_a=new_id(),
            conversation_b=new_id(),
            pair_probability=pair.probability if pair else None,
            policy=POLICY if pair else "chosen",
            opened_at=time.time(),
        )

    async def _mine(self, session: SessionFact, battle_id: str) -> BattleRecord:
        record = await self._record(battle_id)
        check_owner(record.battle.session_id, session.id)
        if await self.stopping.has_waited(record.turns_a + record.turns_b):
            return await self._record(battle_id)
        return record

    async def _record(self, battle_id: str) -> BattleRecord:
        record = await self.ledger.battle_record(battle_id)
        if record is None:
            raise NotFound
        return record

    async def view(self, session: SessionFact, battle_id: str) -> BattleView:
        """Return the battle as the ledger has it."""
        is_running = self.stopping.running.is_running(battle_id)
        record = await self._mine(session, battle_id)
        is_running = is_running or self.stopping.is_elsewhere(record.turns_a + record.turns_b)
        vote = record.vote
        reveal = None if vote is None else reveal_of(record.battle, vote, self.catalogue.public())
        is_withheld = await self.ledger.release_choice_of(record.battle.conversation_a) is False
        return battle_view(record, reveal, is_running=is_running, is_withheld=is_withheld)

    async def say(self, session: SessionFact, battle_id: str, request: TurnRequest) -> Stream:
        """Return the stream in which both sides answer a message. Nothing is held until it starts."""
        text = self.admission.text(request.text)
        record = await self._mine(session, battle_id)
        check_next_turn(record)
        opening = await self._admit(record, session, request.parameters)
        battle = record.battle
        turn_a = next_turn(battle.conversation_a, battle.model_a, record.turns_a, text, opening)
        turn_b = next_turn(battle.conversation_b, battle.model_b, record.turns_b, text, opening)
        parts = [part(turn_a, record.turns_a, "a"), part(turn_b, record.turns_b, "b")]
        return self.player.play(battle_id, session.id, parts, is_blind=battle.mode is Mode.BATTLE)

    async def regenerate(self, session: SessionFact, battle_id: str, request: RegenerateRequest) -> Stream:
        """Return the stream in which both sides answer the last message again."""
        record = await self._mine(session, battle_id)
        old_a, old_b = check_regenerate(record)
        opening = await self._admit(record, session, request.parameters)
        parts = [
            part(another_turn(old_a, opening), record.turns_a, "a"),
            part(another_turn(old_b, opening), record.turns_b, "b"),
        ]
        return self.player.play(battle_id, session.id, parts, is_blind=record.battle.mode is Mode.BATTLE)

    async def _admit(self, record: BattleRecord, session: SessionFact, parameters: Parameters) -> Opening:
        if record.battle.mode is Mode.BATTLE and parameters != Parameters():
            raise RequestError("In a battle both models write with the arena's own parameters.")
        return await self.admission.turn(record.battle.id, session, parameters, 2)

    async def stop(self, session: SessionFact, battle_id: str) -> None:
        """Stop both answers."""
        record = await self._mine(session, battle_id)
        await self.stopping.stop(battle_id, record.turns_a + record.turns_b)

    async def vote(self, session: SessionFact, battle_id: str, outcome: str) -> Reveal:
        """Take the vote; after its commit, and only then, say who was who."""
        if outcome not in set(Outcome):
            raise UnknownOutcome
        vote_id, now = new_id(), time.time()
        judged: list[BattleFact] = []

        def decide(record: BattleRecord) -> VoteFact:
            judged.append(record.battle)
            return decide_vote(record, session.id, Outcome(outcome), vote_id, now)

        vote = await self.ledger.cast_vote(battle_id, decide)
        # Nothing is read again: an acknowledgement must not fail once the vote is kept.
        battle = judged[-1]
        self.metrics.voted(battle.mode, vote.outcome)
        return reveal_of(battle, vote, self.catalogue.public())

    async def choose_release(self, session: SessionFact, battle_id: str, choice: ReleaseChoice) -> None:
        """Keep whether both conversations of a battle may be published."""
        battle = (await self._mine(session, battle_id)).battle
        self.admission.choice(session)
        both = (battle.conversation_a, battle.conversation_b)
        await self.ledger.add_release_choices(session.id, *release_choices(session.id, both, choice))


def _conversation(battle: BattleFact, side: Side) -> ConversationFact:
    return ConversationFact(
        id=battle.conversation_a if side == "a" else battle.conversation_b,
        session_id=battle.session_id,
        mode=battle.mode,
        model=battle.model_a if side == "a" else battle.model_b,
        opened_at=battle.opened_at,
        battle_id=battle.id,
        side=side,
    )
