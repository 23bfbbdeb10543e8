# ruff: noqa: E501 (a form reads best in one line)
"""Dates of birth: a date right after words that say whose it is. Other dates are nobody's."""

import re
from collections.abc import Iterator

from export.personal_data.span import Kind, Recogniser, Span

_LABELS = (
    r"\bd\.?o\.?b\b\.?|\bdate of birth|\bbirth ?date|\b(?:my|his|her|our \w+'s|my \w+'s) birthday|\bI was born|\bI'm born"
    r"|\bmy \w+ was born|\bborn:|\bpatient,? born"
    r"|\bgeburtsdatum|\bgeb\.|\b(?:ich bin|ich wurde) (?:am )?(?:geboren)?|\bgeboren am"
    r"|\bdate de naissance|\bje suis née? le|\bnée? le"
    r"|\bfecha de nacimiento|\bnac[ií] el|\bnacid[oa] el|\bdata de nascimento|\bnasci (?:em|a|no dia)|\bnascid[oa] em"
    r"|\bdata di nascita|\bsono nat[oa] il|\bnat[oa] il|\bgeboortedatum|\bgeboren op|\bdata urodzenia|\burodzon[ya]"
    r"|\burodziłe?[ma]m? się|\bfödelsedatum|\bfödd|\bfødselsdato|\bfødt|\bsyntymäaika|\bdoğum tarihi|\bngày sinh"
    r"|\btanggal lahir|дата рождения|дата народження|я родил(?:ся|ась)|datum narození|data nașterii|születési"
    r"|ημερομηνία γέννησης|生年月日|出生日期|生日|생년월일|تاريخ الميلاد|تاریخ تولد|תאריך לידה|जन्म तिथि|วันเกิด"
)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|fév|avr|mai|juin|juil|août|déc|märz|okt|dez"
    r"|fev|set|out|gen|mag|giu|lug|ott|mrt|mei|янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек)[^\W\d_]*\.?"
)
_DATE = (
    r"(?:\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})\b|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?\s(?:of\s|de\s|d'|di\s)?{_MONTH},?\s(?:de\s|del\s)?(?:19|20)\d\d\b"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d\b"
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
