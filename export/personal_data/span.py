"""What a recogniser finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of personal data. The value is the mark that replaces it, in brackets."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    CARD = "CARD"
    IBAN = "IBAN"
    ACCOUNT = "ACCOUNT"
    GOVERNMENT_ID = "GOVERNMENT_ID"
    IP = "IP"
    MAC = "MAC"
    ADDRESS = "ADDRESS"
    BIRTH_DATE = "BIRTH_DATE"
    URL = "URL"
    SECRET = "SECRET"  # noqa: S105
    WALLET = "WALLET"
    PLATE = "PLATE"
    COORDINATES = "COORDINATES"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Personal data in a text, from `start` to before `end`, in characters."""

    start: int
    end: int
    kind: Kind
    rule: str
    """What proved it: a country, a vendor, a form."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Finds one kind of personal data, in texts in which its gate (RE2 syntax) matches somewhere."""

    kind: Kind
    gate: str
    spans: Callable[[str], Iterable[Span]]
