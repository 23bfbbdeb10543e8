"""The skill of whole numbers: primes, divisors, Roman numerals, other bases, Fibonacci numbers."""

import math
import re
from collections import Counter
from collections.abc import Iterator

LARGEST = 10**11
"""Numbers up to here are taken apart, by trial division: at most 160,000 steps."""
_BASES = {"binary": 2, "octal": 8, "decimal": 10, "hex": 16, "hexadecimal": 16}
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,18})"


def is_prime(number: int) -> bool:
    """Whether a number has exactly two divisors."""
    return number > 1 and next(factors(number)) == number


def factors(number: int) -> Iterator[int]:
    """Yield the prime factors of a number from 2 up, smallest first, by trial division."""
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            yield divisor
            number //= divisor
        divisor += 1 if divisor == 2 else 2
    if number > 1:
        yield number


def to_roman(number: int) -> str:
    """Write a number from 1 to 3999 in Roman numerals."""
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written


def from_roman(letters: str) -> int | None:
    """Read a Roman numeral; None if it is not written by the rules."""
    values = {letter: value for value, letter in _ROMAN if len(letter) == 1}
    numbers = [values[letter] for letter in letters.upper()]
    total = sum(-one if one < after else one for one, after in zip(numbers, [*numbers[1:], 0], strict=True))
    return total if 0 < total < 4000 and to_roman(total) == letters.upper() else None


def in_base(number: int, base: int) -> str:
    """Write a number from 0 up in a base from 2 to 36."""
    digits = ""
    while True:
        number, digit = divmod(number, base)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits


def about_numbers(text: str) -> str | None:
    """Answer a question about a whole number; None if there is none."""
    lowered = text.lower().strip()
    for skill in (_between_bases, _roman, _prime, _factored, _primes_up_to, _fibonacci, _portrait):
        if (answer := skill(lowered)) is not None:
            return answer
    return None


def _prime(text: str) -> str | None:
    if (asked := re.search(rf"\bis {_NUMBER} (?:a )?prime|^{_NUMBER} prime\??$", text)) is None:
        return None
    number = _whole(asked[1] or asked[2])
    if number > LARGEST:
        return f"I test numbers for being prime up to {LARGEST:,}; beyond that I would keep you waiting."
    if number < 2:
        return f"No: **{number}** is not a prime number; the primes begin with 2."
    found = Counter(factors(number))
    if found[number]:
        return f"Yes, **{number:,}** is a prime number: nothing from 2 to {math.isqrt(number):,} divides it."
    return f"No, **{number:,}** is not a prime number.\n\n$${number} = {_product(found)}$$"


def _factored(text: str) -> str | None:
    asked = re.search(
        rf"\b(?:factor(?:s|ise|ize|isation|ization)?|divisors?|prime factors)\b(?: of)?\s*{_NUMBER}", text
    )
    if asked is None:
        return None
    number = _whole(asked[1])
    if not 2 <= number <= LARGEST:
        return f"I take numbers from 2 to {LARGEST:,} apart."
    found = Counter(factors(number))
    divisors = _divisors(found)
    if len(divisors) == 2:
        return f"**{number:,}** is a prime number: only 1 and itself divide it."
    shown = ", ".join(f"{each:,}" for each in divisors[:40]) + (", …" if len(divisors) > 40 else "")
    return f"$${number} = {_product(found)}$$\n\n**{len(divisors)} divisors**: {shown}"


def _primes_up_to(text: str) -> str | None:
    if (asked := re.search(rf"\bprimes?(?: numbers?)? (?:up to|below|under|until|to) {_NUMBER}", text)) is None:
        return None
    end = _whole(asked[1])
    if end > 1000:
        return "I list primes up to 1,000."
    found = [number for number in range(2, end + 1) if is_prime(number)]
    return f"**{len(found)} primes** up to {end}:\n\n{', '.join(map(str, found)) or 'none at all'}"


def _roman(text: str) -> str | None:
    if asked := re.search(rf"{_NUMBER}\D{{0,20}}\broman|\broman\D{{0,25}}{_NUMBER}", text):
        number = _whole(asked[1] or asked[2])
        if not 1 <= number <= 3999:
            return "The Romans had no usual way to write that; I write numbers from 1 to 3,999."
        return f"**{number}** is **{to_roman(number)}** in Roman numerals."
    asked = re.search(r"\b([mdclxvi]{2,15})\b", text)
    if asked and (
        "roman" in text or re.search(r"in (?:decimal|numbers|digits|arabic)|as a number|^[mdclxvi]+\??$", text)
    ):
        letters, value = asked[1].upper(), from_roman(asked[1])
        broken = f"{letters} breaks the rules of Roman numerals." if "roman" in text else None
        return f"**{letters}** is **{value:,}**." if value else broken
    return None


