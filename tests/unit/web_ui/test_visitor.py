"""Who is believed about an address, and what counts as a session."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web_ui.visitor import address, visitor

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@given(st.lists(st.text(max_size=30), max_size=4))
def test_what_an_untrusted_peer_forwards_for_is_not_believed(forged: list[str]):
    assert address("203.0.113.9", forged, PROXIES) == "203.0.113.9"


@given(st.lists(st.text(alphabet="0123456789.,:af ", max_size=30), max_size=4))
def test_whatever_is_forged_in_front_the_last_hop_of_a_trusted_proxy_counts(forged: list[str]):
    assert address("10.0.0.1", [*forged, "198.51.100.7"], PROXIES) == "198.51.100.7"


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.7", "10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.1", ["198.51.100.7, nonsense"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("fd00::1", ["2001:db8::2"], "2001:db8::2"),
        ("", ["198.51.100.7"], ""),
        ("10.0.0.1", ["127.0.0.1, 198.51.100.7, 10.0.0.3, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["10.9.9.9, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.1, ::ffff:198.51.100.7, ::ffff:10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.1", "", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7,"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.2"),
    ],
)
def test_the_address_that_counts(peer: str, forwarded: list[str], found: str):
    assert address(peer, forwarded, PROXIES) == found


@pytest.mark.parametrize("cookie", ["", "short", "g" * 32, "a" * 33, "A" * 32, "a" * 31 + "\n"])
def test_what_is_no_token_is_no_session(cookie: str):
    assert visitor({"arena_session": cookie}, "127.0.0.1", [], ()).token == ""


def test_a_token_in_the_cookie_is_the_session():
    assert visitor({"arena_session": "0123456789abcdef" * 2}, "127.0.0.1", [], ()).token == "0123456789abcdef" * 2
