"""Numbers in words: `twenty-five` becomes 25."""

import re

_WORDS = """
zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 twelve 12 thirteen 13 fourteen 14
fifteen 15 sixteen 16 seventeen 17 eighteen 18 nineteen 19 twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70
eighty 80 ninety 90 hundred 100 thousand 1000 million 1000000 billion 1000000000
"""
_VALUES = {word: int(value) for word, value in re.findall(r"(\w+) (\d+)", _WORDS)}
_WORD = rf"(?:{'|'.join(_VALUES)})\b"
_RUN = re.compile(rf"\b(?:{_WORD}(?:[\s-]+(?:and\s+)?(?={_WORD}))?)+")


def in_digits(text: str) -> str:
    """Return a text in small letters with its spelled numbers as digits."""
    return _RUN.sub(lambda match: str(_value(re.findall(rf"\b{_WORD}", match[0]))), text)


def _value(words: list[str]) -> int:
    total = part = 0
    for word in words:
        value = _VALUES[word]
        if value == 100:
            part = max(part, 1) * value
        elif value > 100:
            total, part = total + max(part, 1) * value, 0
        else:
            part += value
    return total + part
