"""The steps of a release that deal with personal data other than names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from arena.errors import SetupError
from export.personal_data.find import find
from export.personal_data.redact import Action, Policy, redact
from export.personal_data.span import Kind
from export.release.steps import Bundle, BundleStep, Dropped, Row, Step

REASON = "personal_data_"
"""What the reason of a drop begins with; the kind follows, in lower case."""
INCOMPLETE = "redaction_incomplete"


class Place(Protocol):
    """Where a name stands in a text, in characters."""

    @property
    def start(self) -> int:
        """Its first character."""
        ...

    @property
    def end(self) -> int:
        """What comes after its last one."""
        ...


class FindsNames(Protocol):
    """What an engine for names can do, as far as it matters here."""

    def find(self, texts: Sequence[str]) -> Sequence[Sequence[Place]]:
        """Return the names in each text of a conversation."""
        ...


def policy_of(pii: Action, by_kind: Mapping[str, Action]) -> Policy:
    """Return what is done with each kind: what `by_kind` says, else `pii`. Raises `SetupError` for unknown kinds."""
    named: dict[str, Action] = {name.upper().replace("-", "_"): action for name, action in by_kind.items()}
    if unknown := sorted(named.keys() - {kind.value for kind in Kind}):
        raise SetupError(f"policy: {unknown[0]} is no kind of personal data; there are {', '.join(Kind)}")
    return {kind: named.get(kind.value, pii) for kind in Kind}


def personal_data(policy: Policy) -> Step:
    """Make the step that drops a row for what its messages hold, or replaces it by marks.

    Asides never drop a row, as a form that leaves them out must not depend on them: in them everything is replaced.
    """
    in_asides: Policy = {kind: "keep" if action == "keep" else "redact" for kind, action in policy.items()}

    def without_personal_data(row: Row) -> Row | Dropped:
        messages = [redact(text, policy) for text in row.texts]
        drop = {kind for message in messages for kind in message.drop}
        if drop:
            first = next(kind for kind in Kind if kind in drop)
            return Dropped(row.ledger_id, REASON + first.lower())
        asides = tuple(redact(text, in_asides).text for text in row.asides)
        if asides == row.asides and not any(message.spans for message in messages):
            return row
        counts = Counter(row.replaced)
        counts.update(span.kind.value for message in messages for span in message.spans)
        return replace(
            row,
            texts=tuple(message.text for message in messages),
            asides=asides,
            replaced=dict(counts),
        )

    return without_personal_data


def nothing_left(policy: Policy, names: FindsNames | None = None) -> BundleStep:
    """Make the step that looks again at what would be released, and drops what still holds personal data.

    With an engine, names that it still finds drop a row as well.
    """

    def with_nothing_left(bundle: Bundle) -> Bundle:
        return bundle.with_rows(_checked(row, policy, names) for row in bundle.rows)

    return with_nothing_left


def _checked(row: Row | Dropped, policy: Policy, names: FindsNames | None) -> Row | Dropped:
    if isinstance(row, Dropped):
        return row
    texts = (*row.texts, *row.asides)
    left = any(policy.get(span.kind) != "keep" for text in texts for span in find(text))
    return Dropped(row.ledger_id, INCOMPLETE) if left or (names and _named(texts, names)) else row


def _named(texts: Sequence[str], names: FindsNames) -> bool:
    found = zip(texts, names.find(texts), strict=True)
    return any("NAME_" not in text[span.start : span.end] for text, spans in found for span in spans)
