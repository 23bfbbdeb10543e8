"""From Chat Completions to Anthropic's Messages API: what is asked. No I/O."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from arena.errors import RequestError
from model_worker.chat_request import ChatRequest

Block = dict[str, Any]

_DATA_URL = re.compile(r"data:(image/[\w.+-]+);base64,(.+)", re.DOTALL)
_EFFORTS = frozenset({"low", "medium", "high", "xhigh", "max"})
_TRANSLATED = frozenset(
    {"messages", "model", "stream", "max_tokens", "max_completion_tokens", "stop", "tools", "tool_choice"}
    | {"parallel_tool_calls", "response_format", "reasoning_effort"}
)
_WITHOUT_COUNTERPART = frozenset(
    # Since its version of 2026-10-21 the Messages API refuses the sampling parameters, whatever their values.
    {"temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty", "repetition_penalty", "min_p"}
    | {"n", "logit_bias", "logprobs", "top_logprobs", "user", "stream_options", "store", "metadata", "functions"}
    | {"function_call", "modalities", "audio", "prediction", "verbosity", "safety_identifier", "prompt_cache_key"}
)


def to_message_request(request: ChatRequest, answer_tokens: int) -> dict[str, Any]:
    """Return the Messages API's parameters for a chat request, but for the model and `stream`.

    What has no counterpart there is left out; fields unknown to Chat Completions (`thinking`) pass as they came.
    Raises RequestError for what cannot be left out, or has not the form of Chat Completions.
    """
    try:
        return _translated(request, answer_tokens)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RequestError("messages, tools: something in them has not the form of Chat Completions") from error


def _translated(request: ChatRequest, answer_tokens: int) -> dict[str, Any]:
    body = request.body
    if body.get("n") not in {None, 1}:
        raise RequestError("n: this provider gives one answer at a time")
    longest = body.get("max_completion_tokens") or body.get("max_tokens") or answer_tokens
    asked: dict[str, Any] = {"max_tokens": longest, "messages": _messages(request.messages)}
    if system := _system(request.messages):
        asked["system"] = system
    if stops := _stops(body.get("stop")):
        asked["stop_sequences"] = stops
    if tools := body.get("tools"):
        asked["tools"] = [_tool(tool) for tool in tools]
        if choice := _tool_choice(body):
            asked["tool_choice"] = choice
    if output := _output(body):
        asked["output_config"] = output
    known = _TRANSLATED | _WITHOUT_COUNTERPART
    return asked | {"extra_body": {key: value for key, value in body.items() if key not in known}}


def _system(messages: Sequence[Mapping[str, Any]]) -> str:
    spoken = [message for message in messages if message.get("role") in {"system", "developer"}]
    return "\n\n".join(block["text"] for message in spoken for block in _blocks(message.get("content")))


def _messages(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the turns of user and assistant; what one of them said in several messages becomes one."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        role, blocks = _said(message)
        if not blocks:
            continue
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    return turns


def _said(message: Mapping[str, Any]) -> tuple[str, list[Block]]:
    match message.get("role"):
        case "system" | "developer":
            return "system", []
        case "user":
            return "user", _blocks(message.get("content"))
        case "assistant":
            return "assistant", _blocks(message.get("content")) + [
                _call(each) for each in message.get("tool_calls") or ()
            ]
        case "tool":
            result = {"type": "tool_result", "tool_use_id": message.get("tool_call_id")}
            return "user", [result | {"content": _blocks(message.get("content"))}]
        case _:
            raise RequestError("messages: a role is one of system, developer, user, assistant, tool")


def _blocks(content: object) -> list[Block]:
    """Return a message's content in blocks. The API refuses empty texts, so they are left out."""
    parts: Sequence[Any] = [{"type": "text", "text": content}] if isinstance(content, str) else content or []  # pyright: ignore[reportAssignmentType]
    return [block for part in parts if (block := _block(part))]


def _block(part: Mapping[str, Any]) -> Block | None:
    match part.get("type"):
        case "text":
            return {"type": "text", "text": part["text"]} if part.get("text") else None
        case "image_url":
            url = part["image_url"]["url"]
            if data := _DATA_URL.fullmatch(url):
                return {"type": "image", "source": {"type": "base64", "media_type": data[1], "data": data[2]}}
            return {"type": "image", "source": {"type": "url", "url": url}}
        case _:
            raise RequestError("messages: to this provider only texts and pictures can be sent")


def _call(call: Mapping[str, Any]) -> Block:
    function = call["function"]
    return {
        "type": "tool_use",
        "id": call["id"],
        "name": function["name"],
        "input": json.loads(function.get("arguments") or "{}"),
    }


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
    return kept | {"input_schema": schema}


def _tool_choice(body: Mapping[str, Any]) -> dict[str, Any] | None:
    choice = body.get("tool_choice")
    chosen: dict[str, Any]
    if isinstance(choice, Mapping):
        chosen = {"type": "tool", "name": choice["function"]["name"]}
    elif choice is None and body.get("parallel_tool_calls") is not False:
        return None
    else:
        chosen = {"type": {"required": "any", "none": "none"}.get(choice or "", "auto")}
    if body.get("parallel_tool_calls") is False and chosen["type"] != "none":
        chosen["disable_parallel_tool_use"] = True
    return chosen


def _output(body: Mapping[str, Any]) -> dict[str, Any]:
    output: dict[str, Any] = {}
    if body.get("reasoning_effort") in _EFFORTS:
        output["effort"] = body["reasoning_effort"]
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        output["format"] = {"type": "json_schema", "schema": form["json_schema"]["schema"]}
    elif form.get("type") not in {None, "text"}:
        raise RequestError("response_format: this provider knows text and json_schema")
    return output
