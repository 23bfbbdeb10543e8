"""Checks that python-stdnum does not have, or has too strictly, from the states' own descriptions of their numbers."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from stdnum import luhn
from stdnum.at import vnr
from stdnum.cl import rut
from stdnum.iso7064 import mod_11_2

_OLDEST = 1900
_YOUNGEST = 2030


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _weighed(number: str, *weights: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def _is_date(year: int, month: str, day: str) -> bool:
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return _OLDEST <= year <= _YOUNGEST


def _is_short_date(year: str, month: str, day: str) -> bool:
    """Tell whether it is a day in this century or the last one."""
    return _is_date(1900 + int(year), month, day) or _is_date(2000 + int(year), month, day)


def _china(number: str) -> bool:
    """A day, and ISO 7064's check digit; places are not looked up, as the lists of them grow old."""
    return (
        number[0] in "12345689"
        and _is_date(int(number[6:10]), number[10:12], number[12:14])
        and mod_11_2.is_valid(number)
    )


def _korea(number: str) -> bool:
    """A day and a century: numbers given since 2020 have no check digit."""
    digits = _digits(number)
    return digits[6] in "123456789" and _is_short_date(digits[:2], digits[2:4], digits[4:6])


def _korean_form(number: str) -> bool:
    """Two groups that are no round quantities, the second with a century: many lists hold days that never were."""
    return number[7] in "1234" and not number.endswith("000")


def _algeria(number: str) -> bool:
    """Nationality, sex, the end of a year, one of 58 provinces."""
    return number[0] in "12" and number[1] in "01" and not "031" <= number[2:5] <= "899" and 1 <= int(number[5:7]) <= 58


def _austria(number: str) -> bool:
    """A check digit in the fourth place, and a day; months go on to 15 where a day has too many people."""
    digits = _digits(number)
    return vnr.is_valid(digits) and 1 <= int(digits[4:6]) <= 31 and 1 <= int(digits[6:8]) <= 15


def _latvia(number: str) -> bool:
    """A day and a century, or 32 and no day since 2017."""
    digits = _digits(number)
    return digits[:2] == "32" or (digits[6] in "012" and _is_short_date(digits[4:6], digits[2:4], digits[:2]))


def _hungary(number: str) -> bool:
    """Sex and century, a day, and a remainder by 11; the weights turned round in 1997."""
    digits = _digits(number)
    if not ("1" <= digits[0] <= "8" and _is_short_date(digits[1:3], digits[3:5], digits[5:7])):
        return False
    return int(digits[10]) in {
        _weighed(digits[:10], *range(1, 11)) % 11 % 10,
        _weighed(digits[:10], *range(10, 0, -1)) % 11 % 10,
    }


def _ukraine(number: str) -> bool:
    """Days since 1899 of somebody who may be alive, and a check digit; not a moment of these years in seconds."""
    days = int(number[:5])
    total = _weighed(number[:9], -1, 5, 7, 9, 4, 6, 10, 5, 7)
    return (
        7_000 <= days <= 43_000
        and not number.startswith(("15", "16", "17", "18"))
        and total % 11 % 10 == int(number[9])
    )


