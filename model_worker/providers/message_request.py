"""From Chat Completions to Anthropic's Messages API: what is asked. No I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arena.errors import RequestError
from model_worker.chat_request import ChatRequest
from model_worker.providers.message_blocks import system_of, turns_of

NO_MORE_SAMPLING = "2026-10-21"
"""Since this version the Messages API refuses temperature, top_p and top_k, whatever their values."""
_EFFORTS = {each: each for each in ("low", "medium", "high", "xhigh", "max")} | {"minimal": "low"}
_TIERS = {"auto": "auto", "default": "standard_only", "standard_only": "standard_only"}
_TRANSLATED = frozenset(
    {"messages", "model", "stream", "max_tokens", "max_completion_tokens", "stop", "tools", "tool_choice"}
    | {"parallel_tool_calls", "response_format", "reasoning_effort", "service_tier", "metadata", "user"}
    | {"safety_identifier", "temperature", "top_p", "top_k"}
)
_LEFT_OUT = frozenset(
    {"seed", "presence_penalty", "frequency_penalty", "repetition_penalty", "min_p", "stream_options", "store"}
    | {"prediction", "verbosity", "prompt_cache_key", "prompt_cache_retention"}
)
"""Wishes that have no counterpart, and without which the answer has the same form."""
_REFUSED: Mapping[str, Callable[[Any], bool]] = {
    "n": lambda value: value != 1,
    "logprobs": bool,
    "top_logprobs": bool,
    "logit_bias": bool,
    "functions": bool,
    "function_call": bool,
    "modalities": lambda value: value != ["text"],
    "audio": bool,
    "web_search_options": lambda _: True,
}
"""What cannot be had there, and when the request really asks for it."""


@dataclass(frozen=True)
class Dialect:
    """How one provider of the Messages API is spoken to."""

    answer_tokens: int
    """The longest answer asked for when the request names no limit: the API demands one."""
    api_version: str = ""
    """Empty: the SDK's own."""
    version_in_body: bool = False

    @property
    def takes_sampling(self) -> bool:
        """Whether temperature, top_p and top_k may be sent."""
        return bool(self.api_version) and self.api_version[-len(NO_MORE_SAMPLING) :] < NO_MORE_SAMPLING


def to_message_request(request: ChatRequest, dialect: Dialect) -> dict[str, Any]:
    """Return the Messages API's parameters for a chat request, but for the model and `stream`.

    Fields unknown to Chat Completions (`thinking`) pass as they came. Raises RequestError, naming the field, for what
    the API cannot do, and for what has not the form of Chat Completions.
    """
    try:
        return _translated(request, dialect)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RequestError("messages, tools: something in them has not the form of Chat Completions") from error


def _translated(request: ChatRequest, dialect: Dialect) -> dict[str, Any]:
    body = request.body
    for field, asks_for_it in _REFUSED.items():
        if body.get(field) is not None and asks_for_it(body[field]):
            raise RequestError(f"{field}: this provider cannot do that")
    longest = body.get("max_completion_tokens") or body.get("max_tokens") or dialect.answer_tokens
    asked: dict[str, Any] = {"max_tokens": longest, "messages": turns_of(request.messages)}
    wishes = {
        "system": system_of(request.messages),
        "stop_sequences": _stops(body.get("stop")),
        "tools": [_tool(tool) for tool in body.get("tools") or ()],
        "output_config": _output(body),
        "service_tier": _tier(body.get("service_tier")),
        "metadata": _whose(body),
    }
    asked |= {name: wish for name, wish in wishes.items() if wish}
    if body.get("tools") and (choice := _tool_choice(body)):
        asked["tool_choice"] = choice
    return asked | {"extra_body": _more(body, dialect)}


def _more(body: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    """Return what the SDK has no parameters for: the version, sampling, and fields of the Messages API itself."""
    known = _TRANSLATED | _LEFT_OUT | _REFUSED.keys()
    more = {key: value for key, value in body.items() if key not in known}
    if body.get("reasoning_effort") == "none":
        more.setdefault("thinking", {"type": "disabled"})
    if dialect.version_in_body and dialect.api_version:
        more["anthropic_version"] = dialect.api_version
    return more | (_sampling(body) if dialect.takes_sampling else {})


def _sampling(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to draw words. Later models refuse temperature and top_p together: temperature goes first."""
    if body.get("temperature") is not None:
        chosen = {"temperature": min(1.0, body["temperature"])}  # it ends at 1 here, at 2 there
    elif body.get("top_p") is not None:
        chosen = {"top_p": body["top_p"]}
    else:
        chosen = {}
    return chosen | ({"top_k": body["top_k"]} if body.get("top_k") is not None else {})


def _stops(stop: object) -> list[str]:
    stops = [stop] if isinstance(stop, str) else stop if isinstance(stop, list) else []
    # The API refuses stop sequences of white space only.
    return [each for each in stops if isinstance(each, str) and each.strip()]


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    if tool.get("type") != "function":
        raise RequestError("tools: to this provider only functions can be sent")
    function = tool["function"]
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    kept = {key: function[key] for key in ("name", "description", "strict") if function.get(key) is not None}
    marked = {"cache_control": tool["cache_control"]} if "cache_control" in tool else {}
    return kept | {"input_schema": schema} | marked


def _tool_choice(body: Mapping[str, Any]) -> dict[str, Any] | None:
    choice = body.get("tool_choice")
    chosen: dict[str, Any]
    if isinstance(choice, Mapping):
        if choice.get("type") != "function":
            raise RequestError("tool_choice: this provider knows auto, required, none and one function")
        chosen = {"type": "tool", "name": choice["function"]["name"]}
    elif choice is None and body.get("parallel_tool_calls") is not False:
        return None
    else:
        chosen = {"type": {None: "auto", "auto": "auto", "required": "any", "none": "none"}[choice]}
    if body.get("parallel_tool_calls") is False and chosen["type"] != "none":
        chosen["disable_parallel_tool_use"] = True
    return chosen


def _output(body: Mapping[str, Any]) -> dict[str, Any]:
    output: dict[str, Any] = {}
    effort = body.get("reasoning_effort")
    if effort in _EFFORTS:
        output["effort"] = _EFFORTS[effort]
    elif effort not in {None, "none"}:
        raise RequestError(f"reasoning_effort: this provider knows none, {', '.join(_EFFORTS)}")
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        output["format"] = {"type": "json_schema", "schema": form["json_schema"]["schema"]}
    elif form.get("type") not in {None, "text"}:
        raise RequestError("response_format: this provider knows text and json_schema")
    return output


def _tier(wanted: object) -> str | None:
    if wanted is not None and wanted not in _TIERS:
        raise RequestError("service_tier: this provider knows auto and default")
    return None if wanted is None else _TIERS[str(wanted)]


def _whose(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return for whom is asked. Other `metadata` is for OpenAI's own archive."""
    metadata = body.get("metadata") or {}
    user = metadata.get("user_id") or body.get("safety_identifier") or body.get("user")
    return {"user_id": user} if user else {}
