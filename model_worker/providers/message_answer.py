"""From Anthropic's Messages API to Chat Completions: what is answered. No I/O."""

from collections.abc import Iterator, Mapping
from typing import Any

from arena.errors import ContentRefused
from model_worker.completion import token_usage

_STOPS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
}


class AnswerTranslator:
    """Turns the events of one streamed answer into deltas of Chat Completions."""

    def __init__(self) -> None:
        self._calls: dict[int, int] = {}
        self._thoughts: dict[int, dict[str, Any]] = {}
        self._usage: dict[str, int] = {}
        self.finish_reason: str | None = None
        self.is_complete = False

    def deltas(self, event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield what an event adds. Raises ContentRefused when the model would not answer."""
        match event.get("type"):
            case "message_start":
                self._count(event["message"].get("usage"))
                yield {"role": "assistant", "content": ""}
            case "content_block_start":
                yield from self._begun(event["index"], event["content_block"])
            case "content_block_delta":
                yield from self._added(event["index"], event["delta"])
            case "content_block_stop" if event["index"] in self._thoughts:
                # Whole and signed, for those who send it back with the results of tools; its text has been sent.
                yield {"thinking_blocks": [self._thoughts.pop(event["index"])]}
            case "message_delta":
                self._count(event.get("usage"))
                self._stopped(event["delta"].get("stop_reason"))
            case "message_stop":
                self.is_complete = True
            case _:
                return

    def usage(self) -> dict[str, Any]:
        """Return the token counts under OpenAI's names. Cached tokens are prompt tokens, too."""
        seen = self._usage
        prompt = sum(seen.get(f"{kind}input_tokens", 0) for kind in ("", "cache_creation_", "cache_read_"))
        counts = token_usage(prompt, seen.get("output_tokens", 0))
        if cached := seen.get("cache_read_input_tokens"):
            counts["prompt_tokens_details"] = {"cached_tokens": cached}
        if thought := seen.get("thinking_tokens"):
            counts["completion_tokens_details"] = {"reasoning_tokens": thought}
        return counts

    def _count(self, usage: Mapping[str, Any] | None) -> None:
        """Take counts over; they are running totals, so the latest holds."""
        flat = {**(usage or {}), **((usage or {}).get("output_tokens_details") or {})}
        self._usage |= {name: count for name, count in flat.items() if isinstance(count, int)}

    def _stopped(self, reason: str | None) -> None:
        if reason == "refusal":
            raise ContentRefused
        if reason:
            self.finish_reason = _STOPS.get(reason, "stop")

    def _begun(self, index: int, block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        match block.get("type"):
            case "tool_use":
                self._calls[index] = len(self._calls)
                function = {"name": block["name"], "arguments": ""}
                call = {"index": self._calls[index], "id": block["id"], "type": "function", "function": function}
                yield {"tool_calls": [call]}
            case "thinking" | "redacted_thinking":
                self._thoughts[index] = dict(block)
            case "text" if block.get("text"):
                yield {"content": block["text"]}
            case _:
                return

    def _added(self, index: int, delta: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        match delta.get("type"):
            case "text_delta":
                yield {"content": delta["text"]}
            case "thinking_delta":
                self._thoughts[index]["thinking"] += delta["thinking"]
                yield {"reasoning_content": delta["thinking"]}
            case "signature_delta" if index in self._thoughts:
                self._thoughts[index]["signature"] = delta["signature"]
            case "input_json_delta" if index in self._calls:
                call = {"index": self._calls[index], "function": {"arguments": delta["partial_json"]}}
                yield {"tool_calls": [call]}
            case _:
                return
