"""Reading arithmetic: characters to words, words to a tree. Never `eval`: what is not in this grammar is not read."""

import re
from dataclasses import dataclass
from fractions import Fraction

from model_worker.demo.helper.spelled_numbers import in_digits

FUNCTIONS = frozenset(
    "sqrt cbrt abs round floor ceil sin cos tan asin acos atan exp ln log log2 min max gcd lcm".split()  # noqa: SIM905
)
CONSTANTS = frozenset({"pi", "tau", "e"})
NAMES = FUNCTIONS | CONSTANTS | {"ans"}
LONGEST = 300
"""Characters of an expression."""
DEEPEST = 40
"""Parentheses and signs inside one another."""


class Unreadable(Exception):
    """Not arithmetic, or arithmetic with a mistake; `at` is where reading stopped."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.at = at


@dataclass(frozen=True)
class Number:
    """A number as written."""

    value: Fraction


@dataclass(frozen=True)
class Name:
    """A constant, or `ans`: the result before."""

    name: str


@dataclass(frozen=True)
class Sign:
    """A minus in front."""

    of: "Tree"


@dataclass(frozen=True)
class Operation:
    """Two numbers and what is done with them: one of + - * / // mod **."""

    operator: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True)
class Call:
    """A function; `!` and `%` are functions too, written behind."""

    function: str
    arguments: tuple["Tree", ...]


Tree = Number | Name | Sign | Operation | Call

_WORDS = {
    "plus": "+",
    "minus": "-",
    "times": "*",
    "multiplied by": "*",
    "divided by": "/",
    "over": "/",
    "to the power of": "**",
    "squared": "** 2",
    "cubed": "** 3",
    "modulo": "mod",
    "percent of": "% *",
    "percent": "%",
    "half of": "0.5 *",
    "square root of": "sqrt",
    "cube root of": "cbrt",
    "factorial": "!",
    "the result": "ans",
    "the answer": "ans",
    "that": "ans",
    "it": "ans",
}
_SPOKEN = re.compile(r"\b(?:the )?(" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")\b")
_SIGNS = str.maketrans({"×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "−": "-", "–": "-", "π": " pi "})
_TOKEN = re.compile(
    r"\s*(?P<number>(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?(?:e[+-]?\d{1,3}(?!\w))?|\.\d+)"
    r"|\s*(?P<name>[a-z]+\d?)|\s*(?P<sign>\*\*|//|[-+*/^()!%,√²³])"
)
_SHORT = {"^": ("**",), "√": ("sqrt",), "²": ("**", "2"), "³": ("**", "3")}


def tokens(text: str) -> list[tuple[str, int]]:
    """Cut a text into numbers, names and signs, each with its place."""
    found: list[tuple[str, int]] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable("this sign is not arithmetic to me", at)
        word = match[0].strip()
        found += [(part, match.end() - len(word)) for part in _SHORT.get(word, (word,))]
        at = match.end()
    return found


def spell_out(text: str) -> str:
    """Write spoken arithmetic with signs: "three times 4" becomes "3 * 4"."""
    plain = in_digits(text.lower().translate(_SIGNS))
    plain = re.sub(r"%\s*of\b", "% *", plain)
    plain = re.sub(r"(?<=[\d)])\s*x\s*(?=[\d(.-])", " * ", plain)
    return _SPOKEN.sub(lambda match: f" {_WORDS[match[1]]} ", plain)


def read(text: str) -> Tree:
    """Read an expression. Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable(f"I read at most {LONGEST} characters of arithmetic", LONGEST)
    return _Reader(tokens(text), len(text)).whole()


class _Reader:
    """Reads by precedence: sums of products of powers. `-2**2` is -4 and `2**3**2` is 512, as in Python."""

    def __init__(self, found: list[tuple[str, int]], end: int) -> None:
        self._tokens = found
        self._end = end
        self._next = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._sum()
        if self._peek():
            raise self._stumble("I did not expect this here")
        return tree

    def _peek(self) -> str:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        word = self._peek()
        if word and word in wanted:
            self._next += 1
            return word
        return ""

    def _stumble(self, reason: str) -> Unreadable:
        at = self._tokens[self._next][1] if self._next < len(self._tokens) else self._end
        return Unreadable(reason, at)

    def _sum(self) -> Tree:
        tree = self._product()
        while operator := self._take("+", "-"):
            tree = Operation(operator, tree, self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._signed()
        while True:
            if operator := self._take("*", "/", "//", "mod", "%"):
                tree = Operation("mod" if operator == "%" else operator, tree, self._signed())
            elif self._peek() == "(" or self._peek() in NAMES:
                tree = Operation("*", tree, self._power())
            else:
                return tree

    def _signed(self) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._stumble("this is nested too deeply for me")
        try:
            if sign := self._take("+", "-"):
                inner = self._signed()
                return Sign(inner) if sign == "-" else inner
            return self._power()
        finally:
            self._depth -= 1

    def _power(self) -> Tree:
        tree = self._behind(self._atom())
        return Operation("**", tree, self._signed()) if self._take("**") else tree

    def _behind(self, tree: Tree) -> Tree:
        while self._peek() in {"!", "%"}:
            if self._peek() == "%" and self._starts_operand(self._next + 1):
                return tree
            tree = Call(self._take("!", "%"), (tree,))
        return tree

    def _starts_operand(self, place: int) -> bool:
        word = self._tokens[place][0] if place < len(self._tokens) else ""
        return bool(word) and (word[0].isdigit() or word[0] in ".(" or (word.isalnum() and word != "mod"))

    def _atom(self) -> Tree:
        word = self._peek()
        if word and (word[0].isdigit() or word[0] == "."):
            self._next += 1
            return Number(Fraction(word.replace(",", "")))
        if self._take("("):
            return self._closed(self._sum())
        if word in FUNCTIONS:
            self._next += 1
            return self._call(word)
        if word in CONSTANTS or word == "ans":
            self._next += 1
            return Name(word)
        raise self._stumble("here I expected a number")

    def _call(self, function: str) -> Tree:
        if not self._take("("):
            return Call(function, (self._power(),))
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        return self._closed(Call(function, tuple(arguments)))

    def _closed(self, tree: Tree) -> Tree:
        if not self._take(")"):
            raise self._stumble("a closing parenthesis is missing")
        return tree
