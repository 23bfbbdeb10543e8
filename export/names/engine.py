"""Chooses the finder of names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from export.names.adapters.gliner import gliner_engine
from export.names.adapters.presidio import presidio_engine
from export.names.balanced import Balanced
from export.names.lists import for_finding
from export.names.recall import Recall
from export.names.span import NameEngine, NameSpan, united

Setting = Literal["recall", "balanced", "none"]


def _openai_engine(rest: str) -> NameEngine:
    from export.names.adapters.openai import openai_engine  # noqa: PLC0415 (a second of each process)

    return openai_engine(rest)


_ADAPTERS: Mapping[str, Callable[[str], NameEngine]] = {
    "presidio": presidio_engine,
    "gliner": gliner_engine,
    "openai": _openai_engine,
}


@dataclass(frozen=True, slots=True)
class Union:
    """What any of several finders finds."""

    engines: tuple[NameEngine, ...]

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """Return the names in each text."""
        found = [engine.find(texts) for engine in self.engines]
        return [united([span for each in row for span in each]) for row in zip(*found, strict=True)]


def name_engine(setting: Setting, extra: Sequence[str] = (), public_figures: bool = False) -> NameEngine | None:
    """Return the finder for a setting, with others added: `presidio:FOLDER`, `gliner:FOLDER`, `openai:URL MODEL`.

    With `public_figures`, the names of people whom everybody knows are left as they are.
    Raises ValueError for an extra that nothing knows.
    """
    engines: list[NameEngine] = []
    if setting == "recall":
        engines.append(Recall(for_finding(public_figures)))
    elif setting == "balanced":
        engines.append(Balanced(for_finding(public_figures)))
    for each in extra:
        kind, rest = _named(each)
        engines.append(_ADAPTERS[kind](rest))
    if len(engines) < 2:
        return engines[0] if engines else None
    return Union(tuple(engines))


def check_engines(extra: Sequence[str]) -> None:
    """See, before anything is read, that finders of others are there. Raises ValueError for one that is not."""
    for kind, rest in map(_named, extra):
        if kind == "openai":
            from export.names.adapters.openai import check_server  # noqa: PLC0415 (only where it is asked for)

            check_server(rest)
        elif not Path(rest).is_dir():
            raise ValueError(f"{kind}: there is no folder {rest}")


def _named(extra: str) -> tuple[str, str]:
    kind, _, rest = extra.partition(":")
    if kind not in _ADAPTERS or not rest:
        raise ValueError(
            f"no finder of names is called {extra!r}: say presidio:FOLDER, gliner:FOLDER or openai:URL MODEL"
        )
    return kind, rest
