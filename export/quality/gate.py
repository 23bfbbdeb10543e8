"""Refuses a release whose redaction was not measured to be good enough."""

from collections.abc import Mapping
from typing import Any

from arena.errors import ArenaError, SetupError
from export.quality.measuring import TYPES


class RecallTooLow(ArenaError):
    """The redaction finds less than was asked for."""

    code = "recall_too_low"


def known_types(min_recall: Mapping[str, float]) -> dict[str, float]:
    """Return what is asked by the types' own names. Raises `SetupError` for a type that nothing is measured of."""
    wanted = {name.upper().replace("-", "_"): least for name, least in min_recall.items()}
    if unknown := sorted(wanted.keys() - set(TYPES)):
        raise SetupError(f"min-recall: nothing is measured as {unknown[0]}; there are {', '.join(TYPES)}")
    return wanted


def too_low(quality: Mapping[str, Any], min_recall: Mapping[str, float]) -> list[str]:
    """Say of which types less was found than asked, or nothing was measured. Raises `SetupError` for unknown types."""
    wanted = known_types(min_recall)
    recall: Mapping[str, Mapping[str, float]] = quality.get("recall", {})
    return [
        f"{name} was not measured" if name not in recall else f"{name} {recall[name]['recall']:.3f} is below {least:g}"
        for name, least in sorted(wanted.items())
        if name not in recall or recall[name]["recall"] < least
    ]


def refuse_below(quality: Mapping[str, Any], min_recall: Mapping[str, float]) -> None:
    """Raise `RecallTooLow` if less was found of a type than asked."""
    if found := too_low(quality, min_recall):
        raise RecallTooLow("recall: " + ", ".join(found))
