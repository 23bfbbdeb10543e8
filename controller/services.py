"""One place wires everything."""

from dataclasses import dataclass
from functools import partial
from random import SystemRandom

from controller.access import Addresses
from controller.accounts.api_log import ApiLog
from controller.accounts.callers import Callers
from controller.accounts.key_ring import KeyRing
from controller.accounts.spending import Spending
from controller.accounts.turn_costs import TurnCosts
from controller.admission import Admission
from controller.battles import Battles
from controller.catalogue import Catalogue
from controller.chats import Chats
from controller.config import ControllerSettings
from controller.country import open_countries
from controller.deletions import Deletions
from controller.finishing import Finishing
from controller.limits import RateLimit, StreamLimit
from controller.metrics import Metrics
from controller.neighbours import Neighbours
from controller.outage_recovery import Outage
from controller.patience import Patience
from controller.pool.answering import Ask
from controller.pool.worker_pool import WorkerPool
from controller.pseudonym import PeriodKeys
from controller.reloading import Configured, Reloading
from controller.routing.rules import Rules
from controller.running import RunningTurns
from controller.sessions import TO_BE_ANSWERED, TO_BE_KEPT, Sessions
from controller.stopping import Stopping
from controller.turn_book import LedgerBook
from controller.turns import TurnPlayer
from controller.unlogged import Unlogged
from controller.upstream.client import Upstream
from controller.upstream.gathering import BEAT_SECONDS
from controller.worker_client import WorkerClient
from logging_store.api_keys import keys_of
from logging_store.exchanges import add_exchange
from logging_store.ledger import Ledger
from logging_store.usage import count_usage


@dataclass(frozen=True)
class Services:
    """What the routes call."""

    settings: ControllerSettings
    ledger: Ledger
    outage: Outage
    pool: WorkerPool
    catalogue: Catalogue
    addresses: Addresses
    sessions: Sessions
    chats: Chats
    battles: Battles
    deletions: Deletions
    workers: WorkerClient
    upstream: Upstream
    running: RunningTurns
    stopping: Stopping
    metrics: Metrics
    callers: Callers
    spending: Spending
    api_log: ApiLog
    configured: Configured
    reloading: Reloading


def wire(
    settings: ControllerSettings,
    outage: Outage,
    upstream: Upstream,
    running: RunningTurns,
    ask: Ask | None,
    reloading: Reloading,
) -> Services:
    """Build everything once. `ask` takes the place of the HTTP call to a worker."""
    ledger, kept = outage.ledger.ledger, outage.ledger
    limits = settings.limits
    metrics = Metrics(lambda name: catalogue.offers(name))  # noqa: PLW0108 (it is made below)
    pool = WorkerPool(
        settings.silence_seconds,
        Rules.of(settings),
        allowance=lambda model: catalogue.allowance(model),  # noqa: PLW0108
        watcher=metrics,
    )
    catalogue = Catalogue(settings.models, pool, is_stopped=lambda entry: spending.is_stopped(entry))  # noqa: PLW0108
    spending = Spending(partial(count_usage, ledger), catalogue.entry, metrics)
    callers = Callers(
        KeyRing(partial(keys_of, ledger)),
        spending,
        settings.gateway_key,
        is_behind_proxy=bool(settings.trusted_proxies),
    )
    gather = settings.gather_ms / 1000
    beat = BEAT_SECONDS if gather >= BEAT_SECONDS else 0.0
    patience = Patience(settings.first_word_seconds, settings.between_words_seconds)
    client = WorkerClient(upstream, patience, gathers=beat > 0, is_listed=catalogue.offers)
    streams = StreamLimit(limits.streams_per_session)
    sessions = Sessions(
        kept,
        RateLimit(limits.sessions_per_minute_per_address),
        stop=lambda session_id: stopping.stop_session(session_id),  # noqa: PLW0108 (it is made below)
        unlogged_chat=settings.unlogged_chat,
    )
    admission = Admission(
        limits=limits,
        sessions=sessions,
        running=running,
        streams=streams,
        per_session=RateLimit(limits.turns_per_minute),
        per_address=RateLimit(limits.turns_per_minute_per_address),
        controller=settings.name,
    )
    period_keys = PeriodKeys(settings.pseudonym_period, settings.pseudonym_key_of)
    neighbours = Neighbours(ledger, settings.name)
    stopping = Stopping(kept, running, neighbours, settings.name)
    unlogged = Unlogged()
    needed = TO_BE_ANSWERED if settings.unlogged_chat else TO_BE_KEPT
    player = TurnPlayer(
        book=LedgerBook(kept, Finishing(kept, running), metrics),
        pool=pool,
        ask=ask or client.stream,
        running=running,
        streams=streams,
        metrics=metrics,
        gather_seconds=gather - beat,  # what is read on the beat has been held so long
        offers=catalogue.offers,
        paid=TurnCosts(spending, catalogue.entry).paid,
    )
    return Services(
        settings=settings,
        ledger=ledger,
        outage=outage,
        pool=pool,
        catalogue=catalogue,
        addresses=Addresses(settings.page_key, period_keys, open_countries(settings.country_database)),
        sessions=sessions,
        chats=Chats(kept, catalogue, admission, player, stopping, unlogged, needed),
        battles=Battles(kept, catalogue, admission, player, stopping, metrics, SystemRandom()),
        deletions=Deletions(kept, running, stopping, unlogged, sessions.openings, settings.tombstones),
        workers=client,
        upstream=upstream,
        running=running,
        stopping=stopping,
        metrics=metrics,
        callers=callers,
        spending=spending,
        api_log=ApiLog(partial(add_exchange, ledger), running, settings.name),
        configured=Configured(settings, catalogue, admission),
        reloading=reloading,
    )
