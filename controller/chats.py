"""Direct chat: one session, one model."""

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from arena.battle import Mode
from arena.chat import ChatEvent, ConversationView, ReactionRequest, RegenerateRequest, TurnRequest
from arena.errors import ModelGone, NotFound, NothingToRegenerate, TurnRunning
from arena.ids import new_id
from arena.session import ReleaseChoice
from controller.admission import Admission
from controller.asking import another_turn, next_turn, part
from controller.battle_rules import check_owner
from controller.catalogue import Catalogue
from controller.running import RunningTurns
from controller.sessions import release_choices
from controller.turns import TurnPlayer
from controller.views import conversation_view
from logging_store.facts import ConversationFact, ReactionFact, SessionFact, TurnFact, standing
from logging_store.ledger import Ledger

Stream = AsyncGenerator[list[ChatEvent]]


@dataclass
class Chats:
    """Opens conversations and runs their turns."""

    ledger: Ledger
    catalogue: Catalogue
    admission: Admission
    player: TurnPlayer
    running: RunningTurns

    async def open(self, session: SessionFact, model: str) -> ConversationView:
        """Open a conversation with a model that the visitor chose."""
        await self.admission.opening(session)
        entry = self.catalogue.choose_to_chat(model)
        conversation = ConversationFact(
            id=new_id(), session_id=session.id, mode=Mode.DIRECT, model=entry.name, opened_at=time.time()
        )
        await self.ledger.add_conversation(conversation)
        return conversation_view(conversation, (), (), is_running=False)

    async def _mine(self, session: SessionFact, conversation_id: str) -> tuple[ConversationFact, tuple[TurnFact, ...]]:
        conversation = await self.ledger.conversation(conversation_id)
        if conversation is None or conversation.battle_id is not None:
            raise NotFound
        check_owner(conversation.session_id, session.id)
        return conversation, await self.ledger.turns_of(conversation_id)

    async def view(self, session: SessionFact, conversation_id: str) -> ConversationView:
        """Return the conversation as the ledger has it."""
        is_running = self.running.is_running(conversation_id)
        conversation, turns = await self._mine(session, conversation_id)
        reactions = await self.ledger.reactions_of(conversation_id)
        is_withheld = await self.ledger.release_choice_of(conversation_id) is False
        return conversation_view(conversation, turns, reactions, is_running=is_running, is_withheld=is_withheld)

    async def say(self, session: SessionFact, conversation_id: str, request: TurnRequest) -> Stream:
        """Return the stream that answers a message. Nothing is held until it starts."""
        text = self.admission.text(request.text)
        conversation, turns = await self._mine(session, conversation_id)
        self._check_offered(conversation)
        opening = await self.admission.turn(conversation_id, session, request.parameters, 1)
        turn = next_turn(conversation_id, conversation.model, turns, text, opening)
        return self.player.play(conversation_id, session.id, [part(turn, turns)], is_blind=False)

    async def regenerate(self, session: SessionFact, conversation_id: str, request: RegenerateRequest) -> Stream:
        """Return the stream that answers the last message again."""
        conversation, turns = await self._mine(session, conversation_id)
        self._check_offered(conversation)
        stands = standing(turns)
        if not stands:
            raise NothingToRegenerate
        if stands[-1].ending is None:
            raise TurnRunning
        opening = await self.admission.turn(conversation_id, session, request.parameters, 1)
        turn = another_turn(stands[-1], opening)
        return self.player.play(conversation_id, session.id, [part(turn, turns)], is_blind=False)

    def _check_offered(self, conversation: ConversationFact) -> None:
        if not self.catalogue.offers(conversation.model):
            raise ModelGone

    async def stop(self, session: SessionFact, conversation_id: str) -> None:
        """Stop the answer that is being written."""
        await self._mine(session, conversation_id)
        await self.running.stop(conversation_id)

    async def react(self, session: SessionFact, conversation_id: str, request: ReactionRequest) -> None:
        """Keep what the visitor says about one answer of this conversation."""
        _, turns = await self._mine(session, conversation_id)
        if request.turn_id not in {turn.id for turn in turns}:
            raise NotFound
        self.admission.reaction(session)
        reaction = ReactionFact(
            id=new_id(), turn_id=request.turn_id, session_id=session.id, kind=request.kind, reacted_at=time.time()
        )
        await self.ledger.add_reaction(reaction)

    async def choose_release(self, session: SessionFact, conversation_id: str, choice: ReleaseChoice) -> None:
        """Keep whether this conversation may be published."""
        await self._mine(session, conversation_id)
        self.admission.choice(session)
        await self.ledger.add_release_choices(session.id, *release_choices(session.id, [conversation_id], choice))
