"""When two texts are the same, and which words they have."""

import re
import unicodedata
from hashlib import blake2b
from operator import add

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Scripts that set no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_HAS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_RUN = re.compile(rf"([{_UNSPACED}]+)|([^\s{_UNSPACED}]+)")
_MARKS = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"})
"""Unicode's classes of spaces, controls and punctuation. Symbols stay: `C` is not `C++`, nor is one emoji another."""


class _WithoutMarks(dict[int, int | None]):
    """For `str.translate`: what stands for a mark, and every other character for itself. Fills up as it is asked."""

    def __init__(self, instead: str | None) -> None:
        super().__init__()
        self._instead = None if instead is None else ord(instead)

    def __missing__(self, code: int) -> int | None:
        self[code] = self._instead if unicodedata.category(chr(code)) in _MARKS else code
        return self[code]


_REMOVED = _WithoutMarks(None)
_SPACED = _WithoutMarks(" ")
_ASCII_MARKS = bytes(code for code in range(128) if unicodedata.category(chr(code)) in _MARKS)
_ASCII_SPACED = bytes.maketrans(_ASCII_MARKS, b" " * len(_ASCII_MARKS))
"""The same for texts of bytes, which are done at once."""
_UTF_8 = ("utf-8", "surrogatepass")
"""In it bytes of ASCII are characters of ASCII, also between all others."""
_FOREIGN_MARKS = re.compile(r"[^\w\x00-\x7f]+")
"""In it are all marks that are not ASCII, and symbols."""


def normalised(text: str) -> str:
    """Return a text in lower case, without punctuation and spaces; a text of nothing else stays as it is."""
    return unmarked(lowered(text))


def unmarked(small: str) -> str:
    """Return the same of a text that is in lower case."""
    return _without(small) or small.strip()


def _without(text: str) -> str:
    if text.isascii():
        return text.encode().translate(None, _ASCII_MARKS).decode()
    common = text.encode(*_UTF_8).translate(None, _ASCII_MARKS).decode(*_UTF_8)
    return _FOREIGN_MARKS.sub(lambda found: found[0].translate(_REMOVED), common)


def words(text: str) -> list[str]:
    """Return a text's words in lower case; where a script sets no spaces, its pairs of characters."""
    return small_words(lowered(text))


def small_words(small: str) -> list[str]:
    """Return the same of a text that is in lower case."""
    if small.isascii():
        return small.encode().translate(_ASCII_SPACED).decode().split()
    common = small.encode(*_UTF_8).translate(_ASCII_SPACED).decode(*_UTF_8)
    spaced = _FOREIGN_MARKS.sub(lambda found: found[0].translate(_SPACED), common)
    if not _HAS_UNSPACED.search(spaced):
        return spaced.split()
    found: list[str] = []
    for unspaced, word in _RUN.findall(spaced):
        if len(unspaced) > 1:
            found += map(add, unspaced, unspaced[1:])
        else:
            found.append(unspaced or word)
    return found


def lowered(text: str) -> str:
    """Return a text in lower case, each character in its common form."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def digest(text: str) -> int:
    """Return 64 bits of a hash, as a signed number: of a million texts two share one in one run of 40 million."""
    raw = text.encode(*_UTF_8)
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "little", signed=True)
