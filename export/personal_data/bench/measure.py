"""What the recognisers find of the bench."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from export.personal_data.bench.cases import Case
from export.personal_data.span import Kind, Span


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured on a bench."""

    recall: dict[str, float]
    """Kind, or kind and group: the share that was found, as the right kind or another."""
    false_alarms: float
    """The share of look-alikes in which anything was found."""
    missed: Sequence[Case]
    alarming: Sequence[Case]


def measure(find: Callable[[str], Sequence[Span]], bench: Iterable[Case]) -> Quality:
    """Run `find` over a bench. Found is what is covered to its last character."""
    seen: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    missed: list[Case] = []
    alarming: list[Case] = []
    lookalikes = 0
    for case in bench:
        spans = find(case.text)
        if case.kind is None:
            lookalikes += 1
            alarming += [case] if spans else []
            continue
        found = is_found(spans, case)
        missed += [] if found else [case]
        for name in _names(case, case.kind):
            seen[name] += 1
            hit[name] += found
    recall = {name: hit[name] / seen[name] for name in seen}
    return Quality(recall, len(alarming) / max(1, lookalikes), missed, alarming)


def _names(case: Case, kind: Kind) -> list[str]:
    return [kind.value, f"{kind.value} {case.group}"] if case.group else [kind.value]


def is_found(spans: Sequence[Span], case: Case) -> bool:
    """Tell whether a case's value is covered; a secret's label and an address's place may stand."""
    if case.kind in {Kind.SECRET, Kind.ADDRESS}:
        return any(span.start < case.end and case.start < span.end for span in spans)
    left = {at for at in range(case.start, case.end) if not case.text[at].isspace()}
    return not left - {at for span in spans for at in range(span.start, span.end)}
