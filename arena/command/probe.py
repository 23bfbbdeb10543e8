"""Asks our own processes whether they are up, with nothing but the standard library."""

import asyncio
import json
from dataclasses import dataclass
from typing import TypeVar

from pydantic import SecretStr, ValidationError

from arena.admin import ModelStates, WorkerStates
from arena.word import Word

W = TypeVar("W", bound=Word)

PATIENCE = 5.0
"""Seconds until a question counts as unanswered."""


@dataclass(frozen=True)
class Serving:
    """What the controller can serve right now."""

    models: int = 0
    battle_models: int = 0


async def get(host: str, port: int, path: str, key: SecretStr | None = None) -> tuple[int, bytes] | None:
    """Return status and body, or None if nobody answers. HTTP/1.0, so that the body is everything until the end."""
    bearer = f"Authorization: Bearer {key.get_secret_value()}\r\n" if key else ""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n{bearer}\r\n".encode())
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    return (int(status[0]), body) if status and status[0].isdigit() else None


async def is_up(host: str, port: int, path: str) -> bool:
    """Whether the process there answers with 200."""
    answer = await get(host, port, path)
    return answer is not None and answer[0] == 200


async def serving(host: str, port: int) -> Serving:
    """Ask the controller how many models it can serve; none while it is not up or no worker serves."""
    answer = await get(host, port, "/health/ready")
    if answer is None or answer[0] != 200:
        return Serving()
    counts = json.loads(answer[1])
    return Serving(models=counts["models"], battle_models=counts["battle_models"])


async def revision(host: str, port: int, key: SecretStr) -> str | None:
    """Return the revision of the configuration that the controller has in force; None while it does not say."""
    states = await _told(host, port, "/admin/models", key, ModelStates)
    return states.revision if states else None


async def workers_for(host: str, port: int, key: SecretStr, models: frozenset[str]) -> int:
    """Return how many workers serve just these models, as far as the controller says."""
    states = await _told(host, port, "/admin/workers", key, WorkerStates)
    return sum(frozenset(worker.models) == models for worker in states.workers) if states else 0


async def _told(host: str, port: int, path: str, key: SecretStr, kind: type[W]) -> W | None:
    answer = await get(host, port, path, key)
    if answer is None or answer[0] != 200:
        return None
    try:
        return kind.model_validate_json(answer[1])
    except ValidationError:  # it is not our controller that answers there
        return None
