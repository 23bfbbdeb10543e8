import socket
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.addresses import is_allowed
from arena.errors import ForbiddenAddress
from arena.settings import LOOPBACK
from controller.allowed_addresses import allowed_sockets, check_address

PRIVATE = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@given(st.ip_addresses())
def test_an_address_is_allowed_if_it_lies_in_an_allowed_network(address: object):
    assert is_allowed(str(address), LOOPBACK) == (str(address).startswith("127.") or str(address) == "::1")


def test_networks_can_be_configured():
    assert is_allowed("10.1.2.3", PRIVATE)
    assert is_allowed("fd00::7", PRIVATE)
    assert not is_allowed("127.0.0.1", PRIVATE)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://127.0.0.2/base", "http://[::1]:80", "https://name/"])
def test_addresses_inside_and_names_are_let_in(url: str):
    check_address(url, LOOPBACK)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "127.1", "127.0.0.1.", "1.2.3", "[::"]
)
def test_literals_outside_and_odd_ones_are_refused(host: str):
    with pytest.raises(ForbiddenAddress):
        check_address(f"http://{host}/", LOOPBACK)


@pytest.mark.parametrize("host", ["10.0.0.1", "2130706433", "localhost", "::ffff:127.0.0.1", ""])
def test_no_socket_is_made_for_what_is_not_an_allowed_address(host: str):
    address = (socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, 80))
    with pytest.raises(OSError, match="outside the allowed networks"):
        allowed_sockets(LOOPBACK)(address)


def test_a_socket_for_an_allowed_address_is_an_ordinary_one():
    with allowed_sockets(LOOPBACK)((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))) as made:
        assert (made.family, made.type) == (socket.AF_INET, socket.SOCK_STREAM)
