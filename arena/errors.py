"""What can go wrong, named once.

ArenaError
├── RequestError      the caller's mistake: wrong, too long, too early, not allowed
│   ├── AccessError   who are you?
│   ├── BattleError   the battle's rules
│   └── LimitError    slow down
├── WorkerError       a model cannot be reached or broke off
│   └── ProviderError a vendor's API refused or failed
├── LedgerError       the ledger cannot be read or written
└── SetupError        the installation or configuration is wrong; commands exit with code 2

The docstring of a class is the message a visitor may read: no text of theirs, no keys, no addresses.
"""

from collections.abc import Iterator
from typing import ClassVar


class ArenaError(Exception):
    """Something broke on our side. It has been recorded; please try again."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str | None = None, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        """Seconds after which trying again makes sense, where known."""
        super().__init__(detail or " ".join((type(self).__doc__ or "").split()))


class RequestError(ArenaError):
    """The request could not be understood."""

    code = "invalid_request"
    status = 422


class MalformedJson(RequestError):
    """The body is not valid JSON."""

    code = "malformed_json"
    status = 400


class BodyTooLarge(RequestError):
    """The request is larger than this server accepts. Please send less."""

    code = "body_too_large"
    status = 413


class EmptyText(RequestError):
    """There is nothing to send yet. Please write a message first."""

    code = "empty_text"


class TextTooLong(RequestError):
    """The message is too long. Please shorten it."""

    code = "text_too_long"
    status = 413


class ContextTooLong(RequestError):
    """The conversation has become longer than this model can read. Please start a new one."""

    code = "context_too_long"
    status = 413


class NotFound(RequestError):
    """There is nothing here under this name."""

    code = "not_found"
    status = 404


class MethodNotAllowed(RequestError):
    """This address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405


class UnknownModel(NotFound):
    """There is no model of this name. Please choose one from the list."""

    code = "unknown_model"


class ModelGone(UnknownModel):
    """This model is not offered here any more. Please start a new conversation with another one."""

    code = "model_gone"


class UnknownCode(NotFound):
    """Nothing is kept under this deletion code. Please check that it is whole; a used or replaced one does nothing."""

    code = "unknown_code"


class UnknownWorker(NotFound):
    """This worker is not registered. Register it again."""

    code = "unknown_worker"


class BrokenConfiguration(RequestError):
    """The configuration is wrong, so nothing was changed."""

    code = "broken_configuration"


class WorkerNameTaken(RequestError):
    """Another worker of this name is alive elsewhere. Give this one its own name, or wait until that one is gone."""

    code = "worker_name_taken"
    status = 409
    retryable = True


class UnknownOutcome(RequestError):
    """A vote is one of model_a, model_b, tie, both_bad."""

    code = "unknown_outcome"


class ForbiddenAddress(RequestError):
    """Workers may only be at addresses in the allowed networks (setting `allowed_networks`)."""

    code = "forbidden_address"
    status = 403


class AccessError(RequestError):
    """You may not do this."""

    code = "forbidden"
    status = 403


class SessionRequired(AccessError):
    """Your session is not known here any more. Please reload the page and accept the terms."""

    code = "session_required"
    status = 401


class KeyRequired(AccessError):
    """A key is required for this call: send it as `Authorization: Bearer KEY`."""

    code = "key_required"
    status = 401


class WrongKey(AccessError):
    """The key is not valid for this call."""

    code = "wrong_key"
    status = 401


class ScopeMissing(AccessError):
    """The key is valid, but not for this kind of call. The operator can make one with another scope."""

    code = "scope_missing"


class ModelForbidden(AccessError):
    """This key may not use this model."""

    code = "model_forbidden"


class ConsentRequired(AccessError):
    """Please read and accept the terms first."""

    code = "consent_required"


class TermsOutdated(AccessError):
    """The terms have changed. Please read and accept the present version."""

    code = "terms_outdated"
    status = 409


class NotYours(AccessError):
    """This conversation belongs to another session."""

    code = "not_yours"


class BattleError(RequestError):
    """The rules of the battle do not allow this."""

    code = "battle_rule"
    status = 409


class AlreadyVoted(BattleError):
    """This battle already has its vote. Please start a new round."""

    code = "already_voted"


class VoteTooEarly(BattleError):
    """Both models have to answer before you can vote."""

    code = "vote_too_early"


class SideUnanswered(BattleError):
    """One side has no answer. Please regenerate, or start a new round."""

    code = "side_unanswered"


class BattleClosed(BattleError):
    """The vote has closed this battle. Please start a new round."""

    code = "battle_closed"


class TurnRunning(BattleError):
    """An answer is still being written. Please wait for it, or stop it."""

    code = "turn_running"
    retryable = True


class NotLogged(RequestError):
    """Nothing of this conversation is kept, so there is nothing to which this could be added."""

    code = "not_logged"
    status = 409


