"""Accounts: which entries one worker process serves, and with what."""

import logging
from collections.abc import Callable, Mapping, Sequence

from pydantic import SecretStr

from arena.errors import SetupError
from arena.model import ModelEntry, WorkerKind
from model_worker.completion import ServedModel
from model_worker.config import WorkerSettings
from model_worker.demo.catalogue import demo_models

ApiKey = Callable[[str], SecretStr]
"""Returns a vendor's key by the name of its environment variable."""

_USUAL_KEYS = {
    WorkerKind.OPENAI: "OPENAI_API_KEY",
    WorkerKind.AZURE: "AZURE_OPENAI_API_KEY",
    WorkerKind.ANTHROPIC: "ANTHROPIC_API_KEY",
}
_TALKATIVE = (
    *("httpx", "httpx2", "httpcore", "httpcore2", "openai", "anthropic"),
    *("boto3", "botocore", "urllib3", "google", "requests"),
)
"""Loggers that would write addresses, or what was said, at the levels below warnings."""


def choose_account(models: Sequence[ModelEntry], wanted: str) -> tuple[ModelEntry, ...]:
    """Return the entries of an account; of the only one when none is named. Raises SetupError."""
    accounts = list(dict.fromkeys(entry.account for entry in models))
    if not wanted and len(accounts) == 1:
        wanted = accounts[0]
    if wanted not in accounts:
        problem = f"there is no account {wanted!r}" if wanted else "there is more than one account"
        raise SetupError(f"{problem}: choose with --account one of {', '.join(accounts)}")
    return tuple(entry for entry in models if entry.account == wanted)


def served_models(settings: WorkerSettings, api_key: ApiKey) -> Mapping[str, ServedModel]:
    """Return what serves the entries of one account, by the catalogue's names. Raises SetupError."""
    first = settings.models[0]
    match first.worker:
        case WorkerKind.DEMO:
            return demo_models(settings.models, settings.words_per_second)
        case WorkerKind.OPENAI | WorkerKind.AZURE:
            return _openai_models(settings, _key(first, api_key))
        case WorkerKind.ANTHROPIC:
            return _anthropic_models(settings, _key(first, api_key))
        case WorkerKind.BEDROCK | WorkerKind.VERTEX:
            return _cloud_models(settings)
        case WorkerKind.VLLM | WorkerKind.ATTACH:
            raise SetupError(f"model {first.name!r}: is answered by its engine itself, not by a process in between")


def _openai_models(settings: WorkerSettings, key: str) -> Mapping[str, ServedModel]:
    # A vendor's SDK takes a second and 50 MB to load: only its own worker does.
    from model_worker.providers.openai import OpenAIModel, azure_client, openai_client  # noqa: PLC0415

    _quieten()
    first = settings.models[0]
    if first.worker is WorkerKind.AZURE:
        client = azure_client(first.base_url, key, first.api_version, settings)
    else:
        client = openai_client(first.base_url, key, settings)
    return {each.name: OpenAIModel(each.name, each.upstream_name, client, settings) for each in settings.models}


def _anthropic_models(settings: WorkerSettings, key: str) -> Mapping[str, ServedModel]:
    from model_worker.providers.anthropic import AnthropicModel, anthropic_client  # noqa: PLC0415
    from model_worker.providers.message_request import Dialect  # noqa: PLC0415

    _quieten()
    first = settings.models[0]
    client = anthropic_client(first.base_url, key, first.api_version, settings)
    dialect = Dialect(settings.answer_tokens, first.api_version)
    return {each.name: AnthropicModel(each.name, each.upstream_name, client, dialect) for each in settings.models}


def _cloud_models(settings: WorkerSettings) -> Mapping[str, ServedModel]:
    from model_worker.providers.clouds import bedrock_models, vertex_models  # noqa: PLC0415

    _quieten()
    return bedrock_models(settings) if settings.models[0].worker is WorkerKind.BEDROCK else vertex_models(settings)


def _key(entry: ModelEntry, api_key: ApiKey) -> str:
    """Return the account's key. Only a server of one's own may do without; Azure's address is always named."""
    if not entry.api_key_env and entry.base_url and entry.worker is not WorkerKind.AZURE:
        return ""
    return api_key(entry.api_key_env or _USUAL_KEYS[entry.worker]).get_secret_value()


def _quieten() -> None:
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