def _russian_pension(number: str) -> bool:
    digits = _digits(number)
    return _weighed(digits[:9], *range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def _iran(number: str) -> bool:
    remainder = _weighed(number[:9], *range(10, 1, -1)) % 11
    return int(number[9]) == (remainder if remainder < 2 else 11 - remainder)


def _saudi(number: str) -> bool:
    return number[0] in "12" and luhn.is_valid(number)


def _emirates(number: str) -> bool:
    digits = _digits(number)
    return digits.startswith("784") and _OLDEST <= int(digits[3:7]) <= _YOUNGEST


def _egypt(number: str) -> bool:
    century = {"2": 1900, "3": 2000}.get(number[0])
    return (
        century is not None
        and _is_date(century + int(number[1:3]), number[3:5], number[5:7])
        and (1 <= int(number[7:9]) <= 35 or number[7:9] == "88")
    )


def _luxembourg(number: str) -> bool:
    return _is_date(int(number[:4]), number[4:6], number[6:8]) and luhn.is_valid(number[:12])


def _kazakhstan(number: str) -> bool:
    if number[6] not in "123456" or not _is_short_date(number[:2], number[2:4], number[4:6]):
        return False
    control = _weighed(number[:11], *range(1, 12)) % 11
    if control == 10:
        control = _weighed(number[:11], 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2) % 11
    return control == int(number[11])


def _singapore(number: str) -> bool:
    total = _weighed(number[1:8], 2, 7, 6, 5, 4, 3, 2)
    letters = "JZIHGFEDCBA" if number[0] in "ST" else "XWUTRQPNMLK"
    return letters[(total + 4 * (number[0] in "TG")) % 11] == number[8]


def _taiwan(number: str) -> bool:
    area = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(number[0]) + 10
    return _weighed(f"{area}{number[1:]}", 1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1) % 10 == 0


def _hong_kong(number: str) -> bool:
    letters, digits = number[:-9].rjust(2), number[-9:-3]
    values = [36 if each == " " else ord(each) - 55 for each in letters] + [int(each) for each in digits]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return (total + (10 if number[-2] == "A" else int(number[-2]))) % 11 == 0


def _chile_or_uruguay(number: str) -> bool:
    """Chile's check digit by 11, or Uruguay's by 10: both write eight digits in the same way."""
    digits = _digits(number)
    uruguay = len(digits) == 8 and -_weighed(digits[:7], 2, 9, 8, 7, 6, 3, 4) % 10 == int(digits[7])
    return rut.is_valid(number) or uruguay


def _german_pension(number: str) -> bool:
    """A day of birth, a name's first letter as two digits, and the sum of the digits of what each digit weighs."""
    compact = number.replace(" ", "")
    digits = compact[:8] + f"{ord(compact[8]) - 64:02d}" + compact[9:11]
    weighed = [int(digit) * weight for digit, weight in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)]
    return sum(each // 10 + each % 10 for each in weighed) % 10 == int(compact[11])


def _travel_document(number: str) -> bool:
    """The check digits of ICAO 9303 over a passport's number, the day of birth and the last day."""
    values = [0 if each == "<" else int(each, 36) for each in number]
    return all(
        sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values[start:end])) % 10 == values[end]
        for start, end in ((0, 9), (13, 19), (21, 27))
    )


def _sri_lanka(number: str) -> bool:
    """A day of a year, to which women's numbers add 500."""
    return 1 <= int(number[2:5]) % 500 <= 366


def _by_form(_number: str) -> bool:
    return True


OWN: Mapping[str, Callable[[str], bool]] = {
    "ae.birth": _emirates,
    "at.birth": _austria,
    "cl.rut": _chile_or_uruguay,
    "cn.check": _china,
    "de.pension": _german_pension,
    "dz.nin": _algeria,
    "eg.birth": _egypt,
    "form": _by_form,
    "gb.driver": _by_form,
    "gb.nino": _by_form,
    "hk.id": _hong_kong,
    "hu.personal": _hungary,
    "ir.code": _iran,
    "ke.pin": _by_form,
    "kr.birth": _korea,
    "kr.form": _korean_form,
    "kz.birth": _kazakhstan,
    "lk.nic": _sri_lanka,
    "lu.birth": _luxembourg,
    "lv.birth": _latvia,
    "mrz": _travel_document,
    "mx.elector": _by_form,
    "mx.nss": luhn.is_valid,
    "ph.sss": _by_form,
    "ru.snils": _russian_pension,
    "sa.code": _saudi,
    "sg.nric": _singapore,
    "tw.id": _taiwan,
    "ua.days": _ukraine,
    "us.mbi": _by_form,
}
"""By the name under which the rules ask for them."""
