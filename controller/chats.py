"""Direct chat: one session, one model."""

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from arena.battle import Mode
from arena.chat import ChatEvent, ConversationView, Parameters, ReactionRequest, RegenerateRequest, TurnRequest
from arena.errors import ModelGone, NotFound, NothingToRegenerate, NotLogged, TurnRunning
from arena.ids import new_id
from arena.session import ReleaseChoice, Scope
from controller.admission import Admission
from controller.asking import Opening, another_turn, next_turn, part
from controller.battle_rules import check_owner
from controller.catalogue import Catalogue
from controller.sessions import TO_BE_ANSWERED, TO_BE_KEPT, release_choices
from controller.stopping import Stopping
from controller.turn_book import MemoryBook
from controller.turns import TurnPlayer
from controller.unlogged import Unlogged
from controller.views import conversation_view
from logging_store.facts import ConversationFact, ReactionFact, SessionFact, TurnFact, standing
from logging_store.ledger import Ledger

Stream = AsyncGenerator[list[ChatEvent]]


@dataclass(frozen=True)
class Chat:
    """A conversation as it was found, in the ledger or in memory."""

    conversation: ConversationFact
    turns: tuple[TurnFact, ...]
    is_logged: bool


@dataclass
class Chats:
    """Opens conversations and runs their turns. Those of visitors who want nothing kept live in memory alone."""

    ledger: Ledger
    catalogue: Catalogue
    admission: Admission
    player: TurnPlayer
    stopping: Stopping
    unlogged: Unlogged
    needed: frozenset[Scope] = TO_BE_KEPT
    """What a consent has to cover before one may chat at all."""

    async def open(self, session: SessionFact, model: str) -> ConversationView:
        """Open a conversation with a model that the visitor chose."""
        consent = await self.admission.opening(session, self.needed)
        entry = self.catalogue.choose_to_chat(model)
        conversation = ConversationFact(
            id=new_id(), session_id=session.id, mode=Mode.DIRECT, model=entry.name, opened_at=time.time()
        )
        is_logged = Scope.LOG in consent.scopes
        if is_logged:
            await self.ledger.add_conversation(conversation)
        else:
            self.unlogged.add(conversation)
        return conversation_view(conversation, (), (), is_running=False, is_logged=is_logged)

    async def _mine(self, session: SessionFact, conversation_id: str) -> Chat:
        chat = self._in_memory(conversation_id) or await self._in_ledger(conversation_id)
        check_owner(chat.conversation.session_id, session.id)
        return await self._in_ledger(conversation_id) if await self.stopping.has_waited(chat.turns) else chat

    def _in_memory(self, conversation_id: str) -> Chat | None:
        conversation = self.unlogged.conversation(conversation_id)
        return conversation and Chat(conversation, self.unlogged.turns_of(conversation_id), is_logged=False)

    async def _in_ledger(self, conversation_id: str) -> Chat:
        conversation = await self.ledger.conversation(conversation_id)
        if conversation is None or conversation.battle_id is not None:
            raise NotFound
        return Chat(conversation, await self.ledger.turns_of(conversation_id), is_logged=True)

    async def view(self, session: SessionFact, conversation_id: str) -> ConversationView:
        """Return the conversation as the ledger, or the memory, has it."""
        is_running = self.stopping.running.is_running(conversation_id)
        chat = await self._mine(session, conversation_id)
        if not chat.is_logged:
            return conversation_view(chat.conversation, chat.turns, (), is_running=is_running, is_logged=False)
        reactions = await self.ledger.reactions_of(conversation_id)
        is_running = is_running or self.stopping.is_elsewhere(chat.turns)
        is_withheld = await self.ledger.release_choice_of(conversation_id) is False
        return conversation_view(
            chat.conversation, chat.turns, reactions, is_running=is_running, is_withheld=is_withheld
        )

    async def say(self, session: SessionFact, conversation_id: str, request: TurnRequest) -> Stream:
        """Return the stream that answers a message. Nothing is held until it starts."""
        text = self.admission.text(request.text)
        chat = await self._mine(session, conversation_id)
        opening = await self._admit(chat, session, request.parameters)
        return self._play(chat, next_turn(conversation_id, chat.conversation.model, chat.turns, text, opening))

    async def regenerate(self, session: SessionFact, conversation_id: str, request: RegenerateRequest) -> Stream:
        """Return the stream that answers the last message again."""
        chat = await self._mine(session, conversation_id)
        stands = standing(chat.turns)
        if not stands:
            raise NothingToRegenerate
        if stands[-1].ending is None:
            raise TurnRunning
        opening = await self._admit(chat, session, request.parameters)
        return self._play(chat, another_turn(stands[-1], opening))

    async def _admit(self, chat: Chat, session: SessionFact, parameters: Parameters) -> Opening:
        if not self.catalogue.offers(chat.conversation.model):
            raise ModelGone
        needed = TO_BE_KEPT if chat.is_logged else TO_BE_ANSWERED
        return await self.admission.turn(chat.conversation.id, session, parameters, 1, needed)

    def _play(self, chat: Chat, turn: TurnFact) -> Stream:
        conversation = chat.conversation
        book = None if chat.is_logged else MemoryBook(self.ledger, self.unlogged)
        parts = [part(turn, chat.turns)]
        return self.player.play(conversation.id, conversation.session_id, parts, is_blind=False, book=book)

    async def stop(self, session: SessionFact, conversation_id: str) -> None:
        """Stop the answer that is being written."""
        chat = await self._mine(session, conversation_id)
        await self.stopping.stop(conversation_id, chat.turns)

    async def react(self, session: SessionFact, conversation_id: str, request: ReactionRequest) -> None:
        """Keep what the visitor says about one answer of this conversation."""
        chat = await self._mine(session, conversation_id)
        if not chat.is_logged:
            raise NotLogged
        if request.turn_id not in {turn.id for turn in chat.turns}:
            raise NotFound
        self.admission.reaction(session)
        reaction = ReactionFact(
            id=new_id(), turn_id=request.turn_id, session_id=session.id, kind=request.kind, reacted_at=time.time()
        )
        await self.ledger.add_reaction(reaction)

    async def choose_release(self, session: SessionFact, conversation_id: str, choice: ReleaseChoice) -> None:
        """Keep whether this conversation may be published."""
        chat = await self._mine(session, conversation_id)
        if not chat.is_logged:
            raise NotLogged
        self.admission.choice(session)
        await self.ledger.add_release_choices(session.id, *release_choices(session.id, [conversation_id], choice))
