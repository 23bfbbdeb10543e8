# ruff: noqa: E501 (a form reads best in one line)
"""Dates of birth: a date right after words that say whose it is. Other dates are nobody's."""

import re
from collections.abc import Iterator

from export.personal_data.span import Kind, Recogniser, Span

_LABELS = (
    r"(?<![A-Za-z_])(?:d\.?o\.?b(?![A-Za-z])\.?|date[ _-]of[ _-]birth|birth[ _-]?date|(?:my|his|her|our \w+'s|my \w+'s) (?:birthday|b-?day)|b(?:irth)?-?day ?(?:is|was|[:=])|I(?: was|'m|'m| am) born|my \w+ was born|born:|patient,? born"
    r"|geburtsdatum|geburtstag(?: ist| war|[:=])|geb\.(?:-?datum)?|geburts?-?dat\.?|(?:ich bin|ich wurde) (?:am )?(?:geboren)?|geb(?:oren|\.) in [\w /-]{2,25} am|geboren am|(?:patient|pt\.?),? b\."
    r"|date de naissance|je suis née? le|née?(?:\(e\))? (?:(?:à [\w' -]{2,25} )?le|(?=\d{1,2}[/.-]))|(?-i:F\.N\.|FN:)(?=:? ?\d)|I turned \d{1,2} on|anniversaire est le|f(?:echa|ec|\.) ?(?:de )?nac(?:imiento|\.)?|nac[ií] el|nacid[oa] (?:en [\w' -]{2,25} )?el|cumpleaños es el|data de nascimento|nasci (?:em|a|no dia)|nascid[oa] em|nasc\."
    r"|data di nascita|(?:sono )?nat[oa](?: an?d? [\w' ]{2,20}?)? il|geboortedatum|geboren op|data urodzenia|urodzon[ya]|ur\."
    r"|urodziłe?[ma]m? się|födelsedatum|född|fødselsdato|født|syntymäaika|doğum (?:tarihi|günü|yeri ve tarihi)|doğumlu|ngày (?:tháng năm )?sinh|sinh ngày"
    r"|tanggal lahir|tgl\.? lahir|lahir (?:pada )?(?:tanggal )?|datum narození|narozen[aý]?|data nașterii|născută?|dátum narodenia|narodila? (?:som|jsem) s[ae]|(?:sam rođena?|rođena? sam|sem rojena?|rojena? sem)|datum ro(?:đenja|jstva)|gimimo data|dzimšanas datums|sünni(?:kuupäev|aeg)|tarikh lahir|data de naixement|olen syntynyt|synnyin|születtem|vaig néixer)"
    r"|(?:дата|день) рождения|дата народження|д\.\s?р\.|я родил(?:ся|ась)|я народи(?:вся|лася)|születési|ttl(?=\s?:)|ttl\.? lahir"
    r"|дата на раждане|роден[аи]? съм на|датум рођења|(?:рођен[аи]? сам|сам рођен[аи]?)|ημερομηνία γέννησης|γεννήθηκα|生年月日|出生日期|出生年月|出生年月日|生日|誕生日|我(?:是)?(?:出生|生)[于於在]|생년월일|생일|تاريخ (?:الميلاد|الولادة)|ولدت|(?:أنا )?مواليد|تاریخ تولد|متولد|תאריך לידה|נולדתי|יום הולדת|जन्म ?(?:तिथि|दिन|की तारीख)|วันเกิด|เกิดวันที่|জন্ম ?তারিখ|பிறந்த (?:தேதி|நாள்)"
    r"|(?:^|(?<=[\n.,;|•:，。：；])) ?(?:born (?:on )?|родил(?:ся|ась) |народи(?:вся|лася) |народжен(?:ий|а) |роден[аи]? на |рођен[аи]? |rođena? |rojena? |narozen[aý]? |narodený |syntynyt |dzim(?:is|usi) |gim(?:ęs|usi) |sündinud |született:? |szül\.:? |nar\.:? |출생 |出生[于於]|生[于於])(?=\d|[A-Z])"
)
"""What says whose date it is; the last line only where something begins, as a life that is told says it as well."""
_MONTH = (
    r"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|fév|avr|mai|juin|juil|août|déc|märz|okt|dez"
    r"|fev|set|out|gen|mag|giu|lug|ott|mrt|maart|mei|maj|янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек"
    r"|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|гру"
    r"|led|úno|bře|dub|kvě|čer|srp|zář|říj|pro|már|ápr|máj|jún|júl|sze|ian|iun|iul|noi|siječ|velj|ožu|svi|kol|ruj|stu|яну|юни|юли|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu|ιαν|φεβ|μαρ|απρ|μα[ΐι]|ιου|αυγ|σεπ|οκτ|νοε|δεκ|agu|des|peb)[^\W\d_]*\.?"
    r"|[בל]?(?:ינואר|פברואר|מרץ|מרס|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר)"
    r"|يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر|كانون (?:الثاني|الأول)|شباط|[آا]ذار|نيسان|[أا]يار|حزيران|تموز|آب|[أا]يلول|تشرين (?:الأول|الثاني)"
    r"|فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند"
    r"|जनवरी|फ़?रवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितं?बर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर"
    r"|มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม|(?:ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค)\.)"
)
_YEAR = r"(?:19[1-9]|20[0-4])\d"
"""Whoever was born before 1910 is a matter of history."""
_OTHER_YEAR = r"(?:13\d|14[01]|24[5-9]|25[0-9])\d"
"""A year of Iran's calendar, and of Thailand's."""
_ERA = "(?:昭和|平成|令和|大正|民國|民国)"
"""What years are counted from in Japan and Taiwan."""
_DATE = (
    rf"(?:\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?:{_YEAR}|\d{{2}})(?!\d)|{_YEAR}[-/.]\s?\d{{1,2}}[-/.]\s?\d{{1,2}}(?!\d)|{_ERA}\s?(?:\d{{1,3}}|元)\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?[\s/-](?:of\s|de\s|d'|di\s)?{_MONTH},?[\s/-](?:de\s|del\s)?{_YEAR}(?!\d)"
    rf"|(?:19[1-9]|20[0-2])\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)|{_OTHER_YEAR}/\d{{1,2}}/\d{{1,2}}(?!\d)|\d{{1,2}}[\s/-](?:{_MONTH}[\s/-]|\d{{1,2}}[/-])(?:ปี |พ\.ศ\. ?)?{_OTHER_YEAR}(?!\d)"
    rf"|\d{{1,2}}\stháng\s\d{{1,2}},?\s(?:năm\s)?{_YEAR}(?!\d)|{_YEAR}\.?\s{_MONTH}\s\d{{1,2}}(?!\d)"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)"
    r"|(?:19|20)?\d\d\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号]?)"
)
_ALONE = re.compile(rf"(?i)(?<!\d){_DATE}")
_BIRTH = re.compile(rf"(?i)(?:{_LABELS})[^\d\n]{{0,24}}?(?P<date>{_DATE})")
_BEHIND = re.compile(
    rf"(?i)(?<!\d)(?P<date>{_DATE})\s?(?:г\.?\s?р\.?(?!\w)|года рождения|р\.\s?н\.|生まれ|(?:出)?生(?![一-龥])|출생|일생|생(?![가-힣])|doğumlu)"
)


