"""Which demo models there are."""

from collections.abc import Callable, Mapping, Sequence

from arena.errors import SetupError
from arena.model import ModelEntry
from model_worker.demo.doctor import Doctor
from model_worker.demo.echo import Echo
from model_worker.demo.helper.helper import Helper
from model_worker.demo.poet import Poet
from model_worker.demo.served import DemoModel, ServedDemo

DEMOS: Mapping[str, Callable[[], DemoModel]] = {
    "demo-doctor": Doctor,
    "demo-helper": Helper,
    "demo-poet": Poet,
    "demo-echo": Echo,
}


def demo_models(entries: Sequence[ModelEntry], words_per_second: float) -> dict[str, ServedDemo]:
    """Return the demo models of some entries, by the catalogue's names. Raises SetupError for an unknown one."""
    served: dict[str, ServedDemo] = {}
    for entry in entries:
        if (make := DEMOS.get(entry.upstream_name)) is None:
            raise SetupError(
                f"model {entry.name!r}: there is no demo model {entry.upstream_name!r} ({', '.join(DEMOS)})"
            )
        served[entry.name] = ServedDemo(make(), words_per_second)
    return served
