"""Persons that do not exist: everything about them is drawn by chance, and valid where it has a checksum."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stdnum import luhn
from stdnum.iso7064 import mod_97_10
from stdnum.us import ssn

from export.personal_data.span import Kind

_GIVEN = [
    "Adrian",
    "Beatrice",
    "Caroline",
    "Dominic",
    "Eleanor",
    "Felix",
    "Gabriela",
    "Henrik",
    "Isabella",
    "Julian",
    "Katarina",
    "Leonard",
    "Martina",
    "Nathaniel",
    "Olivia",
    "Patrick",
    "Rebecca",
    "Sebastian",
    "Theresa",
    "Victor",
]
_FAMILY = [
    "Anderson",
    "Bergmann",
    "Castillo",
    "Davidson",
    "Eriksson",
    "Fernandez",
    "Gallagher",
    "Hoffmann",
    "Ivanov",
    "Johansson",
    "Kowalski",
    "Lombardi",
    "Martinez",
    "Nielsen",
    "Oliveira",
    "Petersen",
    "Richards",
    "Schneider",
    "Thompson",
    "Williams",
]
_STREETS = ["Alder", "Beech", "Chestnut", "Dogwood", "Elm", "Hawthorn", "Juniper", "Larch", "Myrtle", "Poplar"]
_PLACES = ("Dayton, OH 45402", "Tulsa, OK 74103", "Reno, NV 89501", "Boise, ID 83702", "Salem, OR 97301")


@dataclass(frozen=True, slots=True)
class Identity:
    """A person that does not exist."""

    name: str
    """Two given and two family names: so rare that nobody in a ledger has it."""
    data: Mapping[Kind, str]


def identity(chance: random.Random) -> Identity:
    """Make up a person."""
    given = " ".join(chance.sample(_GIVEN, 2))
    family = "-".join(chance.sample(_FAMILY, 2))
    token = f"{chance.randrange(16**6):06x}"
    data = {kind: make(chance) for kind, make in _MAKERS.items()}
    local = f"{given}.{family}.{token}".lower().replace(" ", ".")
    return Identity(
        f"{given} {family}",
        data
        | {
            Kind.EMAIL: f"{local}@gmail.com",
            Kind.URL: f"https://www.linkedin.com/in/{local.replace('.', '-')}",
        },
    )


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _card(chance: random.Random) -> str:
    digits = "45" + _digits(chance, 13)
    digits += luhn.calc_check_digit(digits)
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def _iban(chance: random.Random) -> str:
    account = _digits(chance, 18)
    return f"DE{mod_97_10.calc_check_digits(account + 'DE')}{account}"


def _phone(chance: random.Random) -> str:
    return f"+49 30 {chance.randint(23, 89)}{_digits(chance, 4)}{chance.randint(10, 99)}"


def _social_security(chance: random.Random) -> str:
    while True:
        number = f"{chance.randint(100, 665)}-{chance.randint(10, 99)}-{_digits(chance, 4)}"
        if ssn.is_valid(number):
            return number


_MAKERS: Mapping[Kind, Callable[[random.Random], str]] = {
    Kind.PHONE: _phone,
    Kind.CARD: _card,
    Kind.IBAN: _iban,
    Kind.GOVERNMENT_ID: _social_security,
    Kind.IP: lambda chance: f"91.{chance.randint(10, 250)}.{chance.randint(1, 250)}.{chance.randint(2, 250)}",
    Kind.ADDRESS: lambda chance: (
        f"{chance.randint(1000, 9999)} {chance.choice(_STREETS)} Street, {chance.choice(_PLACES)}"
    ),
    Kind.BIRTH_DATE: lambda chance: f"{chance.randint(1950, 2004)}-{chance.randint(1, 12):02}-{chance.randint(10, 28)}",
    Kind.SECRET: lambda chance: (
        "ghp_" + "".join(chance.choices("abcdefghkmnpqrstuvwxyzABCDEFGHKMNPQRST23456789", k=36))
    ),
}
