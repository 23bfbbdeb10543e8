# ruff: noqa: E501 (a form reads best in one line)
"""Addresses of machines: public IP addresses and network cards."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from export.personal_data.context import labels, says
from export.personal_data.span import Kind, Recogniser, Span

_V4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d|/(?:[0-9]|[12][0-9])\b)", re.ASCII)
_V6 = re.compile(
    r"(?i)(?<![\w.])(?<![0-9a-f:]:)(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){0,7}(?:::)?(?![\w:])", re.ASCII
)
_UNICAST = IPv6Network("2000::/3")
_KNOWN = frozenset(
    ["8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220", "4.2.2.2", "1.2.3.4"]
)
"""Public name servers, and the number that everybody writes."""
_VERSION = labels(
    "v",
    "ver",
    "version",
    "release",
    "build",
    "chrome",
    "firefox",
    "safari",
    "driver",
    "firmware",
    "section",
    "chapter",
    "update",
    "art(?:icle|ikel|ículo|icolo)?(?:[ .-]{0,2}(?:nr|no|nummer))?",
    "code article",
    "réf(?:érence)?",
)
_MACHINE = labels(
    "ip(?:v4)?", "address", "addr", "host", "server", "ping", "ssh", "from", "client", "connect(?:ed|ion)?", "remote", "https?", "login", "user", "dns", "gateway", "adresse", "serveur", "dirección", "адрес\\w*", "服务器", "地址",
)  # fmt: skip
"""Small numbers are sooner a version than an address, but for these words."""

_MAC = re.compile(
    r"(?i)(?<!\w)(?<![0-9a-f][:-])(?:[0-9a-f]{2}(?P<by>[:-])(?:[0-9a-f]{2}(?P=by)){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:-]|\.\w)",
    re.ASCII,
)
_HEX = re.compile(r"(?i)[a-f]")
_CARD = labels("mac(?:[ _-]?(?:address|adresse|addr))?", "hwaddr", "ether", "physical address", "bssid", "hardware", "device", "bluetooth", "wlan", "wi-?fi", "lladdr", "物理地址")  # fmt: skip
"""Digits alone are as well times and scores, but for these words."""
_NO_MAC = re.compile(
    r"^(?:00005e0053|0123456789ab|1234567[89]9abc|001122334455|aabbccddeeff|deadbeef|0{8}|f{8}|a1b2c3d4e5f6|112233445566|001a2b3c4d5e|00123456|010203|0a1b2c3d|1a2b3c4d5e)"
)


def _public(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address if address.is_global and not address.is_multicast else None


def _addresses(text: str) -> Iterator[Span]:
    for match in _V4.finditer(text):
        before = text[: match.start()]
        is_other = match[0] in _KNOWN or match[0].endswith(".0") or (before.endswith("/") and not before.endswith("//"))
        if is_other:
            continue
        small = all(len(part) < 3 for part in match[0].split(".")) and int(match[0].split(".")[0]) < 10
        if small and not says(_MACHINE, text, match.start(), 24):
            continue
        if _public(match[0]) and not says(_VERSION, text, match.start(), 14):
            yield Span(*match.span(), Kind.IP, "v4")
    for match in _V6.finditer(text):
        address = _public(match[0])
        if address is not None and address in _UNICAST and match[0].count(":") > 2 and not _well_known(match[0]):
            yield Span(*match.span(), Kind.IP, "v6")


def _well_known(address: str) -> bool:
    return address.lower().startswith(("2001:4860:4860::88", "2606:4700:4700::1", "2620:fe::"))


def _cards(text: str) -> Iterator[Span]:
    for match in _MAC.finditer(text):
        if not _HEX.search(match[0]) and not says(_CARD, text, match.start(), 24):
            continue
        if not _NO_MAC.match(re.sub(r"[:.-]", "", match[0].lower())):
            yield Span(*match.span(), Kind.MAC, "hardware")


IP = Recogniser(Kind.IP, r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{1,4}:[0-9a-fA-F:]{4}", _addresses)
MAC = Recogniser(Kind.MAC, r"(?i)[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}", _cards)
