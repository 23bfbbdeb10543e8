"""The edge towards an engine: whether it is well, and how busy it is."""

from enum import Enum

import aiohttp
from pydantic import BaseModel, SecretStr

from model_worker.engine.load import Load, read_load


class Health(Enum):
    """What an engine says of itself."""

    WELL = "well"
    ILL = "ill"
    """It answers, and says that it cannot serve; or nobody listens there any more."""
    SILENT = "silent"
    """It did not answer in time: it may be busy."""


class _Named(BaseModel):
    id: str


class _Listed(BaseModel):
    data: tuple[_Named, ...]


class Endpoint:
    """An engine's address."""

    def __init__(self, http: aiohttp.ClientSession, url: str, key: SecretStr, answer_seconds: float) -> None:
        self.url = url
        self.key = key
        self._http = http
        self._timeout = aiohttp.ClientTimeout(total=answer_seconds)

    async def health(self) -> Health:
        """Ask `/health`; where there is no such address, as with Ollama, the list of models."""
        status = await self._status("/health")
        return _health(await self._status("/v1/models") if status == 404 else status)

    async def load(self) -> Load | None:
        """Return how busy it is; None if it does not say."""
        try:
            async with self._get("/metrics") as response:
                if response.status != 200:
                    return None
                return read_load(await response.text(errors="replace"))
        except (TimeoutError, aiohttp.ClientError, OSError):
            return None

    async def models(self) -> frozenset[str]:
        """Return what it says it serves; nothing where it does not say."""
        try:
            async with self._get("/v1/models") as response:
                told = await response.json(content_type=None) if response.status == 200 else None
            return frozenset(each.id for each in _Listed.model_validate(told).data)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError):
            return frozenset()

    async def _status(self, path: str) -> int | None:
        """Return the status of an answer; 0 if nobody is there, None if there was none in time."""
        try:
            async with self._get(path) as response:
                return response.status
        except TimeoutError:
            return None
        except (aiohttp.ClientError, OSError):
            return 0

    def _get(self, path: str) -> "aiohttp.client._RequestContextManager":  # pyright: ignore[reportPrivateUsage]
        secret = self.key.get_secret_value()
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        return self._http.get(self.url + path, headers=headers, timeout=self._timeout, allow_redirects=False)


def _health(status: int | None) -> Health:
    if status is None:
        return Health.SILENT
    return Health.WELL if status == 200 else Health.ILL
