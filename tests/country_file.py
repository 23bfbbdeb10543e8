"""A database of countries in MaxMind's format, small enough to write by hand (MaxMind DB file format, version 2.0)."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

_MARK = b"\xab\xcd\xefMaxMind.com"
_RECORD_BITS = 24


def _encoded(value: Any) -> bytes:
    """Write a value of the data section: a control byte with type and size, then what it holds."""
    if isinstance(value, str):
        said = value.encode()
        return bytes([2 << 5 | len(said)]) + said
    if isinstance(value, dict):
        return bytes([7 << 5 | len(value)]) + b"".join(_encoded(each) for pair in value.items() for each in pair)
    if isinstance(value, list):  # an extended type: the first byte says so, the second which
        return bytes([len(value), 11 - 7]) + b"".join(map(_encoded, value))
    return bytes([6 << 5 | 4]) + int(value).to_bytes(4, "big")


def write_countries(file: Path, records: Mapping[str, Any], *, version: int = 6) -> Path:
    """Write what is known of some networks. In a tree of version 6, version 4 begins after 96 zero bits."""
    tree: list[list[int | str | None]] = [[None, None]]
    data, places = b"", dict[str, int]()
    for text, record in records.items():
        places[text], data = len(data), data + _encoded(record)
        network = ip_network(text)
        width = 32 if network.version == 4 else 128
        bits = f"{int(network.network_address):0{width}b}"[: network.prefixlen]
        bits = "0" * 96 + bits if network.version == 4 and version == 6 else bits
        _put(tree, bits, text)
    count = len(tree)
    nodes = b"".join(_record(each, count, places) for node in tree for each in node)
    about = {
        "node_count": count,
        "record_size": _RECORD_BITS,
        "ip_version": version,
        "database_type": "tests",
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1,
        "description": {"en": "countries for tests"},
    }
    file.write_bytes(nodes + b"\0" * 16 + data + _MARK + _encoded(about))
    return file


def _put(tree: list[list[int | str | None]], bits: str, text: str) -> None:
    node = 0
    for bit in map(int, bits[:-1]):
        below = tree[node][bit]
        if not isinstance(below, int):
            tree.append([None, None])
            below = tree[node][bit] = len(tree) - 1
        node = below
    tree[node][int(bits[-1])] = text


def _record(each: int | str | None, count: int, places: dict[str, int]) -> bytes:
    number = count if each is None else each if isinstance(each, int) else count + 16 + places[each]
    return number.to_bytes(_RECORD_BITS // 8, "big")
