"""The form of answers: OpenAI's chat completion chunks and chat completions."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from model_worker.chat_request import ChatRequest, EmbeddingRequest

Chunk = dict[str, Any]
"""One JSON object of a stream."""
Completion = dict[str, Any]
"""A whole answer as one JSON object."""


class ServedModel(Protocol):
    """A model that this worker serves under the catalogue's name."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[Chunk]:
        """Answer in chunks. Raises an ArenaError where it cannot; closing it stops the work."""
        ...

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer in one piece."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """What also makes vectors of texts."""

    async def embed(self, request: EmbeddingRequest) -> Completion:
        """Return the vectors, in OpenAI's form."""
        ...


@dataclass(frozen=True)
class ChunkForm:
    """What all chunks of one answer have in common."""

    id: str
    created: int
    """Unix seconds."""
    model: str
    include_usage: bool = False

    def delta(self, delta: dict[str, Any], finish_reason: str | None = None) -> Chunk:
        """Return a chunk that adds to the answer, or ends it."""
        return self._chunk([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}])

    def usage(self, usage: dict[str, Any]) -> Chunk:
        """Return the chunk that counts tokens: the last one, when it was asked for."""
        return {**self._chunk([]), "usage": usage}

    def _chunk(self, choices: list[dict[str, Any]]) -> Chunk:
        chunk: Chunk = {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }
        if self.include_usage:
            chunk["usage"] = None
        return chunk


def new_form(request: ChatRequest, now: float) -> ChunkForm:
    """Return the form of a new answer of ours."""
    return ChunkForm(f"chatcmpl-{secrets.token_hex(12)}", int(now), request.model, request.include_usage)


def token_usage(prompt: int, completion: int) -> dict[str, Any]:
    """Return token counts under OpenAI's names."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def says_nothing(chunk: Chunk) -> bool:
    """Whether a chunk only announces an answer: a role or, at Azure, what its filter found; and not a word yet."""
    choices = chunk.get("choices")
    if not choices:
        return choices is not None and not chunk.get("usage")
    return not any(
        choice.get("finish_reason") or any(value for key, value in (choice.get("delta") or {}).items() if key != "role")
        for choice in choices
    )


async def gather(chunks: AsyncIterable[Chunk]) -> Completion:
    """Put chunks of one choice together to a whole answer."""
    completion: Completion = {"object": "chat.completion"}
    message: dict[str, Any] = {"role": "assistant", "content": None}
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    async for chunk in chunks:
        completion = {key: chunk[key] for key in ("id", "created", "model")} | completion
        usage = chunk.get("usage") or usage
        for choice in chunk["choices"]:
            finish_reason = choice["finish_reason"] or finish_reason
            _add(message, choice["delta"])
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
    return completion | {"choices": [choice], "usage": usage}


def _add(message: dict[str, Any], delta: dict[str, Any]) -> None:
    for key in ("content", "reasoning_content"):
        if key in delta:
            message[key] = (message.get(key) or "") + delta[key]
    if "thinking_blocks" in delta:
        message["thinking_blocks"] = [*message.get("thinking_blocks", ()), *delta["thinking_blocks"]]
    for call in delta.get("tool_calls", ()):
        calls: list[dict[str, Any]] = message.setdefault("tool_calls", [])
        if call["index"] == len(calls):
            calls.append({"id": call["id"], "type": "function", "function": {**call["function"]}})
        else:
            calls[call["index"]]["function"]["arguments"] += call["function"]["arguments"]
