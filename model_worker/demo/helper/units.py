"""The skill of conversion: lengths, masses, temperatures and other quantities from one unit into another."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Any

from model_worker.demo.helper.figures import as_latex, is_written_exactly, plain, rounded

_WORDS = frozenset("day week fortnight month year decade cup pint acre fathom furlong carat".split())  # noqa: SIM905


@dataclass(frozen=True)
class Kind:
    """What can be measured: a length, a mass."""

    name: str
    others: tuple[str, ...]
    note: str
    note_for: frozenset[str]


@dataclass(frozen=True)
class Unit:
    """A unit: one of it is so many base units, counted from its own zero."""

    symbol: str
    kind: Kind
    size: Fraction
    offset: Fraction

    def counted(self, value: Fraction) -> str:
        """Return the symbol as it stands behind a number: words have a plural, abbreviations have none."""
        return self.symbol + "s" if self.symbol in _WORDS and value != 1 else self.symbol

    def convert(self, value: Fraction, target: "Unit") -> Fraction:
        """Return the value in another unit of the same kind, exactly."""
        return (value + self.offset) * self.size / target.size - target.offset


@dataclass(frozen=True)
class Quantity:
    """A number with its unit."""

    value: Fraction
    unit: Unit

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit.counted(self.value)}"


class Units:
    """All units, by every name they go by."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._by_symbol: dict[str, Unit] = {}
        self._by_name: dict[str, Unit] = {}
        for kind, entry in table.items():
            self._add(
                Kind(kind, tuple(entry["others"]), entry.get("note", ""), frozenset(entry.get("note_for", ()))), entry
            )
        names = sorted([*self._by_symbol, *self._by_name], key=len, reverse=True)
        unit = "|".join(re.escape(name) for name in names)
        number = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:(?<=\d) \d+/[1-9]\d*|/[1-9]\d*)?(?<=\d)"
        self._quantity = re.compile(rf"(?<![\w.,/])({number})\s*°?\s*((?i:{unit}))(?![\w²³^])")
        self._target = re.compile(
            rf"\s*(?:\?|is|are|\b)?\s*(?:in|into|to|as|=)\s+(?:an? )?°?((?i:{unit}))(?![\w²³^])", re.IGNORECASE
        )
        self._how_many = re.compile(
            rf"how (?:many|much|long|far)\s+((?i:{unit}))(?![\w²³^])\s*(?:are|is|make|makes|fit|do|does)?\s*(?:there )?"
            rf"(?:in|into|to|make)?\s*(?:up )?(?:(an?|one|{number})\s*)?((?i:{unit}))(?![\w²³^])",
            re.IGNORECASE,
        )

    def _add(self, kind: Kind, entry: dict[str, Any]) -> None:
        for each in entry["units"]:
            unit = Unit(each["names"][0], kind, Fraction(each["is"]), Fraction(each.get("offset", "0")))
            for number, name in enumerate(each["names"]):
                if number == 0 or name != name.lower():
                    self._by_symbol.setdefault(name, unit)
                for form in (name.lower(), name.lower() + "s"):
                    if len(name) > 1 or number:
                        self._by_name.setdefault(form, unit)

    def unit(self, name: str) -> Unit | None:
        """Return the unit of this name; symbols are told apart by their capital letters."""
        return self._by_symbol.get(name) or self._by_name.get(name.lower())

    def read(self, text: str) -> tuple[list[Quantity], Unit | None]:
        """Return the quantity in a text, in its parts as in `5 ft 10 in`, and the unit that is asked for."""
        if (asked := self._how_many.search(text)) and (unit := self.unit(asked[3])):
            number = Fraction(1) if (asked[2] or "a").lower() in {"a", "an", "one"} else _number(asked[2])
            return [Quantity(number, unit)], self.unit(asked[1])
        text = _FEET_AND_INCHES.sub(r"\1 ft \2", text)
        parts: list[Quantity] = []
        end = 0
        for match in self._quantity.finditer(text):
            unit = self.unit(match[2])
            if unit is None or (
                parts and (parts[0].unit.kind != unit.kind or text[end : match.start()].strip(" ,and"))
            ):
                break
            parts.append(Quantity(_number(match[1]), unit))
            end = match.end()
        target = self._target.match(text, end) if parts else None
        return parts, self.unit(target[1]) if target else None


_FEET_AND_INCHES = re.compile(r"(\d)['′’] ?(\d)")


