"""The models, as OpenAI's API lists them."""

from arena.errors import RequestError
from arena.model import ModelEntry, ModelKind
from controller.accounts.callers import Caller
from controller.services import Services

ADDRESSES = {ModelKind.CHAT: "/v1/chat/completions", ModelKind.EMBEDDING: "/v1/embeddings"}


def _card(entry: ModelEntry) -> dict[str, object]:
    return {"id": entry.name, "object": "model", "created": 0, "owned_by": entry.organisation or "arena"}


def model_cards(services: Services, caller: Caller) -> dict[str, object]:
    """Return the models that a caller may use and that can be reached."""
    entries = [each for each in services.catalogue.reachable() if not each.secret and caller.may_use(each)]
    return {"object": "list", "data": [_card(entry) for entry in entries]}


def model_card(services: Services, caller: Caller, name: str) -> dict[str, object]:
    """Return one entry of the model list."""
    return _card(chosen(services, caller, name))


def chosen(services: Services, caller: Caller, name: object, kind: ModelKind | None = None) -> ModelEntry:
    """Return the model of this name, if there is one for this caller and this kind of call."""
    if not isinstance(name, str) or not name:
        raise RequestError("The field `model` is required: the name of a model as `GET /v1/models` lists it.")
    entry = services.catalogue.choose(name)
    caller.check(entry)
    if kind is not None and entry.kind is not kind:
        raise RequestError(f"This model is asked through `POST {ADDRESSES[entry.kind]}`.")
    return entry
