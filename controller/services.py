"""One place wires everything."""

import time
from dataclasses import dataclass
from random import SystemRandom

import aiohttp

from controller.access import Addresses
from controller.admission import Admission
from controller.answering import Ask
from controller.battles import Battles
from controller.catalogue import Catalogue
from controller.chats import Chats
from controller.config import ControllerSettings
from controller.finishing import Finishing
from controller.limits import RateLimit, StreamLimit
from controller.metrics import Metrics
from controller.reloading import Configured, Reloading
from controller.routing.rules import Rules
from controller.running import RunningTurns
from controller.sessions import Sessions
from controller.turns import TurnPlayer
from controller.worker_client import Patience, WorkerClient
from controller.worker_pool import WorkerPool
from logging_store.ledger import Ledger


@dataclass(frozen=True)
class Services:
    """What the routes call."""

    settings: ControllerSettings
    ledger: Ledger
    pool: WorkerPool
    catalogue: Catalogue
    addresses: Addresses
    sessions: Sessions
    chats: Chats
    battles: Battles
    workers: WorkerClient
    running: RunningTurns
    metrics: Metrics
    configured: Configured
    reloading: Reloading


def wire(
    settings: ControllerSettings,
    ledger: Ledger,
    http: aiohttp.ClientSession,
    running: RunningTurns,
    ask: Ask | None,
    reloading: Reloading,
) -> Services:
    """Build everything once. `ask` takes the place of the HTTP call to a worker."""
    limits = settings.limits
    metrics = Metrics(lambda name: catalogue.offers(name))  # noqa: PLW0108 (it is made below)
    pool = WorkerPool(
        settings.silence_seconds,
        Rules.of(settings),
        allowance=lambda model: catalogue.allowance(model),  # noqa: PLW0108
        watcher=metrics,
    )
    catalogue = Catalogue(settings.models, pool)
    client = WorkerClient(http, Patience(settings.first_word_seconds, settings.between_words_seconds))
    streams = StreamLimit(limits.streams_per_session)
    sessions = Sessions(ledger, RateLimit(limits.sessions_per_minute_per_address))
    admission = Admission(
        limits=limits,
        sessions=sessions,
        running=running,
        streams=streams,
        per_session=RateLimit(limits.turns_per_minute),
        per_address=RateLimit(limits.turns_per_minute_per_address),
        controller=settings.name,
    )
    player = TurnPlayer(
        ledger=ledger,
        pool=pool,
        ask=ask or client.stream,
        running=running,
        streams=streams,
        finishing=Finishing(ledger, running),
        metrics=metrics,
        gather_seconds=settings.gather_ms / 1000,
        clock=time.time,
        offers=catalogue.offers,
    )
    return Services(
        settings=settings,
        ledger=ledger,
        pool=pool,
        catalogue=catalogue,
        addresses=Addresses(settings.page_key, settings.pseudonym_key),
        sessions=sessions,
        chats=Chats(ledger, catalogue, admission, player, running),
        battles=Battles(ledger, catalogue, admission, player, running, metrics, SystemRandom()),
        workers=client,
        running=running,
        metrics=metrics,
        configured=Configured(settings, catalogue, admission),
        reloading=reloading,
    )
