"""How numbers are written: exact where that is readable, rounded where not, and always saying which."""

from decimal import Context, Decimal
from fractions import Fraction

Value = Fraction | float
"""Exact as long as only rational operations were needed."""

DECIMALS = 12
"""An exact decimal has at most so many digits behind the point; otherwise it is rounded."""
DIGITS = 10
"""Significant digits of a rounded number."""


def is_written_exactly(value: Value) -> bool:
    """Whether `plain` writes the value without rounding."""
    return isinstance(value, Fraction) and _decimals(value) is not None


def plain(value: Value) -> str:
    """Write a number with commas between the thousands, rounded to ten digits where it has no short exact form."""
    if isinstance(value, Fraction) and (decimals := _decimals(value)) is not None:
        whole = abs(value.numerator) * 10**decimals // value.denominator
        text = str(whole).rjust(decimals + 1, "0")
        behind = f".{text[-decimals:]}" if decimals else ""
        return ("-" if value < 0 else "") + f"{int(text[: len(text) - decimals]):,}" + behind
    return rounded(value)


def rounded(value: Value, digits: int = DIGITS) -> str:
    """Write a number with so many significant digits at most."""
    context = Context(prec=digits)
    if isinstance(value, Fraction):
        number = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    else:
        number = context.create_decimal(value)
    number = number.normalize(context)
    if -5 <= number.adjusted() < 15:
        return f"{number:,f}"
    return f"{number:e}".replace("e+", "e")


def fraction(value: Fraction) -> str:
    """Write a number as a fraction in lowest terms."""
    return f"{value.numerator:,}/{value.denominator:,}"


def as_latex(text: str) -> str:
    """Turn a number that was written by `plain` or `rounded` into LaTeX."""
    mantissa, _, exponent = text.partition("e")
    grouped = mantissa.replace(",", "{,}")
    return f"{grouped} \\times 10^{{{int(exponent)}}}" if exponent else grouped


def _decimals(value: Fraction) -> int | None:
    """Return how many digits behind the point the number has, if few are enough."""
    for decimals in range(DECIMALS + 1):
        if 10**decimals % value.denominator == 0:
            return decimals
    return None
