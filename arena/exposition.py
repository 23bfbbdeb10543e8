"""Measurements in Prometheus's text format, for processes that have few of them.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Family:
    """What is measured under one name, by its labels' values. A counter's name ends with `_total`."""

    name: str
    kind: Literal["counter", "gauge"]
    what: str
    labels: tuple[str, ...] = ()
    values: dict[tuple[str, ...], float] = field(default_factory=dict[tuple[str, ...], float])

    def add(self, *labels: str, n: float = 1) -> None:
        """Count."""
        self.values[labels] = self.values.get(labels, 0) + n

    def replace(self, values: Mapping[tuple[str, ...], float]) -> None:
        """Say how things stand now."""
        self.values = dict(values)

    def text(self) -> str:
        """Return the lines of this name."""
        lines = [f"# HELP {self.name} {self.what}", f"# TYPE {self.name} {self.kind}"]
        lines += [f"{self.name}{self._pairs(labels)} {value}" for labels, value in sorted(self.values.items())]
        return "\n".join(lines) + "\n"

    def _pairs(self, values: tuple[str, ...]) -> str:
        pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(self.labels, values, strict=True))
        return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def exposition(families: Iterable[Family]) -> bytes:
    """Return all families in the text format."""
    return "".join(family.text() for family in families).encode()
