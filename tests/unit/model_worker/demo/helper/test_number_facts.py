import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_worker.demo.helper.number_facts import about_numbers, factors, from_roman, in_base, is_prime, to_roman


@given(st.integers(2, 10**9))
def test_prime_factors_are_prime_and_multiply_to_the_number(number: int):
    found = list(factors(number))

    assert math.prod(found) == number
    assert all(is_prime(factor) for factor in found)


@given(st.integers(1, 3999))
def test_roman_numerals_can_be_read_back(number: int):
    assert from_roman(to_roman(number)) == number


@pytest.mark.parametrize("letters", ["IIII", "VX", "IC", "MMMM", "LL"])
def test_roman_numerals_have_rules(letters: str):
    assert from_roman(letters) is None


@given(st.integers(0, 10**12), st.integers(2, 36))
def test_every_base_can_be_read_back(number: int, base: int):
    assert int(in_base(number, base), base) == number


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("is 97 prime?", "Yes, **97** is a prime number"),
        ("is 91 a prime number", "No, **91** is not a prime number.\n\n$$91 = 7 \\times 13$$"),
        ("is 1 prime", "No: **1** is not a prime number"),
        ("factor 360", "$$360 = 2^{3} \\times 3^{2} \\times 5$$\n\n**24 divisors**"),
        ("prime factors of 99999999977", "**99,999,999,977** is a prime number"),
        ("primes up to 10", "**4 primes** up to 10:\n\n2, 3, 5, 7"),
        ("2026 in roman numerals", "**2026** is **MMXXVI**"),
        ("MCMXCIV in decimal", "**MCMXCIV** is **1,994**."),
        ("IIII in roman", "IIII breaks the rules"),
        ("255 in hex", "**ff**"),
        ("0xff to decimal", "**255**"),
        ("1010 binary to decimal", "**10**"),
        ("fibonacci 10", "The first **10** Fibonacci numbers"),
        ("42", "**42** is even and the answer, though nobody remembers the question."),
        ("tell me about 28", "**28** is even, perfect: the sum of its smaller divisors and the sum of 1 to 7."),
        ("999999999999999", "I know something about every number from 1 to 100,000,000,000."),
    ],
)
def test_questions_about_numbers_are_answered(asked: str, answer: str):
    assert (about_numbers(asked) or "").startswith(answer)


@pytest.mark.parametrize("text", ["hello", "civil", "I did it", "2+2", "prime time"])
def test_what_asks_for_no_number_is_left_to_others(text: str):
    assert about_numbers(text) is None
