"""Crypto wallets: addresses whose checksum holds (Base58Check, Bech32, CRC-16), and a few forms that need none."""

import re
from base64 import b32decode, urlsafe_b64decode
from binascii import crc_hqx
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from export.personal_data.span import Kind, Recogniser, Span

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_RIPPLE = str.maketrans("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", _BASE58)
"""Ripple's digits have another order."""
_VERSIONS = {
    0: "bitcoin",
    5: "bitcoin",
    0x30: "litecoin",
    0x32: "litecoin",
    0x1E: "dogecoin",
    0x41: "tron",
    0x4C: "dash",
}
_CHECKED = re.compile(r"(?<![\w/])[13LMDTXtr][1-9A-HJ-NP-Za-km-z]{24,34}(?!\w)", re.ASCII)
_SEGWIT = re.compile(
    r"(?<![\w/])(?:bc|ltc|addr|stake|cosmos|osmo|terra|inj|thor|celestia|juno|akash|sei|kava|dydx|secret|axelar|noble|stars|evmos|neutron|zs|erd|iota|bnb|zil|one|tb)1[02-9ac-hj-np-z]{11,104}(?!\w)|(?<!\w)(?:BC1|LTC1)[02-9AC-HJ-NP-Z]{11,87}(?!\w)",
    re.ASCII,
)
_ETHEREUM = re.compile(r"(?<![\w])0x[0-9a-fA-F]{40}(?!\w)", re.ASCII)
_MONERO = re.compile(r"(?<!\w)[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?!\w)", re.ASCII)
_SOLANA = re.compile(r"(?<![\w/+-])[1-9A-HJ-NP-Za-km-z]{43,44}(?![\w+/=-])", re.ASCII)
_CASHADDR = re.compile(r"(?<!\w)(?:bitcoincash|kaspa):[qp][02-9ac-hj-np-z]{41,62}(?!\w)", re.ASCII)
_TON = re.compile(r"(?<![\w/-])[EU]Q[\w-]{46}(?![\w-])", re.ASCII)
_STELLAR = re.compile(r"(?<!\w)G[A-Z2-7]{55}(?!\w)", re.ASCII)
_OTHERS = re.compile(
    r"(?<!\w)(?=[fnStuvxyz][1-4aMPprvuz])(?:[tuvxyz](?:prv|pub)[1-9A-HJ-NP-Za-km-z]{107}|tz[1-4][1-9A-HJ-NP-Za-km-z]{33}|f[13][a-z2-7]{39,84}|S[PM][0-9A-HJKMNP-Z]{38,39}|nano_[13][13-9a-km-uw-z]{59})(?!\w)",
    re.ASCII,
)
"""BIP 32's keys, from which all of somebody's addresses are made; Tezos, Filecoin, Stacks, Nano."""
_CONTRACTS = frozenset(
    [
        "0xdac17f958d2ee523a2206206994597c13d831ec7",
        "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
        "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2",
        "0x6b175474e89094c44da98b954eedeac495271d0f",
        "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599",
        "0x7a250d5630b4cf539739df2c5dacb4c659f2488d",
    ]
)
"""Tether, USD Coin, wrapped Ether, Dai, wrapped Bitcoin and an exchange: programs that belong to nobody."""
_KNOWN = frozenset(
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    ]
)
"""The first block's, and those of manuals."""


def _base58(text: str) -> int:
    number = 0
    for each in text:
        number = number * 58 + _BASE58.index(each)
    return number


def _base58check(text: str) -> str | None:
    """Return whose address it is; Zcash's have two bytes for what others say in one."""
    if text[0] == "r":
        return "ripple" if _checked(_base58(text.translate(_RIPPLE)), 25) else None
    raw = _checked(_base58(text), 26 if text[0] == "t" else 25)
    if raw is None:
        return None
    return _VERSIONS.get(raw[0]) if len(raw) == 25 else "zcash" if raw[:2] in {b"\x1c\xb8", b"\x1c\xbd"} else None


def _checked(number: int, length: int) -> bytes | None:
    if number.bit_length() > length * 8:
        return None
    raw = number.to_bytes(length, "big")
    return raw if sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:] else None


def _is_solana(text: str) -> bool:
    """Tell 32 bytes, written in digits and letters of both cases, from a word."""
    mixed = any(map(str.isdigit, text)) and any(map(str.isupper, text)) and any(map(str.islower, text))
    return mixed and 240 < _base58(text).bit_length() <= 256


def _is_ton(text: str) -> bool:
    raw = urlsafe_b64decode(text)
    return crc_hqx(raw[:34], 0) == int.from_bytes(raw[34:], "big")


def _is_stellar(text: str) -> bool:
    raw = b32decode(text)
    return crc_hqx(raw[:33], 0) == int.from_bytes(raw[33:], "little")


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


def _is_ethereum(text: str) -> bool:
    return (
        len(set(text[2:].lower())) > 6
        and "deadbeef" not in text.lower()
        and "12345678" not in text
        and text.lower() not in _CONTRACTS
    )


def _is_bech32(text: str) -> bool:
    return _bech32(text) and text not in _KNOWN


def _always(_: str) -> bool:
    return True


def _has_digits(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= 5


_FORMS: Sequence[tuple[str, re.Pattern[str], Callable[[str], bool]]] = (
    ("bech32", _SEGWIT, _is_bech32),
    ("ethereum", _ETHEREUM, _is_ethereum),
    ("monero", _MONERO, _always),
    ("solana", _SOLANA, _is_solana),
    ("cash address", _CASHADDR, _always),
    ("ton", _TON, _is_ton),
    ("stellar", _STELLAR, _is_stellar),
    ("other coin", _OTHERS, _has_digits),
)
"""Coin or code, how it is written, and what proves it."""


def _spans(text: str) -> Iterator[Span]:
    for match in _CHECKED.finditer(text):
        coin = _base58check(match[0])
        if coin is not None and match[0] not in _KNOWN:
            yield Span(*match.span(), Kind.WALLET, coin)
    for name, form, proof in _FORMS:
        for match in form.finditer(text):
            if proof(match[0]):
                yield Span(*match.span(), Kind.WALLET, name)


RECOGNISER = Recogniser(
    Kind.WALLET,
    r"\b(?:[13LMDTX48tr][1-9A-HJ-NP-Za-km-z]{24,}|[1-9A-HJ-NP-Za-km-z]{43}|0x[0-9a-fA-F]{40}|(?i:bc1|ltc1)[0-9a-zA-Z]{11}"
    r"|(?:addr|stake|cosmos|osmo|terra|inj|thor|celestia|juno|akash|sei|kava|dydx|secret|axelar|noble|stars|evmos|neutron|zs|erd|iota|bnb|zil|one|tb)1[0-9a-z]{11}|(?:bitcoincash|kaspa):[qp]|[EU]Q[\w-]{46}|G[A-Z2-7]{55}|[tuvxyz](?:prv|pub)[1-9A-HJ-NP-Za-km-z]{107}|tz[1-4][1-9A-HJ-NP-Za-km-z]{33}|f[13][a-z2-7]{39}|S[PM][0-9A-HJKMNP-Z]{38}|nano_[13])",
    _spans,
)
