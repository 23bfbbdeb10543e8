from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers

from arena.addresses import FORWARDING_HEADERS, is_near
from arena.errors import KeyRequired, WrongKey
from arena.settings import LOOPBACK
from controller.access import Addresses, Origin, bearer, is_key, is_plain_loopback, require_key
from controller.pseudonym import PeriodKeys, pseudonym

KEY = SecretStr("the key")
SALT = SecretStr("the pseudonym key")


def headers(**given: str) -> Headers:
    return Headers({name.replace("_", "-"): value for name, value in given.items()})


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER  abc ", "abc"),
        ("Bearer", None),
        ("Bearer ", None),
        ("Basic abc", None),
        ("abc", None),
        ("", None),
    ],
)
def test_a_bearer_token_is_read_whatever_its_case(header: str, token: str | None):
    assert bearer(headers(authorization=header)) == token
    assert bearer(headers()) is None


def test_an_empty_key_opens_nothing():
    assert not is_key("", SecretStr(""))
    assert not is_key(None, KEY)
    assert not is_key("\xff", KEY)
    assert is_key("the key", KEY)


def test_a_call_without_the_key_is_refused_by_name():
    require_key(headers(authorization="Bearer the key"), KEY)
    with pytest.raises(KeyRequired):
        require_key(headers(), KEY)
    with pytest.raises(WrongKey):
        require_key(headers(authorization="Bearer another"), KEY)


def test_only_the_page_may_state_another_address_than_its_own():
    addresses = Addresses(KEY, PeriodKeys("year", lambda _: SALT))
    stated = {"x_arena_visitor": "192.0.2.7"}

    with_key = addresses.hash_of(headers(authorization="Bearer the key", **stated), "127.0.0.1")
    without = addresses.hash_of(headers(**stated), "127.0.0.1")

    assert with_key == pseudonym("192.0.2.7", SALT)
    assert without == pseudonym("127.0.0.1", SALT)
    assert addresses.hash_of(headers(authorization="Bearer the key"), "127.0.0.1") == without
    with pytest.raises(WrongKey):
        addresses.hash_of(headers(authorization="Bearer another", **stated), "127.0.0.1")


def test_what_is_kept_of_an_address_says_whose_key_hashed_it_and_the_country():
    moment = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
    keys = PeriodKeys("quarter", lambda period: SecretStr(f"the key of {period}"), lambda: moment)
    addresses = Addresses(KEY, keys, {"192.0.2.7": "SE"}.__getitem__)
    origin = addresses.origin(headers(authorization="Bearer the key", x_arena_visitor="192.0.2.7"), "127.0.0.1")

    assert origin == Origin(pseudonym("192.0.2.7", SecretStr("the key of 2026Q4")), "2026Q4", "SE")


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_near(peer: str):
    assert is_plain_loopback(headers(), peer)


@pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.1", "::ffff:127.0.0.1", "", "localhost", "unix"])
def test_other_machines_and_what_is_no_address_are_not(peer: str):
    assert not is_plain_loopback(headers(), peer)


@pytest.mark.parametrize("name", [*FORWARDING_HEADERS, "x-forwarded-port", "X-Forwarded-Client-Cert"])
def test_what_was_forwarded_is_near_nobody(name: str):
    assert not is_near(Headers({name: ""}), "127.0.0.1", LOOPBACK)
