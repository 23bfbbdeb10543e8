"""Measures the redaction on the repository's own benches, of which no recogniser and no model was made."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any, Protocol, cast

from export.language.names import names as language_names
from export.names.bench.measure import Quality as MeasuredNames
from export.names.bench.measure import measure_names
from export.names.engine import Setting
from export.personal_data.bench.cases import cases
from export.personal_data.bench.measure import is_found
from export.personal_data.find import find
from export.personal_data.span import Kind

SEED = 42
EACH = 100
"""Messages of each kind, by default: a few seconds, and shares that are right to some hundredths."""
NAME = "NAME"
"""Of names, those of which something was found."""
NAME_WHOLE = "NAME_WHOLE"
"""Of conversations with names, those in which nothing of any is left."""
TYPES = (*(kind.value for kind in Kind), NAME, NAME_WHOLE)
"""What a least recall may be asked of."""
_OF_THE_NAMES_BENCH = {"af": "English, African names", "in": "English, Indian names"}
"""What its two codes mean that are no languages'."""
LIBRARIES = ("google-re2", "phonenumbers", "python-stdnum")


class Asked(Protocol):
    """What of a release's settings decides about names."""

    @property
    def names(self) -> str:
        """The setting: recall, balanced or none."""
        ...

    @property
    def name_engines(self) -> tuple[str, ...]:
        """Engines besides ours."""
        ...


def measure_quality(settings: Asked, seed: int = SEED, each: int = EACH) -> dict[str, Any]:
    """Return recall and over-redaction by type and language, ready for JSON: for a manifest, a card, a table.

    The same in every process with the same versions. Engines of others are not measured: recall is ours alone.
    """
    quality = deepcopy(_measured(cast("Setting", settings.names), seed, each))
    if settings.name_engines:
        quality["other_engines"] = None
    return quality


@dataclass(slots=True)
class _Tally:
    """Counts hits by language."""

    seen: Counter[str] = field(default_factory=Counter[str])
    hit: Counter[str] = field(default_factory=Counter[str])

    def add(self, language: str, *, hit: bool) -> None:
        self.seen[language] += 1
        self.hit[language] += hit

    def by_language(self) -> dict[str, float]:
        return {name: round(self.hit[name] / seen, 4) for name, seen in sorted(self.seen.items())}

    def together(self, word: str, of: str) -> dict[str, Any]:
        return {word: round(self.hit.total() / max(1, self.seen.total()), 4), of: self.seen.total()}


@cache
def _measured(setting: Setting, seed: int, each: int) -> dict[str, Any]:
    recall: dict[str, _Tally] = defaultdict(_Tally)
    over: dict[str, _Tally] = defaultdict(_Tally)
    for case in cases(seed, "held_out", each):
        spans = find(case.text)
        if case.kind is not None:
            recall[case.kind.value].add(case.language, hit=is_found(spans, case))
            continue
        over["any kind"].add(case.language, hit=bool(spans))
        found = {span.kind for span in spans}
        for kind in Kind:
            over[kind.value].add(case.language, hit=kind in found)
    quality: dict[str, Any] = {
        "seed": seed,
        "names": setting,
        "recall": {kind.value: recall[kind.value].together("recall", "cases") for kind in Kind},
        "recall_by_language": {kind.value: recall[kind.value].by_language() for kind in Kind},
        "over_redaction": {name: tally.together("touched", "messages") for name, tally in over.items()},
        "over_redaction_by_language": {"any kind": over["any kind"].by_language()},
        "versions": {name: version(name) for name in LIBRARIES},
    }
    if setting != "none":
        _add_names(quality, setting, seed)
    return quality


def _add_names(quality: dict[str, Any], setting: Setting, seed: int) -> None:
    """Put names beside the kinds: of what part something was found, and how many clean messages were touched."""
    measured = measure_names(setting, seed)
    together, languages = measured.together, _in_english(measured.languages)
    quality["recall"][NAME] = {"recall": round(together.any, 4), "cases": together.conversations}
    quality["recall"][NAME_WHOLE] = {"recall": round(together.whole, 4), "cases": together.conversations}
    quality["over_redaction"][NAME] = {"touched": round(together.touched, 4), "messages": together.clean_messages}
    by_language = quality["recall_by_language"]
    by_language[NAME] = {name: round(each.any, 4) for name, each in languages.items() if each.conversations}
    by_language[NAME_WHOLE] = {name: round(each.whole, 4) for name, each in languages.items() if each.conversations}
    touched = {name: round(each.touched, 4) for name, each in languages.items() if each.clean_messages}
    quality["over_redaction_by_language"][NAME] = touched


def _in_english(languages: Mapping[str, MeasuredNames]) -> dict[str, MeasuredNames]:
    named = {**language_names(), **_OF_THE_NAMES_BENCH}
    return {named[code]: each for code, each in sorted(languages.items())}
