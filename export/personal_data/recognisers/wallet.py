"""Crypto wallets: addresses whose checksum holds (Base58Check, Bech32), and Ethereum's, which need none."""

import re
from collections.abc import Iterator
from hashlib import sha256

from export.personal_data.context import labels, says
from export.personal_data.span import Kind, Recogniser, Span

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VERSIONS = {
    0: "bitcoin",
    5: "bitcoin",
    0x30: "litecoin",
    0x32: "litecoin",
    0x1E: "dogecoin",
    0x41: "tron",
    0x4C: "dash",
}
_CHECKED = re.compile(r"(?<![\w/])[13LMDTX][1-9A-HJ-NP-Za-km-z]{25,34}(?!\w)", re.ASCII)
_SEGWIT = re.compile(
    r"(?<![\w/])(?:bc1|ltc1)[02-9ac-hj-np-z]{11,87}(?!\w)|(?<!\w)(?:BC1|LTC1)[02-9AC-HJ-NP-Z]{11,87}(?!\w)",
    re.ASCII,
)
_ETHEREUM = re.compile(r"(?<![\w])0x[0-9a-fA-F]{40}(?!\w)", re.ASCII)
_MONERO = re.compile(r"(?<!\w)[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?!\w)", re.ASCII)
_SOLANA = re.compile(r"(?<![\w/])[1-9A-HJ-NP-Za-km-z]{43,44}(?!\w)", re.ASCII)
_WORDS = labels("solana", "phantom", "wallet", "usdc", "sol")
_KNOWN = frozenset(
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    ]
)
"""The first block's, and those of manuals."""


def _base58check(text: str) -> str | None:
    number = 0
    for each in text:
        number = number * 58 + _BASE58.index(each)
    if number.bit_length() > 200:
        return None
    raw = number.to_bytes(25, "big")
    checked = sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:]
    return _VERSIONS.get(raw[0]) if checked else None


def _bech32(text: str) -> bool:
    """Check Bech32 and Bech32m, BIP 173 and 350."""
    prefix, _, data = text.lower().rpartition("1")
    values = [ord(each) >> 5 for each in prefix] + [0] + [ord(each) & 31 for each in prefix]
    check = 1
    for value in values + [_BECH32.index(each) for each in data]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check in {1, 0x2BC830A3}


def _spans(text: str) -> Iterator[Span]:
    for match in _CHECKED.finditer(text):
        coin = _base58check(match[0])
        if coin is not None and match[0] not in _KNOWN:
            yield Span(*match.span(), Kind.WALLET, coin)
    for match in _SEGWIT.finditer(text):
        if _bech32(match[0]) and match[0] not in _KNOWN:
            yield Span(*match.span(), Kind.WALLET, "segwit")
    for match in _ETHEREUM.finditer(text):
        if len(set(match[0][2:].lower())) > 6 and "deadbeef" not in match[0].lower() and "12345678" not in match[0]:
            yield Span(*match.span(), Kind.WALLET, "ethereum")
    for match in _MONERO.finditer(text):
        yield Span(*match.span(), Kind.WALLET, "monero")
    for match in _SOLANA.finditer(text):
        if says(_WORDS, text, match.start()):
            yield Span(*match.span(), Kind.WALLET, "solana")


RECOGNISER = Recogniser(
    Kind.WALLET,
    r"\b(?:[13LMDTX48][1-9A-HJ-NP-Za-km-z]{25,}|[1-9A-HJ-NP-Za-km-z]{43}|0x[0-9a-fA-F]{40}|(?i:bc1|ltc1)[0-9a-zA-Z]{11})",
    _spans,
)
