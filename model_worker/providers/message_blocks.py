"""From Chat Completions to Anthropic's Messages API: what was said. No I/O."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from arena.errors import RequestError

Block = dict[str, Any]

_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+);base64,(.+)", re.DOTALL)
_SYSTEM = frozenset({"system", "developer"})


def system_of(messages: Sequence[Mapping[str, Any]]) -> str | list[Block]:
    """Return what stands apart there, wherever it stood here: one text, or parts where one is marked for caching."""
    spoken = [message for message in messages if message.get("role") in _SYSTEM]
    blocks = [block for message in spoken for block in _blocks(message.get("content"))]
    if any(block["type"] != "text" for block in blocks):
        raise RequestError("messages: a system message holds texts only")
    return blocks if any("cache_control" in block for block in blocks) else "\n\n".join(each["text"] for each in blocks)


def turns_of(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
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
    if not turns:
        raise RequestError("messages: a message with the role 'user' is needed")
    return turns


def _said(message: Mapping[str, Any]) -> tuple[str, list[Block]]:
    match message.get("role"):
        case "system" | "developer":
            return "system", []
        case "user":
            return "user", _blocks(message.get("content"))
        case "assistant":
            thought = [dict(each) for each in message.get("thinking_blocks") or ()]
            calls = [_call(each) for each in message.get("tool_calls") or ()]
            return "assistant", [*thought, *_blocks(message.get("content")), *calls]
        case "tool":
            result = {"type": "tool_result", "tool_use_id": message["tool_call_id"]}
            return "user", [result | {"content": _blocks(message.get("content"))}]
        case _:
            raise RequestError("messages: a role is one of system, developer, user, assistant, tool")


def _blocks(content: object) -> list[Block]:
    """Return a message's content in blocks. The API refuses empty texts, so they are left out."""
    parts: Sequence[Any] = [{"type": "text", "text": content}] if isinstance(content, str) else content or []  # pyright: ignore[reportAssignmentType]
    return [_marked(block, part) for part in parts if (block := _block(part))]


def _marked(block: Block, part: Mapping[str, Any]) -> Block:
    """Keep the mark by which the Messages API is told what to cache."""
    return block | {"cache_control": part["cache_control"]} if "cache_control" in part else block


def _block(part: Mapping[str, Any]) -> Block | None:
    match part.get("type"):
        case "text":
            return {"type": "text", "text": part["text"]} if part.get("text") else None
        case "refusal":
            return {"type": "text", "text": part["refusal"]} if part.get("refusal") else None
        case "image_url":
            return {"type": "image", "source": _picture(part["image_url"]["url"])}
        case "file":
            return {"type": "document", "source": _document(part["file"])}
        case _:
            raise RequestError("messages: to this provider only texts, pictures and PDF files can be sent")


def _picture(url: str) -> Block:
    if data := _DATA_URL.fullmatch(url):
        return {"type": "base64", "media_type": data[1], "data": data[2]}
    if url.startswith("https://"):
        return {"type": "url", "url": url}
    raise RequestError("messages: this provider takes pictures as data: or https: URLs")


def _document(file: Mapping[str, Any]) -> Block:
    data = _DATA_URL.fullmatch(file.get("file_data") or "")
    if data is None or data[1] != "application/pdf":
        raise RequestError("messages: this provider takes files as data: URLs of PDF")
    return {"type": "base64", "media_type": data[1], "data": data[2]}


def _call(call: Mapping[str, Any]) -> Block:
    function = call["function"]
    return {
        "type": "tool_use",
        "id": call["id"],
        "name": function["name"],
        "input": json.loads(function.get("arguments") or "{}"),
    }