_WORD_BEHIND = re.compile(r"г\.?\s?р|Г\.?\s?Р|года рожд|р\.\s?н\.|生|생|doğumlu|Doğumlu")
"""Without it no word can stand behind, and dates need not be looked for."""
_COLUMN = re.compile(
    r"(?i)(?:^|[,;\t|])[\"' ]{0,3}(?:\w{1,20}[ _])?(?:dob|d\.o\.b\.?|birth[ _-]?da(?:te|y)|date[ _-]of[ _-]birth|born|geburtsdatum|geburtstag|date[ _](?:de[ _])?naissance|fecha[ _](?:de[ _])?nac\w*"
    r"|data[ _](?:de[ _])?nasc\w*|data[ _](?:di[ _])?nascita|дата рождения|生年月日|出生日期|出生年月|생년월일)[\"' ]{0,3}(?=[,;\t|]|$)"
)
"""The head of a table's column."""
_ROWS = 500


def _in_tables(text: str) -> Iterator[Span]:
    """Yield dates under a head that says what they are."""
    lines = text.split("\n")
    offset = 0
    for at, line in enumerate(lines):
        head = _COLUMN.search(line) if len(line) < _ROWS else None
        by = next((each for each in ",;\t|" if head and each in line), None)
        if head and by:
            column = line.count(by, 0, head.end()) - (head[0].strip().endswith(by))
            start = offset + len(line) + 1
            for row in lines[at + 1 : at + 1 + _ROWS]:
                cells = row.split(by)
                if len(cells) <= column:
                    break
                place = start + sum(len(each) + 1 for each in cells[:column])
                yield from (
                    Span(place + found.start(), place + found.end(), Kind.BIRTH_DATE, "column")
                    for found in _ALONE.finditer(cells[column])
                )
                start += len(row) + 1
        offset += len(line) + 1


def _spans(text: str) -> Iterator[Span]:
    for form in (_BIRTH, _BEHIND) if _WORD_BEHIND.search(text) else (_BIRTH,):
        for match in form.finditer(text):
            yield Span(*match.span("date"), Kind.BIRTH_DATE, "context")
    if "\n" in text:
        yield from _in_tables(text)


RECOGNISER = Recogniser(
    Kind.BIRTH_DATE,
    r"(?i)birth|born|b-?day|d\.?o\.?b|geb|anniversaire|cumple|f\. ?nac|\bur\.|nat[oa] |narozen|născut|誕生|生まれ|[于於在年]|г\. ?р|д\. ?р|р\. ?н|년|naiss|née? |\bb\. ?\d|f\.n\.|fn:|i turned|nacim|nac[ií]|nasc|nat[oa] il|nascita|urodz|föd|fød|syntym|doğum|sinh"
    r"|lahir|рожд|родил|народж|народи|\bttl\b|naroz|naște|szület|раждан|роден|рођ|γέννησ|γεννήθ|生年月日|出生|生日|생년|생일|ميلاد|ولادة|ولدت|مواليد|تولد|متولد|לידה|נולד|הולדת|जन्म|วันเกิด|เกิดวัน|জন্ম|பிறந்த|narod|rođ|rojs|rojen|gimimo|dzim|sünni|naixement|synty|szület|néixer",
    _spans,
)