class NothingToRegenerate(BattleError):
    """There is no answer to write again yet."""

    code = "nothing_to_regenerate"


class NotEnoughModels(ArenaError):
    """A battle needs two models, and fewer can be reached right now. Please try again in a minute."""

    code = "not_enough_models"
    status = 503
    retryable = True


class LimitError(RequestError):
    """You have reached a limit. Please wait a moment."""

    code = "limited"
    status = 429
    retryable = True


class TooManyTurns(LimitError):
    """You are sending messages faster than this arena allows. Please wait a moment."""

    code = "too_many_turns"


class TooManyStreams(LimitError):
    """You already have as many answers being written as this arena allows. Please wait for one to end."""

    code = "too_many_streams"


class RateLimited(LimitError):
    """The key's rate or quota is reached. Please wait a moment."""

    code = "rate_limited"


class SpendStopped(LimitError):
    """The daily budget of this model is used up. Please choose another model, or come back tomorrow."""

    code = "spend_stopped"
    retryable = False


class WorkerError(ArenaError):
    """The model broke off while answering. Please regenerate."""

    code = "worker_failed"
    status = 502
    retryable = True


class EmptyAnswer(WorkerError):
    """The model gave an empty answer. Please regenerate."""

    code = "empty_answer"


class AnswerFailed(WorkerError):
    """This side could not answer. Please regenerate, or start a new round."""

    code = "answer_failed"


class NoWorker(WorkerError):
    """No server for this model can be reached right now. Please try again in a minute, or choose another model."""

    code = "no_worker"
    status = 503


class WorkersBusy(WorkerError):
    """Every server for this model is busy. Please try again in a few seconds."""

    code = "busy"
    status = 503


class WorkerLacksModel(WorkerError):
    """The model's server does not serve this model any more. Please try again in a minute."""

    code = "worker_lacks_model"


class WorkerUnreachable(WorkerError):
    """The model's server does not answer. Please regenerate."""

    code = "worker_unreachable"


class WorkerTimeout(WorkerError):
    """The model's server fell silent. Please regenerate."""

    code = "worker_timeout"
    status = 504


class WorkerBroke(WorkerError):
    """The model's server broke off in the middle of the answer. Please regenerate."""

    code = "worker_broke"


class ProviderError(WorkerError):
    """The model's provider failed. Please try again, or choose another model."""

    code = "provider_failed"


class ProviderRefusedKey(ProviderError):
    """The provider does not accept this arena's key. Please choose another model; the operator has to mend it."""

    code = "provider_refused_key"
    retryable = False


class ProviderNoCredit(ProviderError):
    """This arena's account with the provider is used up. Please choose another model; the operator has to mend it."""

    code = "provider_no_credit"
    status = 429
    retryable = False


class ProviderLacksModel(ProviderError):
    """The provider does not know this model. Please choose another model; the operator has to mend it."""

    code = "provider_lacks_model"
    retryable = False


class ProviderRefusedRequest(ProviderError):
    """The provider refused this request. Please reword it, or choose another model."""

    code = "provider_refused_request"
    status = 400
    retryable = False


class ContentRefused(ProviderRefusedRequest):
    """The model or its provider refuses to answer this. Please reword it, or choose another model."""

    code = "content_refused"


class ProviderRateLimited(ProviderError):
    """The provider's rate limit is reached. Please try again a little later, or choose another model."""

    code = "provider_rate_limited"
    status = 429


class ProviderOverloaded(ProviderError):
    """The provider is overloaded. Please try again a little later, or choose another model."""

    code = "provider_overloaded"
    status = 503


class ProviderTimeout(ProviderError):
    """The provider did not answer in time. Please try again, or choose another model."""

    code = "provider_timeout"
    status = 504


class ProviderBroke(ProviderError):
    """The provider's answer broke off. Please regenerate."""

    code = "provider_broke"


class LedgerError(ArenaError):
    """The ledger cannot be reached, so nothing was recorded. Please try again in a minute."""

    code = "ledger_unavailable"
    status = 503
    retryable = True


class Unconfirmed(LedgerError):
    """The ledger did not confirm this in time, so it may not be recorded. Please try again in a minute."""

    code = "unconfirmed"


class BrokenDump(LedgerError):
    """This is no whole dump of a ledger, so nothing was written."""

    code = "broken_dump"
    status = 500
    retryable = False


class ShuttingDown(ArenaError):
    """The arena is being restarted. Please try again in a minute."""

    code = "shutting_down"
    status = 503
    retryable = True


class SetupError(ArenaError):
    """The installation or configuration is wrong."""

    code = "setup"


def _tree(root: type[ArenaError]) -> Iterator[type[ArenaError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


def error_classes() -> dict[str, type[ArenaError]]:
    """Return every error class by its code."""
    return {each.code: each for each in _tree(ArenaError)}
