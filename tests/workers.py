"""Workers for tests: the real server, on a free port, with models of one account."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from arena.model import DEMO_MODELS, ModelEntry, WorkerKind
from model_worker.accounts import served_models
from model_worker.app import Worker, create_app
from model_worker.cli import make_card
from model_worker.config import WorkerSettings
from tests.serving import serving


@dataclass(frozen=True)
class RunningWorker:
    """A worker that serves, and a client that knows its key."""

    worker: Worker
    url: str
    http: httpx.Client

    def ask(self, model: str = "demo-echo", text: str = "Hello world", **fields: Any) -> httpx.Response:
        """Ask for a whole answer, or with `stream=True` for a stream that is read to its end."""
        return self.http.post("/v1/chat/completions", json=a_request(model, text, **fields))

    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.worker.card.key.get_secret_value()}"}


def a_request(model: str = "demo-echo", text: str = "Hello world", **fields: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], **fields}


def entries(worker: WorkerKind, base_url: str, *upstreams: str, slots: int = 4, **more: Any) -> tuple[ModelEntry, ...]:
    """Models of one account, called `our-...` here."""
    return tuple(
        ModelEntry(name=f"our-{each}", worker=worker, upstream=each, base_url=base_url, slots=slots, **more)
        for each in upstreams
    )


@contextmanager
def running(models: Sequence[ModelEntry] = DEMO_MODELS, **settings: Any) -> Generator[RunningWorker]:
    """Serve models while inside. Demo models speak as fast as they can, unless told otherwise."""
    wished: dict[str, Any] = {"words_per_second": 0, **settings}
    chosen = WorkerSettings(models=tuple(models), **wished)
    card = make_card(chosen, "127.0.0.1", 1)
    worker = Worker(chosen, card, served_models(chosen, lambda _: SecretStr("sk-SECRET")))
    with serving(create_app(worker), on_stop=worker.leave) as url:
        headers = {"authorization": f"Bearer {card.key.get_secret_value()}"}
        with httpx.Client(base_url=url, headers=headers, timeout=20) as http:
            yield RunningWorker(worker, url, http)


def eventually(is_true: Callable[[], bool], within: float) -> bool:
    """Whether a condition of another thread comes true within so many seconds."""
    until = time.monotonic() + within
    while not is_true() and time.monotonic() < until:
        time.sleep(0.002)
    return is_true()
