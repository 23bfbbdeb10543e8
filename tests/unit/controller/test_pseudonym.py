from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from arena.addresses import network_of
from controller.pseudonym import pseudonym

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
