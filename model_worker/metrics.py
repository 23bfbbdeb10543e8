"""What a worker counts: answers by how they ended, slots, and errors by code. Never a text, a key or an address."""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from arena.errors import ArenaError
from arena.exposition import Family, exposition
from arena.model import ModelEntry
from arena.telemetry import Attributes
from model_worker.slots import Slots

PROVIDERS = {"azure": "azure.ai.openai", "bedrock": "aws.bedrock", "vertex": "gcp.vertex_ai"}
"""What OpenTelemetry calls a provider, where that is not our own word."""


def call_attributes(entry: ModelEntry) -> Attributes:
    """Return what a trace tells of a call of a model, in the words of OpenTelemetry's conventions for them."""
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": PROVIDERS.get(entry.worker.value, entry.worker.value),
        "gen_ai.request.model": entry.upstream_name,
    }


class Metrics:
    """One worker's measurements. Its models are those of one account: the labels are bounded."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._answers = Family(
            "arena_worker_answers_total",
            "counter",
            "Answers, by how they ended: completed, failed, or cancelled because whoever asked left",
            ("model", "ending"),
        )
        self._errors = Family(
            "arena_worker_errors_total", "counter", "Failed answers, by the error's code", ("model", "code")
        )
        self._busy = Family("arena_worker_busy_slots", "gauge", "Answers being written now", ("model",))
        self._all = Family("arena_worker_slots", "gauge", "Answers at once", ("model",))
        self._draining = Family("arena_worker_draining", "gauge", "1 when no new answer is begun")

    @contextmanager
    def answering(self, model: str) -> Generator[None]:
        """Count an answer when it has ended. `model` is one that this worker serves."""
        ending, code = "failed", ""
        try:
            yield
            ending = "completed"
        except (asyncio.CancelledError, GeneratorExit):
            ending = "cancelled"
            raise
        except ArenaError as error:
            code = error.code
            raise
        except Exception:
            code = ArenaError.code
            raise
        finally:
            self._answers.add(model, ending)
            if code:
                self._errors.add(model, code)

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        self._busy.replace(_by_model(self._slots.busy_by_model()))
        self._all.replace(_by_model(self._slots.per_model))
        self._draining.replace({(): float(self._slots.is_draining)})
        return exposition((self._answers, self._errors, self._busy, self._all, self._draining))


def _by_model(values: Mapping[str, int]) -> dict[tuple[str, ...], float]:
    return {(model,): value for model, value in values.items()}
