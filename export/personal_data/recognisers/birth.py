# ruff: noqa: E501 (a form reads best in one line)
"""Dates of birth: a date right after words that say whose it is. Other dates are nobody's."""

import re
from collections.abc import Iterator

from export.personal_data.span import Kind, Recogniser, Span

_LABELS = (
    r"(?<![A-Za-z_])d\.?o\.?b(?![A-Za-z_])\.?|(?<![A-Za-z_])date of birth|(?<![A-Za-z_])birth ?date|(?<![A-Za-z_])(?:my|his|her|our \w+'s|my \w+'s) birthday|(?<![A-Za-z_])I was born|(?<![A-Za-z_])I'm born"
    r"|(?<![A-Za-z_])my \w+ was born|(?<![A-Za-z_])born:|(?<![A-Za-z_])patient,? born"
    r"|(?<![A-Za-z_])geburtsdatum|(?<![A-Za-z_])geb\.|(?<![A-Za-z_])(?:ich bin|ich wurde) (?:am )?(?:geboren)?|(?<![A-Za-z_])geboren am"
    r"|(?<![A-Za-z_])date de naissance|(?<![A-Za-z_])je suis née? le|(?<![A-Za-z_])née? le"
    r"|(?<![A-Za-z_])fecha de nacimiento|(?<![A-Za-z_])nac[ií] el|(?<![A-Za-z_])nacid[oa] el|(?<![A-Za-z_])data de nascimento|(?<![A-Za-z_])nasci (?:em|a|no dia)|(?<![A-Za-z_])nascid[oa] em"
    r"|(?<![A-Za-z_])data di nascita|(?<![A-Za-z_])sono nat[oa] il|(?<![A-Za-z_])nat[oa] il|(?<![A-Za-z_])geboortedatum|(?<![A-Za-z_])geboren op|(?<![A-Za-z_])data urodzenia|(?<![A-Za-z_])urodzon[ya]"
    r"|(?<![A-Za-z_])urodziłe?[ma]m? się|(?<![A-Za-z_])födelsedatum|(?<![A-Za-z_])född|(?<![A-Za-z_])fødselsdato|(?<![A-Za-z_])født|(?<![A-Za-z_])syntymäaika|(?<![A-Za-z_])doğum tarihi|(?<![A-Za-z_])ngày sinh"
    r"|(?<![A-Za-z_])tanggal lahir|дата рождения|дата народження|я родил(?:ся|ась)|datum narození|data nașterii|születési"
    r"|ημερομηνία γέννησης|生年月日|出生日期|生日|생년월일|تاريخ الميلاد|تاریخ تولد|תאריך לידה|जन्म तिथि|วันเกิด"
)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|fév|avr|mai|juin|juil|août|déc|märz|okt|dez"
    r"|fev|set|out|gen|mag|giu|lug|ott|mrt|mei|янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек)[^\W\d_]*\.?"
)
_DATE = (
    r"(?:\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})(?!\d)|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?\s(?:of\s|de\s|d'|di\s)?{_MONTH},?\s(?:de\s|del\s)?(?:19|20)\d\d(?!\d)"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d(?!\d)"
    r"|(?:19|20)?\d\d\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号]?)"
)
_BIRTH = re.compile(rf"(?i)(?:{_LABELS})[^\d\n]{{0,24}}?(?P<date>{_DATE})")


def _spans(text: str) -> Iterator[Span]:
    for match in _BIRTH.finditer(text):
        yield Span(*match.span("date"), Kind.BIRTH_DATE, "context")


RECOGNISER = Recogniser(
    Kind.BIRTH_DATE,
    r"(?i)birth|born|d\.?o\.?b|geb|naiss|née? le|nacim|nac[ií]|nasc|nat[oa] il|nascita|urodz|föd|fød|syntym|doğum|sinh"
    r"|lahir|рожд|родил|народж|naroz|naște|szület|γέννησης|生年月日|出生|生日|생년|ميلاد|تولد|לידה|जन्म|วันเกิด",
    _spans,
)
