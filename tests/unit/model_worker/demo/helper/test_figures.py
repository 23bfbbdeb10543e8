from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_worker.demo.helper.figures import Value, as_latex, plain, rounded


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(0), "0"),
        (Fraction(-1234567), "-1,234,567"),
        (Fraction("0.05"), "0.05"),
        (Fraction("-1234.5"), "-1,234.5"),
        (Fraction(1, 3), "0.3333333333"),
        (Fraction(1, 10**20), "1e-20"),
        (Fraction(10**30, 3), "3.333333333e29"),
        (2.5, "2.5"),
        (1e300, "1e300"),
    ],
)
def test_numbers_are_written_to_be_read(value: Value, written: str):
    assert plain(value) == written


@given(st.integers(), st.integers(0, 12))
def test_a_short_decimal_is_written_exactly(digits: int, places: int):
    value = Fraction(digits, 10**places)

    assert Fraction(plain(value).replace(",", "")) == value


@given(st.fractions())
def test_a_rounded_number_is_near(value: Fraction):
    assert float(rounded(value).replace(",", "")) == pytest.approx(float(value), rel=1e-9)


def test_latex_knows_powers_of_ten():
    assert as_latex("1,234.5") == "1{,}234.5"
    assert as_latex("3.3e29") == r"3.3 \times 10^{29}"
