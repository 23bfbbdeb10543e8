# ruff: noqa: E501 (a form reads best in one line)
"""Dates of birth: a date right after words that say whose it is. Other dates are nobody's."""

import re
from collections.abc import Iterator

from export.personal_data.span import Kind, Recogniser, Span

_LABELS = (
    r"(?<![A-Za-z_])(?:d\.?o\.?b(?![A-Za-z])\.?|date[ _-]of[ _-]birth|birth[ _-]?date|(?:my|his|her|our \w+'s|my \w+'s) (?:birthday|b-?day)|b(?:irth)?-?day ?(?:is|was|[:=])|I(?: was|'m|'m| am) born|my \w+ was born|born:|patient,? born"
    r"|geburtsdatum|geburtstag(?: ist| war|[:=])|geb\.(?:-?datum)?|geburts?-?dat\.?|(?:ich bin|ich wurde) (?:am )?(?:geboren)?|geboren am"
    r"|date de naissance|je suis née? le|née?(?:\(e\))? le|anniversaire est le|f(?:echa|ec|\.) ?(?:de )?nac(?:imiento|\.)?|nac[ií] el|nacid[oa] el|cumpleaños es el|data de nascimento|nasci (?:em|a|no dia)|nascid[oa] em|nasc\."
    r"|data di nascita|(?:sono )?nat[oa](?: an?d? [\w' ]{2,20}?)? il|geboortedatum|geboren op|data urodzenia|urodzon[ya]|ur\."
    r"|urodziłe?[ma]m? się|födelsedatum|född|fødselsdato|født|syntymäaika|doğum (?:tarihi|günü|yeri ve tarihi)|doğumlu|ngày (?:tháng năm )?sinh|sinh ngày"
    r"|tanggal lahir|tgl\.? lahir|lahir (?:pada )?(?:tanggal )?|datum narození|narozen[aý]?|data nașterii|născută?)"
    r"|(?:дата|день) рождения|дата народження|д\.\s?р\.|я родил(?:ся|ась)|я народи(?:вся|лася)|születési"
    r"|ημερομηνία γέννησης|生年月日|出生日期|出生年月日|生日|誕生日|我(?:是)?(?:出生|生)[于於在]|생년월일|생일|تاريخ الميلاد|تاریخ تولد|תאריך לידה|जन्म तिथि|วันเกิด"
    r"|(?:^|(?<=[\n.,;|•:，。：；])) ?(?:born (?:on )?|родил(?:ся|ась) |出生[于於]|生[于於])(?=\d|[A-Z])"
)
"""What says whose date it is; the last line only where something begins, as a life that is told says it as well."""
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|fév|avr|mai|juin|juil|août|déc|märz|okt|dez"
    r"|fev|set|out|gen|mag|giu|lug|ott|mrt|maart|mei|maj|янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек"
    r"|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|гру"
    r"|led|úno|bře|dub|kvě|srp|zář|říj|pro|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu|ιαν|φεβ|μαρ|απρ|μα[ΐι]|ιου|αυγ|σεπ|οκτ|νοε|δεκ|agu|des|peb)[^\W\d_]*\.?"
)
_YEAR = r"(?:19[1-9]|20[0-4])\d"
"""Whoever was born before 1910 is a matter of history."""
_DATE = (
    rf"(?:\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?:{_YEAR}|\d{{2}})(?!\d)|{_YEAR}[-/.]\s?\d{{1,2}}[-/.]\s?\d{{1,2}}(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?[\s/-](?:of\s|de\s|d'|di\s)?{_MONTH},?[\s/-](?:de\s|del\s)?{_YEAR}(?!\d)"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)"
    r"|(?:19|20)?\d\d\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号]?)"
)
_BIRTH = re.compile(rf"(?i)(?:{_LABELS})[^\d\n]{{0,24}}?(?P<date>{_DATE})")
_BEHIND = re.compile(
    rf"(?i)(?<!\d)(?P<date>{_DATE})\s?(?:г\.?\s?р\.?(?!\w)|года рождения|р\.\s?н\.|生まれ|生(?![一-龥])|출생|일생|생(?![가-힣])|doğumlu)"
)


def _spans(text: str) -> Iterator[Span]:
    for form in (_BIRTH, _BEHIND):
        for match in form.finditer(text):
            yield Span(*match.span("date"), Kind.BIRTH_DATE, "context")


RECOGNISER = Recogniser(
    Kind.BIRTH_DATE,
    r"(?i)birth|born|b-?day|d\.?o\.?b|geb|anniversaire|cumple|f\. ?nac|\bur\.|nat[oa] |narozen|născut|誕生|[于於在年]|г\. ?р|д\. ?р|р\. ?н|년|naiss|née? le|nacim|nac[ií]|nasc|nat[oa] il|nascita|urodz|föd|fød|syntym|doğum|sinh"
    r"|lahir|рожд|родил|народж|naroz|naște|szület|γέννησης|生年月日|出生|生日|생년|ميلاد|تولد|לידה|जन्म|วันเกิด",
    _spans,
)
