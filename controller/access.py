"""Who is calling: the page, a worker, a client of the gateway, a visitor's session."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from arena.addresses import is_near
from arena.errors import KeyRequired, WrongKey
from arena.settings import LOOPBACK
from controller.country import CountryOf, nowhere
from controller.pseudonym import PeriodKeys, pseudonym

SESSION_HEADER = "x-arena-session"
VISITOR_HEADER = "x-arena-visitor"


def bearer(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token of a request (RFC 6750, section 2.1); None if there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def is_key(given: str | None, key: SecretStr) -> bool:
    """Compare in constant time."""
    expected = key.get_secret_value()
    return bool(expected) and given is not None and hmac.compare_digest(given.encode(), expected.encode())


def require_key(headers: Mapping[str, str], key: SecretStr) -> None:
    """Refuse a call that does not carry the key."""
    given = bearer(headers)
    if given is None:
        raise KeyRequired
    if not is_key(given, key):
        raise WrongKey


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a visitor comes from, as far as anybody may know it later."""

    address_hash: str
    period: str
    """Whose key hashed the address."""
    country: str = ""


@dataclass(frozen=True)
class Addresses:
    """Turns a caller's address into a pseudonym. Only the page may state another address than its own."""

    page_key: SecretStr
    keys: PeriodKeys
    country_of: CountryOf = nowhere

    def is_page(self, headers: Mapping[str, str]) -> bool:
        """Whether the page is calling."""
        return is_key(bearer(headers), self.page_key)

    def hash_of(self, headers: Mapping[str, str], peer: str) -> str:
        """Return the pseudonym of the visitor's address. A key that is not the page's is refused."""
        return pseudonym(self._address(headers, peer), self.keys.now().key)

    def origin(self, headers: Mapping[str, str], peer: str) -> Origin:
        """Return what is kept of the visitor's address, with a session that is opened now."""
        address, of_now = self._address(headers, peer), self.keys.now()
        return Origin(pseudonym(address, of_now.key), of_now.period, self.country_of(address))

    def _address(self, headers: Mapping[str, str], peer: str) -> str:
        given = bearer(headers)
        if given is not None and not is_key(given, self.page_key):
            raise WrongKey
        stated = headers.get(VISITOR_HEADER) if given is not None else None
        return stated or peer


def is_plain_loopback(headers: Mapping[str, str], peer: str) -> bool:
    """Whether a call comes from this very machine, and not through something that forwards."""
    return is_near(headers, peer, LOOPBACK)
