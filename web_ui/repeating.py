"""When a request may be put to another controller as well. No I/O."""

from arena.battle import BattleView
from arena.chat import AnswerView, ConversationView, Ending, RegenerateRequest, TurnRequest
from arena.errors import ArenaError, LedgerError, NotEnoughModels, NotFound


def may_be_elsewhere(path: str, refusal: ArenaError, *, is_reading: bool = False) -> bool:
    """Whether another controller may have what one refused with: it did nothing, and the other may know more.

    Workers may have found only one of them yet; a conversation that is not kept is known where it was begun; and while
    one cannot read the ledger, another may.
    """
    if isinstance(refusal, LedgerError):
        return is_reading
    return isinstance(refusal, NotEnoughModels) or (type(refusal) is NotFound and path.startswith("/conversations/"))


def was_opened(seen: BattleView | ConversationView, request: TurnRequest | RegenerateRequest) -> bool:
    """Whether a turn whose beginning nobody saw may be in the ledger: it must not be asked for twice.

    The same words said once more after an answer that was cut off count as opened: one error more does less harm.
    """
    if not seen.turns:
        return False
    endings = {answer.ending for answer in _last_answers(seen)}
    if isinstance(request, RegenerateRequest):  # another answer to the same message takes the place of the last one
        return None in endings
    return endings != {Ending.COMPLETED} and _words(seen.turns[-1].text) == _words(request.text)


def _last_answers(seen: BattleView | ConversationView) -> tuple[AnswerView, ...]:
    if isinstance(seen, BattleView):
        return seen.turns[-1].a, seen.turns[-1].b
    return (seen.turns[-1].answer,)


def _words(text: str) -> str:
    """What of a message stays the same when it is cleaned."""
    return "".join(each for each in text if each.isprintable() and not each.isspace())
