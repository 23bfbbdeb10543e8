"""Takes personal data out of a text, or says that the conversation has to go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from export.personal_data.find import find
from export.personal_data.span import Kind, Span

Action = Literal["redact", "drop", "keep"]
Policy = Mapping[Kind, Action]
"""What is done with each kind; a kind that it does not name is redacted."""

REDACT_ALL: Policy = dict.fromkeys(Kind, "redact")
DROP_ALL: Policy = dict.fromkeys(Kind, "drop")


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without its personal data."""

    text: str
    spans: tuple[Span, ...]
    """What was replaced, by its place in the original."""
    drop: frozenset[Kind]
    """For what kinds the policy wants the conversation dropped."""


def redact(text: str, policy: Policy) -> Redaction:
    """Replace personal data by typed marks, as `[EMAIL]`; what drops the conversation is replaced as well."""
    spans = tuple(span for span in find(text) if policy.get(span.kind, "redact") != "keep")
    if not spans:
        return Redaction(text, spans, frozenset())
    parts: list[str] = []
    end = 0
    for span in spans:
        parts += text[end : span.start], f"[{span.kind}]"
        end = span.end
    drop = frozenset(span.kind for span in spans if policy.get(span.kind) == "drop")
    return Redaction("".join([*parts, text[end:]]), spans, drop)
