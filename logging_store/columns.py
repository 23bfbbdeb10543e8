"""How our words are written in columns: readable for whoever opens the database with other tools."""

from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from arena.chat import Parameters

E = TypeVar("E", bound=StrEnum)


def storable(text: str) -> str:
    """Return the text as both databases can hold it.

    PostgreSQL knows no NUL, and UTF-8 no lone surrogates: each becomes U+FFFD, the replacement character. A pair of
    surrogates that belong together becomes the character that they mean. Everything else stays as it is.
    """
    text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class SaidText(TypeDecorator[str]):
    """What people and models said: any text, made storable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Make it storable on the way in."""
        return None if value is None else storable(value)


class Wire(TypeDecorator[E], Generic[E]):
    """An enum under its wire string."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the wire string."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:  # noqa: ARG002
        """Read the word back."""
        return None if value is None else self.kind(value)


class ParametersJson(TypeDecorator[Parameters]):
    """Parameters as a JSON object that names only what was set."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Parameters | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write what was set."""
        return None if value is None else value.model_dump(mode="json", exclude_none=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Parameters | None:  # noqa: ARG002
        """Read it back."""
        return None if value is None else Parameters.model_validate(value)


class Words(TypeDecorator[tuple[str, ...]]):
    """A JSON list of words; `[]` when there are none."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write a list."""
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002
        """Read a tuple."""
        return None if value is None else tuple(value)