def load_units() -> Units:
    """Read the table of units."""
    return Units(
        tomllib.loads(resources.files("model_worker.demo.helper").joinpath("units.toml").read_text(encoding="utf-8"))
    )


def _number(text: str) -> Fraction:
    whole, _, broken = text.replace(",", "").partition(" ")
    sign = -1 if whole.startswith("-") else 1
    return Fraction(whole) + (sign * Fraction(broken) if broken else 0)


def convert(units: Units, text: str) -> str | None:
    """Answer a question for another unit; None if there is none."""
    parts, target = units.read(text)
    if not parts:
        return None
    unit = parts[0].unit
    total = Quantity(sum((part.unit.convert(part.value, unit) for part in parts[1:]), parts[0].value), unit)
    if target is None:
        return _in_others(units, parts, total) if _is_only_a_quantity(units, text) else None
    if target.kind != unit.kind:
        return (
            f"That cannot be: {unit.symbol} measures {unit.kind.name} and {target.symbol} measures {target.kind.name}."
        )
    if (cold := _colder_than_possible(total)) is not None:
        return cold
    result = Quantity(unit.convert(total.value, target), target)
    sign = "=" if is_written_exactly(result.value) else "≈"
    lines = [f"**{_said(parts)} {sign} {_short(result)}**", f"$${_formula(total, result)}$$"]
    if unit.kind.note and {unit.symbol, target.symbol} & unit.kind.note_for:
        lines.append(unit.kind.note)
    return "\n\n".join(lines)


def _is_only_a_quantity(units: Units, text: str) -> bool:
    rest = re.sub(r"[-\d.,/°?!\s]+", " ", text).split()
    return len(rest) <= 4 and all(units.unit(word) or word.lower() in {"convert", "and", "what", "is"} for word in rest)


def _in_others(units: Units, parts: Sequence[Quantity], total: Quantity) -> str:
    if (cold := _colder_than_possible(total)) is not None:
        return cold
    targets = [unit for symbol in total.unit.kind.others if (unit := units.unit(symbol)) and unit != total.unit]
    rows = "\n".join(f"| {_short(Quantity(total.unit.convert(total.value, unit), unit))} |" for unit in targets)
    return f"| **{_said(parts)}** is |\n| ---: |\n{rows}"


def _colder_than_possible(quantity: Quantity) -> str | None:
    if quantity.unit.kind.name != "temperature" or quantity.value + quantity.unit.offset >= 0:
        return None
    zero = Quantity(-quantity.unit.offset, quantity.unit)
    return f"Nothing can be that cold: absolute zero is {zero}, and {quantity} would be below it."


def _said(parts: Sequence[Quantity]) -> str:
    return " ".join(map(str, parts))


def _short(quantity: Quantity) -> str:
    exact = is_written_exactly(quantity.value)
    return f"{plain(quantity.value) if exact else rounded(quantity.value, 6)} {quantity.unit.counted(quantity.value)}"


def _formula(source: Quantity, result: Quantity) -> str:
    sign = "=" if is_written_exactly(result.value) else r"\approx"
    value, outcome = as_latex(plain(source.value)), as_latex(rounded(result.value, 8))
    if is_written_exactly(result.value):
        outcome = as_latex(plain(result.value))
    ratio = source.unit.size / result.unit.size
    shift = source.unit.offset * ratio - result.unit.offset
    if not shift:
        left = rf"{value} \times {_factor(ratio)}"
    elif ratio == 1:
        left = _shifted(value, shift)
    elif (shift / ratio).denominator == 1 and shift.denominator != 1:
        left = rf"\left({_shifted(value, shift / ratio)}\right) \times {_factor(ratio)}"
    else:
        left = _shifted(rf"{value} \times {_factor(ratio)}", shift)
    return rf"{left} {sign} {outcome}\ \text{{{result.unit.counted(result.value)}}}"


def _shifted(formula: str, shift: Fraction) -> str:
    return f"{formula} {'+' if shift > 0 else '-'} {as_latex(rounded(abs(shift), 8))}"


def _factor(ratio: Fraction) -> str:
    if is_written_exactly(ratio):
        return as_latex(plain(ratio))
    if ratio.numerator < 1000 and ratio.denominator < 1000:
        return rf"\frac{{{ratio.numerator}}}{{{ratio.denominator}}}"
    return as_latex(rounded(ratio, 8))
