from datetime import UTC, datetime
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from arena.addresses import network_of
from arena.errors import ArenaError, SetupError
from controller.pseudonym import PeriodKeys, pseudonym

KEY = SecretStr("a key")


@given(st.ip_addresses(v=4))
def test_an_address_of_version_four_is_one_visitor_however_it_is_written(address: object):
    assert network_of(str(address)) == str(address)
    assert pseudonym(f"::ffff:{address}", KEY) == pseudonym(str(address), KEY)


@given(st.ip_addresses(v=6).filter(lambda each: IPv6Address(each).ipv4_mapped is None), st.integers(0, 2**64 - 1))
def test_an_address_of_version_six_counts_by_its_network_of_64_bits(address: IPv6Address, rest: int):
    neighbour = IPv6Address(int(address) & ~(2**64 - 1) | rest)
    if neighbour.ipv4_mapped is None:
        assert pseudonym(str(address), KEY) == pseudonym(str(neighbour), KEY)
    stranger = IPv6Address(int(address) ^ (1 << 64))
    assert pseudonym(str(address), KEY) != pseudonym(str(stranger), KEY)


def test_an_interface_name_is_no_part_of_an_address():
    assert network_of("fe80::1%eth0") == network_of("fe80::2%eth1") == "fe80::/64"


@pytest.mark.parametrize("address", ["", "unknown", "unix:", "1.2.3", "01.2.3.4", "\ud800", "x" * 10_000])
def test_what_is_no_address_is_one_visitor(address: str):
    assert pseudonym(address, KEY) == pseudonym("", KEY)


def test_a_pseudonym_says_nothing_without_its_key():
    one = pseudonym("192.0.2.1", KEY)

    assert len(one) == 32
    assert one != pseudonym("192.0.2.1", SecretStr("another key"))
    assert one != pseudonym("192.0.2.2", KEY)


def test_the_key_changes_with_the_period_and_is_read_once_for_each():
    asked: list[str] = []
    now = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()
    moments = iter([now, now + 0.9, now + 1.1, now + 9])

    def read(period: str) -> SecretStr:
        asked.append(period)
        return SecretStr(f"the key of {period}")

    keys = PeriodKeys("quarter", read, lambda: next(moments))
    found = [keys.now() for _ in range(4)]

    assert [each.period for each in found] == ["2026Q4", "2026Q4", "2027Q1", "2027Q1"]
    assert asked == ["2026Q4", "2027Q1"]
    assert pseudonym("192.0.2.1", found[0].key) != pseudonym("192.0.2.1", found[2].key)


def test_a_key_that_cannot_be_read_is_asked_for_again_and_its_place_is_told_to_nobody(caplog: pytest.LogCaptureFixture):
    troubles = iter([SetupError("/a/folder/of/ours cannot be read")])

    def read(period: str) -> SecretStr:
        for trouble in troubles:
            raise trouble
        return KEY

    keys = PeriodKeys("quarter", read)
    with pytest.raises(ArenaError) as refused:
        keys.now()

    assert "/a/folder" not in str(refused.value)
    assert "/a/folder" in caplog.text
    assert keys.now().key == KEY
