"""Attaches to a server that already runs: vLLM, SGLang, TGI, llama.cpp, Ollama."""

import asyncio
import logging
import secrets
from collections.abc import Mapping

from pydantic import SecretStr

from arena.errors import SetupError
from arena.worker import WorkerCard
from model_worker.engine.station import Engine, EngineFailed, Station

log = logging.getLogger(__name__)


def attach_card(url: str, models: Mapping[str, str], slots: int, key: SecretStr) -> WorkerCard:
    """Return the card of somebody's server; `models` are our names with its own. Raises SetupError."""
    address = url.rstrip("/").removesuffix("/v1")
    try:
        return WorkerCard(
            id=f"attach-{secrets.token_hex(4)}",
            url=address,
            models=tuple(models),
            upstreams={ours: theirs for ours, theirs in models.items() if ours != theirs},
            slots=slots,
            key=key,
        )
    except ValueError as error:
        raise SetupError(f"{url}: is not the address of a server, such as http://127.0.0.1:8000") from error


def named_models(given: list[str]) -> dict[str, str]:
    """Read `NAME` and `NAME=upstream`: our names, with what the server calls them. Raises SetupError."""
    models: dict[str, str] = {}
    for each in given:
        ours, is_other, theirs = each.partition("=")
        if not ours or (is_other and not theirs):
            raise SetupError(f"--model {each}: write NAME, or NAME=what the server calls it")
        models[ours] = theirs or ours
    return models


async def keep_attached(station: Station, card: WorkerCard) -> None:
    """Keep a server registered while it is well, until the station stops."""
    never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    engine = Engine(card, station.endpoint(card.url, card.key), never)
    while not station.is_stopping:
        log.info("waiting for %s", card.url)
        await station.until_well(engine)
        try:
            if not station.is_stopping:
                await _warn_of_names(engine)
                await station.serve(engine)
        except EngineFailed as failure:
            log.warning("%s %s", card.url, failure)


async def _warn_of_names(engine: Engine) -> None:
    """Say which names the server does not list. No more than that: some answer to any name, or to short ones."""
    listed = await engine.endpoint.models()
    asked = (engine.card.upstreams.get(name, name) for name in engine.card.models)
    if listed and (missing := [name for name in asked if name not in listed]):
        log.warning("%s does not list %s, but %s", engine.card.url, ", ".join(missing), ", ".join(sorted(listed)[:20]))
