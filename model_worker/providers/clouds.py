"""Claude at Amazon Bedrock and at Google's Vertex AI, through the SDK's own classes and the vendors' own credentials.

Where credentials come from is the vendors' affair: variables, profiles, roles, metadata servers. They are looked for
when the first answer is asked for, since the search may ask the network.
"""

import re
from importlib.util import find_spec

from anthropic import AnthropicError, not_given

from arena.errors import SetupError
from arena.model import ModelEntry
from model_worker.config import WorkerSettings
from model_worker.providers.anthropic import UNTRACED, AnthropicModel, Client, patience, version_header
from model_worker.providers.message_request import Dialect

INVOKE_VERSION = "bedrock-2023-05-31"
_VERSIONED = re.compile(r"arn:.+|.+-v\d+(:\d+)?")
"""What Bedrock answers through InvokeModel, `anthropic.claude-opus-4-6-v1` and older; it knows no newer version of the
API for them. Later models, such as `anthropic.claude-opus-4-7`, have an address that speaks as Anthropic's own does."""


def bedrock_models(settings: WorkerSettings) -> dict[str, AnthropicModel]:
    """Return what serves the models of one account at Bedrock, by the catalogue's names. Raises SetupError."""
    _need("boto3", "bedrock", settings.models[0])
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 (an extra)

    clients: dict[bool, Client] = {}
    served: dict[str, AnthropicModel] = {}
    for entry in settings.models:
        is_invoked = _VERSIONED.fullmatch(entry.upstream_name) is not None
        if is_invoked not in clients:
            clients[is_invoked] = _bedrock_client(entry, settings, is_invoked=is_invoked)
        version = entry.api_version or (INVOKE_VERSION if is_invoked else "")
        dialect = Dialect(settings.answer_tokens, api_version=version, version_in_body=is_invoked)
        errors = (RuntimeError, BotoCoreError)
        served[entry.name] = AnthropicModel(entry.name, entry.upstream_name, clients[is_invoked], dialect, errors)
    return served


def _bedrock_client(entry: ModelEntry, settings: WorkerSettings, *, is_invoked: bool) -> Client:
    from anthropic.lib.bedrock import AsyncAnthropicBedrock, AsyncAnthropicBedrockMantle  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    kind = AsyncAnthropicBedrock if is_invoked else AsyncAnthropicBedrockMantle
    where = SetupError(f"model {entry.name!r}: region: say where Bedrock serves it, here or in AWS_REGION")
    try:
        client = kind(
            aws_region=entry.region or None,
            base_url=entry.base_url or None,
            timeout=patience(settings),
            max_retries=0,
            open_telemetry=UNTRACED,
            default_headers=None if is_invoked else version_header(entry.api_version),
        )
    except (ValueError, AnthropicError, BotoCoreError) as error:
        raise where from error
    if not client.aws_region:
        raise where
    return client


def vertex_models(settings: WorkerSettings) -> dict[str, AnthropicModel]:
    """Return what serves the models of one account at Vertex AI, by the catalogue's names. Raises SetupError."""
    first = settings.models[0]
    _need("google.auth", "vertex", first)
    from anthropic.lib.vertex import AsyncAnthropicVertex  # noqa: PLC0415 (an extra)
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415

    try:
        client = AsyncAnthropicVertex(
            region=first.region or not_given,
            project_id=first.project or not_given,
            base_url=first.base_url or None,
            timeout=patience(settings),
            max_retries=0,
            open_telemetry=UNTRACED,
        )
    except ValueError as error:
        raise SetupError(
            f"model {first.name!r}: region: say where Vertex AI serves it, such as global, here or in CLOUD_ML_REGION"
        ) from error
    if not client.project_id:
        raise SetupError(
            f"model {first.name!r}: project: name the Google Cloud project, here or in ANTHROPIC_VERTEX_PROJECT_ID"
        )
    dialect = Dialect(settings.answer_tokens, api_version=first.api_version, version_in_body=True)
    errors = (RuntimeError, GoogleAuthError)
    return {
        each.name: AnthropicModel(each.name, each.upstream_name, client, dialect, errors) for each in settings.models
    }


def _need(library: str, extra: str, entry: ModelEntry) -> None:
    try:
        found = find_spec(library)
    except ModuleNotFoundError:  # of `google.auth`, already `google` is missing
        found = None
    if found is None:
        raise SetupError(
            f"model {entry.name!r}: worker = \"{entry.worker}\" needs more: pip install 'chat-arena[{extra}]'"
        )
