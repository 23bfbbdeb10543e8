"""Working arithmetic out: exactly where that is possible, within bounds always."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from model_worker.demo.helper.expression import Call, Name, Number, Operation, Sign, Tree
from model_worker.demo.helper.figures import Value, fraction, is_written_exactly, plain

MOST_DIGITS = 3_000
"""Larger numbers are not worked out."""
_MOST_BITS = int(MOST_DIGITS / math.log10(2))
MOST_FACTORIAL = 1_000


class Impossible(Exception):
    """There is no answer, or none that fits here. The message says why, in words for a reader."""


@dataclass(frozen=True)
class Step:
    """One operation and what it gives."""

    what: str
    gives: str


class Evaluation:
    """Works out one expression, and remembers the steps."""

    def __init__(self, before: Value | None = None) -> None:
        self._before = before
        self.steps: list[Step] = []

    def value(self, tree: Tree) -> Value:
        """Return what an expression is worth. Raises Impossible."""
        match tree:
            case Number(value):
                return _bounded(value)
            case Name(name):
                return self._named(name)
            case Sign(of):
                return -self.value(of)
            case Operation(operator, left, right):
                return self._operation(operator, left, right)
            case Call(function, arguments):
                return self._call(function, arguments)

    def _named(self, name: str) -> Value:
        if name != "ans":
            return {"pi": math.pi, "tau": math.tau, "e": math.e}[name]
        if self._before is None:
            raise Impossible("I have no earlier result to go on from. Give me a calculation first.")
        return self._before

    def _operation(self, operator: str, left: Tree, right: Tree) -> Value:
        first = self.value(left)
        if operator in "+-" and isinstance(right, Call) and right.function == "%":
            # As on a pocket calculator: 200 + 10% is 220.
            share = self.value(right.arguments[0])
            second = self._kept(f"{plain(share)}% of {plain(first)}", lambda: share / 100 * first)
        else:
            second = self.value(right)
        name = {"*": "×", "/": "÷", "-": "−", "**": "^"}.get(operator, operator)
        return self._kept(f"{_shown(first)} {name} {_shown(second)}", lambda: OPERATIONS[operator](first, second))

    def _call(self, function: str, arguments: tuple[Tree, ...]) -> Value:
        values = [self.value(argument) for argument in arguments]
        if len(values) != 1 and function not in SEVERAL:
            raise Impossible(f"`{function}` takes one number.")
        if function == "%":
            return values[0] / 100
        inside = ", ".join(map(_shown, values))
        what = f"{inside}!" if function == "!" else f"{function}({inside})"
        return self._kept(
            what, lambda: SEVERAL[function](values) if function in SEVERAL else SINGLE[function](values[0])
        )

    def _kept(self, what: str, work: Callable[[], Value]) -> Value:
        try:
            result = _bounded(work())
        except (ValueError, TypeError) as error:
            raise Impossible(f"{what} is not a real number, and I know no others.") from error
        except OverflowError as error:
            raise Impossible(f"{what} is too large for me.") from error
        self.steps.append(Step(what, _shown(result)))
        return result


def _shown(value: Value) -> str:
    if isinstance(value, Fraction) and not is_written_exactly(value) and value.denominator < 10_000:
        return fraction(value)
    text = plain(value)
    return text if len(text) <= 40 else f"a number of {len(text.replace(',', ''))} digits"


def _bounded(value: Value) -> Value:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise OverflowError
        return value
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MOST_BITS:
        raise Impossible(f"That number has more than {MOST_DIGITS:,} digits; I stop before that.")
    return value


def _divide(first: Value, second: Value) -> Value:
    if second == 0:
        if first == 0:
            raise Impossible("0 ÷ 0 has no one answer: every number times 0 is 0, so every number would fit.")
        raise Impossible(f"Nothing can be divided by zero: no number times 0 gives {_shown(first)}.")
    return first / second


def _floor_divide(first: Value, second: Value) -> Value:
    return Fraction(math.floor(_divide(first, second)))


def _modulo(first: Value, second: Value) -> Value:
    _divide(first, second)
    return first % second


def _size(value: int) -> float:
    return math.log10(abs(value)) if value else 0.0


def _power(base: Value, exponent: Value) -> Value:
    if base == 0 and exponent < 0:
        raise Impossible("0 to a negative power means 1 ÷ 0, and nothing can be divided by zero.")
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        digits = abs(exponent) * Fraction(max(_size(base.numerator), _size(base.denominator)))
        if digits > MOST_DIGITS:
            about = f"about {int(digits) + 1:,} digits" if digits < 10**12 else "more digits than I can count"
            raise Impossible(f"That number would have {about}; I stop at {MOST_DIGITS:,}.")
        return Fraction(base ** int(exponent))
    if base < 0:
        raise Impossible("A negative number to a broken power is not a real number, and I know no others.")
    return _root(base, exponent) or float(base) ** float(exponent)


def _root(base: Value, exponent: Value) -> Fraction | None:
    """Return an exact square root where there is one."""
    if exponent != Fraction(1, 2) or not isinstance(base, Fraction) or base <= 0:
        return None
    above, below = math.isqrt(base.numerator), math.isqrt(base.denominator)
    return Fraction(above, below) if above**2 == base.numerator and below**2 == base.denominator else None


def _square_root(value: Value) -> Value:
    return Fraction(0) if value == 0 else _root(value, Fraction(1, 2)) or math.sqrt(value)


def _factorial(value: Value) -> Value:
    if value < 0 or value != int(value):
        raise Impossible("Factorials are for whole numbers from 0 up.")
    if value > MOST_FACTORIAL:
        raise Impossible(f"I work out factorials up to {MOST_FACTORIAL:,}!")
    return Fraction(math.factorial(int(value)))


def _logarithm(work: Callable[[float], float]) -> Callable[[Value], Value]:
    def of(value: Value) -> Value:
        if value <= 0:
            raise Impossible("Logarithms are for numbers above 0.")
        return work(float(value))

    return of


def _whole(values: list[Value]) -> list[int]:
    if any(value != int(value) for value in values):
        raise Impossible("That is for whole numbers only.")
    return [int(value) for value in values]


OPERATIONS: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": lambda first, second: first + second,
    "-": lambda first, second: first - second,
    "*": lambda first, second: first * second,
    "/": _divide,
    "//": _floor_divide,
    "mod": _modulo,
    "**": _power,
}
SINGLE: Mapping[str, Callable[[Value], Value]] = {
    "!": _factorial,
    "sqrt": _square_root,
    "cbrt": math.cbrt,
    "abs": abs,
    "round": lambda value: Fraction(round(value)),
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "exp": math.exp,
    "ln": _logarithm(math.log),
    "log": _logarithm(math.log10),
    "log2": _logarithm(math.log2),
}
SEVERAL: Mapping[str, Callable[[list[Value]], Value]] = {
    "min": min,
    "max": max,
    "gcd": lambda values: Fraction(math.gcd(*_whole(values))),
    "lcm": lambda values: Fraction(math.lcm(*_whole(values))),
}
