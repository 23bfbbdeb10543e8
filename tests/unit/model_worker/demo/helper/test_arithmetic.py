from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_worker.demo.helper.arithmetic import last_result, latex, reckon
from model_worker.demo.helper.evaluation import Evaluation, Impossible
from model_worker.demo.helper.expression import Unreadable, read

Pair = tuple[str, str]
"""An expression as the helper reads it, and the same for Python, exactly."""


def number(text: str) -> Pair:
    return text, f"F('{text}')"


NUMBERS = st.one_of(
    st.integers(0, 999).map(lambda value: number(str(value))),
    st.decimals(0, 99, places=2).map(lambda value: number(f"{value:f}")),
)


def larger(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    def joined(left: Pair, operator: str, right: Pair) -> Pair:
        return f"{left[0]} {operator} {right[0]}", f"{left[1]} {operator} {right[1]}"

    def raised(pair: Pair, power: int) -> Pair:
        return f"{pair[0]}**{power}", f"{pair[1]}**{power}"

    in_parentheses = inner.map(lambda pair: (f"({pair[0]})", f"({pair[1]})"))
    return st.one_of(
        st.builds(joined, inner, st.sampled_from("+-*/"), inner),
        in_parentheses,
        inner.map(lambda pair: (f"-{pair[0]}", f"-{pair[1]}")),
        st.builds(raised, in_parentheses, st.integers(0, 3)),
        st.builds(raised, NUMBERS, st.integers(-3, 3)),
    )


@given(st.recursive(NUMBERS, larger, max_leaves=8))
def test_it_reckons_as_python_does_but_exactly(pair: Pair):
    ours, pythons = pair
    try:
        expected = eval(pythons, {"F": Fraction})
    except ZeroDivisionError:
        with pytest.raises(Impossible, match=r"zero|0 ÷ 0"):
            Evaluation().value(read(ours))
        return

    assert Evaluation().value(read(ours)) == expected


@given(st.text(alphabet="0123456789+-*/^().,% eπsqrtlnx!²³", max_size=60))
def test_whatever_is_written_is_read_or_refused(text: str):
    with suppress(Unreadable, Impossible):
        assert isinstance(Evaluation().value(read(text)), Fraction | float)


@given(st.text(max_size=80))
def test_no_message_breaks_it(text: str):
    assert reckon([], text) != ""


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ("What is 2+2?", "**4**"),
        ("what's 15% of 80", "**12**"),
        ("200 + 10%", "**220**"),
        ("17 % 5", "**2**"),
        ("12 x 12", "**144**"),
        ("√16 + 3²", "**13**"),
        ("the square root of 144", "**12**"),
        ("seven times eight minus six", "**50**"),
        ("two hundred and five plus twenty-five", "**230**"),
        ("0.1 + 0.2", "**0.3**"),
        ("1/3 + 1/6", "**1/2 = 0.5**"),
        ("10/3", "**10/3 ≈ 3.333333333**"),
        ("sqrt(2)", "**≈ 1.414213562**"),
        ("1,234.5 + 0.5", "**1,235**"),
        ("5!", "**120**"),
        ("What is 5 + 5!", "**125**"),
        ("gcd(12, 18)", "**6**"),
        ("-2^2", "**-4**"),
        ("2^3^2", "**512**"),
        ("2(3+4)", "**14**"),
        ("Hey, please calculate 3 plus 4 for me?", "**7**"),
        ("I have 3*4 eggs, how many is that?", "**12**"),
    ],
)
def test_calculations_are_found_in_what_people_write(asked: str, result: str):
    assert (reckon([], asked) or "").startswith(result)


@pytest.mark.parametrize("text", ["hello", "42", "", "write a poem", "what is love", "a+b", "C++", "my number is 5"])
def test_what_is_no_calculation_is_left_to_others(text: str):
    assert reckon([], text) is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("5/0", "Nothing can be divided by zero: no number times 0 gives 5."),
        ("0/0", "every number would fit"),
        ("0^-1", "divided by zero"),
        ("9**9**9", "369,693,100 digits"),
        ("2^(10^30)", "more digits than I can count"),
        ("5000!", "up to 1,000!"),
        ("2.5!", "whole numbers"),
        ("sqrt(-1)", "not a real number"),
        ("(-8)^(1/3)", "not a real number"),
        ("ln(0)", "above 0"),
        ("exp(10000)", "too large"),
        ("max(1,2) + sin(1,2)", "takes one number"),
        ("solve x + 2 = 5", "unknowns"),
        ("(1+2", "a closing parenthesis is missing"),
        ("1 + ", "here I expected a number"),
        ("-" * 60 + "1", "nested too deeply"),
    ],
)
def test_what_cannot_be_worked_out_is_explained(asked: str, said: str):
    assert said in (reckon([], asked) or "")


def test_a_mistake_is_pointed_at():
    assert "```text\n3 + * 4\n    ^\n```" in (reckon([], "3 + * 4") or "")


def test_a_large_number_is_shown_whole():
    told = reckon([], "1000!") or ""

    assert "2,568 digits" in told
    assert max(map(len, told.splitlines())) == 2568


def test_the_longest_sum_that_is_read_is_worked_out():
    assert (reckon([], "+".join(["1"] * 150)) or "").startswith("**150**")


def test_equations_are_checked():
    assert reckon([], "is 2+2=4?") == "Yes: both sides are **4**."
    assert reckon([], "2+2=5") == "No: the left side is **4**, the right side **5**."


def test_the_steps_are_shown_in_order():
    told = reckon([], "3 * (4 + 5)") or ""

    assert "| 1 | 4 + 5 | 9 |\n| 2 | 3 × 9 | 27 |" in told


def test_a_message_may_go_on_from_the_last_result():
    assert (reckon(["what is 12*12?", "thanks"], "times 2") or "").startswith("Going on from 144:\n\n**288**")
    assert (reckon(["12*12", "times 2"], "minus 88") or "").startswith("Going on from 288:\n\n**200**")
    assert last_result(["12*12", "1/0", "2+2=5"]) == 144
    assert "no earlier result" in (reckon([], "times 2") or "")


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("(1+2)*3", r"\left(1 + 2\right) \times 3"),
        ("1+2*3", r"1 + 2 \times 3"),
        ("1-(2-3)", r"1 - \left(2 - 3\right)"),
        ("(1/2)^2", r"\left(\frac{1}{2}\right)^{2}"),
        ("2^-1", "2^{-1}"),
        ("(-2)^2", r"\left(-2\right)^{2}"),
        ("sqrt(2)/pi", r"\frac{\sqrt{2}}{\pi}"),
        ("1000000!", "1{,}000{,}000!"),
    ],
)
def test_formulas_have_parentheses_only_where_they_are_needed(text: str, formula: str):
    assert latex(read(text)) == formula


@pytest.mark.parametrize("text", ["What is 17% of 2,340, and how did you get there?", "They took 17% of 2,340 from me"])
def test_a_share_is_worked_out_in_the_middle_of_a_sentence(text: str):
    assert (reckon([], text) or "").startswith("**397.8**")
