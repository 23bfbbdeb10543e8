"""What stands for personal data and is none: documentation's addresses, test numbers, words to be replaced."""

import re
from itertools import pairwise

_WORDS = re.compile(
    r"your|(?-i:x{3,}|X{3,})|\*{3,}|\.\.\.|…|example|placeholder|changeme|change_me|dummy|sample|redacted|insert|replace|todo|"
    r"<|>|\{|\}|^\$|\$\(|_here|here_|not_real|abcdef|qwerty|1234567|foobar|^passw(?:or[dt])?\d{0,4}$|letmein|hunter2|^(?:none|null|undefined|true|false)$",
    re.IGNORECASE,
)

TEST_CARDS = frozenset(
    [
        "4111111111111111",
        "4242424242424242",
        "4012888888881881",
        "4222222222222",
        "4000056655665556",
        "5555555555554444",
        "5105105105105100",
        "5200828282828210",
        "2223003122003222",
        "378282246310005",
        "371449635398431",
        "378734493671000",
        "6011111111111117",
        "6011000990139424",
        "6011981111111113",
        "30569309025904",
        "38520000023237",
        "3056930009020004",
        "36227206271667",
        "3530111333300000",
        "3566002020360505",
        "6200000000000005",
        "4000000000000002",
        "4000002500003155",
        "4000000000009995",
        "4917610000000000",
        "5019717010103742",
        "6331101999990016",
        "4988438843884305",
        "1234567812345670",
    ]
)
"""Numbers that payment processors publish for tests."""

FICTION = re.compile(r"55501\d\d$|^(?:1?\d{3})?5551212$|^\d{0,3}1234567(?:890?0?)?$|^1?[28]005550\d{3}$")
"""Telephones that everybody knows to be nobody's."""

RESERVED = re.compile(
    r"^(?:44|0)(?:1632960|7700900|2079460|3069990|8081570|1134960|1144960|1154960|1164960|1174960|1184960|1214960|1314960|1414960|1514960|1614960|1914980|2890180|2920180)\d{3}$"
    r"|^(?:61|0)(?:[2378](?:5550|7010)\d{4}|491570\d{3})$|^(?:33|0)(?:199|261|353|465|536)\d{6,7}$"
)
"""Telephones reserved for films and examples, by the regulators of Britain, Australia and France."""

EXAMPLE_IBANS = frozenset(
    [
        "DE89370400440532013000",
        "GB82WEST12345698765432",
        "GB29NWBK60161331926819",
        "FR1420041010050500013M02606",
        "ES9121000418450200051332",
        "NL91ABNA0417164300",
        "IT60X0542811101000000123456",
        "CH9300762011623852957",
        "BE68539007547034",
        "AT611904300234573201",
        "PL61109010140000071219812874",
        "GB33BUKB20201555555555",
        "DE75512108001245126199",
        "BE71096123456769",
        "FR7630006000011234567890189",
        "IE29AIBK93115212345678",
    ]
)
"""IBANs of the standard's registry and of common manuals."""


_IN_PAIRS = frozenset([8, 10, 12])


def is_placeholder(value: str) -> bool:
    """Tell whether a value says of itself that it is none."""
    return _WORDS.search(value) is not None or len(set(value)) <= 3


def is_run(digits: str) -> bool:
    """Tell whether digits only repeat or count up or down: 0000, 1212121, 123456789, 987654321, 01020304."""
    if len(digits) < 3 or digits[2:] == digits[:-2]:
        return True
    return _counts(digits, 1, 10) or (len(digits) in _IN_PAIRS and _counts(digits, 2, 100))


def _counts(digits: str, size: int, base: int) -> bool:
    """Tell whether groups of so many digits follow each other by one step; the first three show it of most."""
    first, second, third = (int(digits[at : at + size]) for at in range(0, 3 * size, size))
    if (second - first - third + second) % base:
        return False
    groups = [int(digits[at : at + size]) for at in range(0, len(digits), size)]
    return len({(b - a) % base for a, b in pairwise(groups)}) == 1
