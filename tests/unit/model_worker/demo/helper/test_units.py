from fractions import Fraction

import pytest

from model_worker.demo.helper.units import convert, load_units

UNITS = load_units()


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("What is 5 km in miles?", "**5 km ≈ 3.10686 mi**"),
        ("convert 72 F to C", "**72 °F ≈ 22.2222 °C**"),
        ("-40 C in fahrenheit", "**-40 °C = -40 °F**"),
        ("0 K in C", "**0 K = -273.15 °C**"),
        ("How many feet are in a mile?", "**1 mi = 5,280 ft**"),
        ("how many MB is 3 GB", "**3 GB = 3,000 MB**"),
        ("2 GB in MiB", "**2 GB = 1,907.3486328125 MiB**"),
        ("100 km/h in mph", "**100 km/h ≈ 62.1371 mph**"),
        ("90 minutes in hours", "**90 min = 1.5 h**"),
        ("1 1/2 cups to ml", "**1.5 cups = 354.88235475 ml**"),
        ("5 ft 10 in in cm", "**5 ft 10 in = 177.8 cm**"),
        ("5'10\" in cm", "**5 ft 10 in = 177.8 cm**"),
        ("1,000 m to km", "**1,000 m = 1 km**"),
        ("how many days in 3 weeks", "**3 weeks = 21 days**"),
        ("8 Mb in MB", "**8 Mbit = 1 MB**"),
    ],
)
def test_quantities_are_converted(asked: str, answer: str):
    assert (convert(UNITS, asked) or "").startswith(answer)


def test_fahrenheit_becomes_celsius_by_the_formula_one_knows():
    assert r"\left(72 - 32\right) \times \frac{5}{9}" in (convert(UNITS, "72 F to C") or "")


def test_what_measures_something_else_cannot_be_converted():
    assert convert(UNITS, "5 kg in m") == "That cannot be: kg measures mass and m measures length."


def test_nothing_is_colder_than_absolute_zero():
    assert "absolute zero is -273.15 °C" in (convert(UNITS, "-300 C to F") or "")


def test_a_quantity_alone_is_shown_in_other_units():
    told = convert(UNITS, "5 km") or ""

    assert "5,000 m" in told
    assert "3.10686 mi" in told


def test_a_note_stands_where_units_mislead():
    assert "a disk looks smaller" in (convert(UNITS, "1 TB in TiB") or "")


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "I am 180 cm tall",
        "is it 3 in the morning?",
        "42 in binary",
        "12 in roman",
        "1/0 cup to ml",
        "5 apples in a box",
    ],
)
def test_what_is_no_conversion_is_left_to_others(text: str):
    assert convert(UNITS, text) is None


@pytest.mark.parametrize(
    ("name", "symbol"), [("Miles", "mi"), ("MB", "MB"), ("Mb", "Mbit"), ("mb", "MB"), ("inches", "in"), ("°C", "°C")]
)
def test_a_unit_goes_by_many_names(name: str, symbol: str):
    unit = UNITS.unit(name)

    assert unit is not None
    assert unit.symbol == symbol


def test_there_and_back_is_exact():
    fahrenheit, kelvin = UNITS.unit("F"), UNITS.unit("K")

    assert fahrenheit is not None
    assert kelvin is not None
    assert kelvin.convert(fahrenheit.convert(Fraction("98.6"), kelvin), fahrenheit) == Fraction("98.6")
