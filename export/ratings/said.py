"""What was said in a battle: all that categories and eligibility look at."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from arena.errors import SetupError

TEXT_COLUMNS = ("conversation_a", "conversation_b")


class Said(NamedTuple):
    """A battle's texts. Both sides hold the same messages of the visitor."""

    prompts: tuple[str, ...]
    answers_a: tuple[str, ...] = ()
    answers_b: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """All that the visitor wrote, as one text: what a model is shown to label it."""
        return "\n\n".join(self.prompts)

    @property
    def answered(self) -> tuple[str, str]:
        """All that either side answered, as one text each."""
        return "\n\n".join(self.answers_a), "\n\n".join(self.answers_b)


def said_in(batch: pa.RecordBatch) -> list[Said]:
    """Read the battles of a batch, in either published form; without a second side its answers are missing."""
    known = batch.schema.names
    if TEXT_COLUMNS[0] not in known:
        raise SetupError(f"there is no column {TEXT_COLUMNS[0]}: these votes come without what was said")
    a = batch.column(TEXT_COLUMNS[0]).to_pylist()
    b = batch.column(TEXT_COLUMNS[1]).to_pylist() if TEXT_COLUMNS[1] in known else [()] * len(a)
    try:
        return [
            Said(_texts(one, "user"), _texts(one, "assistant"), _texts(other, "assistant"))
            for one, other in zip(a, b, strict=True)
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise SetupError(f"{' and '.join(TEXT_COLUMNS)} must be lists of messages with role and content") from error


def _texts(conversation: Sequence[Mapping[str, Any]] | None, role: str) -> tuple[str, ...]:
    return tuple(_text(each["content"]) for each in conversation or () if each["role"] == role)


def _text(content: str | Iterable[Mapping[str, Any]] | None) -> str:
    """Return a message's text; newer forms hold a list of parts."""
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text") or "" for part in content or ())