def _between_bases(text: str) -> str | None:
    names = "|".join(_BASES)
    asked = re.search(
        rf"\b(0x[0-9a-f]+|0b[01]+|0o[0-7]+|[0-9a-f,]+)\b\s*(?:from )?({names})?\s*(?:in|to|into|as)\s*({names})\b", text
    )
    if asked is None:
        return None
    digits, source, target = asked[1].replace(",", ""), _BASES.get(asked[2] or "", 10), _BASES[asked[3]]
    prefixed = {"0x": 16, "0b": 2, "0o": 8}.get(digits[:2])
    try:
        number = int(digits, prefixed or source)
    except ValueError:
        return None
    if number > LARGEST:
        return f"I convert numbers up to {LARGEST:,}."
    bases = (("decimal", 10), ("binary", 2), ("octal", 8), ("hexadecimal", 16))
    rows = "\n".join(f"| {name} | `{in_base(number, base)}` |" for name, base in bases)
    return f"**{in_base(number, target)}**\n\n| Base | Written |\n| :--- | :--- |\n{rows}"


def _fibonacci(text: str) -> str | None:
    if (asked := re.search(rf"\bfibonacci\D{{0,20}}{_NUMBER}|{_NUMBER}\w*\s+fibonacci", text)) is None:
        return None
    count = _whole(asked[1] or asked[2])
    if not 1 <= count <= 100:
        return "I list the first 1 to 100 Fibonacci numbers."
    one, after, found = 0, 1, list[int]()
    for _ in range(count):
        found.append(one)
        one, after = after, one + after
    listed = ", ".join(f"{each:,}" for each in found)
    return f"The first **{count}** Fibonacci numbers; each is the sum of the two before it:\n\n{listed}"


def _portrait(text: str) -> str | None:
    asked = re.fullmatch(
        rf"(?:tell me (?:something )?about|what about|facts? about|the number)?\s*(?:the number )?{_NUMBER}\s*[?.!]*",
        text,
    )
    if asked is None:
        return None
    number = _whole(asked[1])
    if not 1 <= number <= LARGEST:
        return f"I know something about every number from 1 to {LARGEST:,}."
    found = Counter(factors(number))
    divisors = _divisors(found)
    rows = [("Prime factors", _in_words(found) or "none"), ("Divisors", f"{len(divisors):,}")]
    rows += [("Sum of its digits", str(sum(map(int, str(number))))), ("Binary", f"`{in_base(number, 2)}`")]
    rows += [("Hexadecimal", f"`{in_base(number, 16)}`"), ("Square root", f"{math.sqrt(number):,.6g}")]
    if number < 4000:
        rows.append(("Roman", to_roman(number)))
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"**{number:,}** is {_nature(number, divisors)}.\n\n| | |\n| :--- | :--- |\n{table}"


def _nature(number: int, divisors: list[int]) -> str:
    words = ["even" if number % 2 == 0 else "odd"]
    if len(divisors) == 2:
        words.append("prime")
    if math.isqrt(number) ** 2 == number:
        words.append(f"the square of {math.isqrt(number):,}")
    if sum(divisors) == 2 * number:
        words.append("perfect: the sum of its smaller divisors")
    triangle = math.isqrt(8 * number + 1)
    if triangle**2 == 8 * number + 1:
        words.append(f"the sum of 1 to {(triangle - 1) // 2:,}")
    if number == 42:
        words.append("the answer, though nobody remembers the question")
    return " and ".join(words) if len(words) < 3 else ", ".join(words[:-1]) + " and " + words[-1]


def _divisors(found: Counter[int]) -> list[int]:
    divisors = [1]
    for prime, count in found.items():
        divisors = [one * prime**power for one in divisors for power in range(count + 1)]
    return sorted(divisors)


def _product(found: Counter[int]) -> str:
    return r" \times ".join(f"{prime}^{{{count}}}" if count > 1 else str(prime) for prime, count in found.items())


def _in_words(found: Counter[int]) -> str:
    powers = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    return " × ".join(f"{prime:,}{str(count).translate(powers) if count > 1 else ''}" for prime, count in found.items())


def _whole(text: str) -> int:
    return int(text.replace(",", ""))
