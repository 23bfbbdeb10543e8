# ruff: noqa: E501 (a form reads best in one line)
"""Precise addresses: a street with a house's number, as it is written in each part of the world."""

import re
from collections.abc import Iterator
from functools import cache

from export.personal_data.gate import Gate, fast_gate
from export.personal_data.span import Kind, Recogniser, Span

_UP = r"[A-ZÀ-ÖØ-ÞŁŚŠŽČĐĞİÖŞŐŰ]"
_NAME = rf"{_UP}[\w'’.-]*"
_NUMBER = r"\d{1,5}(?:[-/]\d{1,4})?\s?[a-zA-Z]?(?![\w.]*\d)"
_END = r"(?![\w'’])"

FORMS: dict[str, str] = {
    "number, postcode and place": rf"\b{_NAME}(?: (?:(?:de|del|della|da|do|la|van|of) )?{_NAME}){{0,4}},? ?(?:n[.º°]+ ?)?\d{{1,4}}\s?[a-zA-Z]?(?: (?:Piso|Appartamento|Apt|lok\.) ?\w{{1,4}})?,(?: {_NAME}(?: {_NAME}){{0,2}},)? ?(?:[A-Z]{{1,2}}-)?(?:\d{{5}}(?:-\d{{3}})?|\d{{8}}|\d{{4}}(?: [A-Z]{{2}})?|\d\d-\d{{3}}|\d{{3}} \d\d),? {_NAME}",
    "place and postcode last": rf"(?<![\w.,$€£#-])(?:(?:Flat|Studio|Unit|Apt) )?\d{{1,5}}[A-Za-z]?(?:/\d{{1,5}})?,? (?:{_NAME},? ){{1,6}}(?:[A-Z]{{1,2}}\d[A-Z\d]? \d[A-Z]{{2}}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{{6}})\b",
    "in with postcode": rf"(?<![\w.,$€£#-])\d{{1,5}}(?:/\d{{1,5}})?,? {_NAME}(?: {_NAME}){{0,3}},? {_NAME}(?: {_NAME})?[- ]\d{{6}}\b",
    "en": rf"(?:(?:Apt|Unit|Flat|Suite|Apartment)\.? ?\w{{1,5}},? )?(?<![\w.,$€£#-])\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,5}})? (?:[NSEW]\.? |North |South |East |West )?(?:(?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th)) ){{1,4}}"
    r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Tce|Close|Crescent|Cres|Square|Sq|Parkway|Pkwy"
    r"|Circle|Cir|Highway|Hwy|Grove|Gardens|Mews|Trail|Row|Walk|Hill|Rise|View|Loop|Alley|Broadway|Nagar|Marg|Expressway|Esplanade|Parade|Quay)\b\.?",
    "en without a street's word": rf"(?<![\w.,$€£#-])\d{{1,5}} (?:{_NAME} ){{1,3}}{_NAME},? (?:(?:Apt|Suite|Unit)\.? \w{{1,5}},? )?{_NAME}(?: {_NAME}){{0,2}},? (?:[A-Z]{{2}},? \d{{5}}(?:-\d{{4}})?|[A-Z]{{2,3}},? \d{{4}}|[A-Z]{{1,2}}\d[A-Z\d]? \d[A-Z]{{2}}|[A-Z]\d[A-Z] ?\d[A-Z]\d)\b",
    "en avenue": rf"(?<![\w.,$€£#-])\d{{1,5}} (?:Avenue [A-Z]|Broadway|The {_NAME})(?=,| in | at |\.|$)(?!\.\d)",
    "box": r"\b[Pp]\.? ?[Oo]\.? ?[Bb]ox \d{1,6}\b",
    "de": rf"(?:\b{_UP}[\w.-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|steig|graben|berg|hof|markt)|\b(?:Am|An der|Auf der|Im|In der|Zum|Zur|Unter den|Alte[rn]?|Neue[rn]?|Obere|Untere|Große|Kleine) (?:{_NAME} )?{_NAME}|\b(?:{_NAME}[ -]){{1,3}}(?:Straße|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer)) {_NUMBER}{_END}(?!\s?(?:Uhr|Euro|€|%|km|\.\d))",
    "fr": rf"\b\d{{1,4}}(?: ?(?:bis|ter|quater))?,? ?(?i:rue|avenue|av\.|boulevard|bd|blvd|chemin|place|impasse|allée|quai|route|cours|square|passage|faubourg|sentier|villa|ruelle)\b (?:(?:de|du|des|la|le|les|l['’]|d['’])\s?){{0,3}}{_NAME}(?:[ -](?:de |du |des |la |l['’]|d['’])?{_NAME}){{0,4}}",
    "es": rf"\b(?:Calle|calle|C/|Avenida|avenida|Avda?\.?|Av\.|Plaza|plaza|Paseo|paseo|Camino|Carrera|Cra\.?|Ronda|Travesía|Jirón|Jr\.|Pasaje|Glorieta|Cuesta|Vía|Diagonal|Callejón|Calz\.|Calzada|Boulevard|Privada|Prolongación) ?(?:(?:de|del|la|las|los|el) ){{0,3}}(?:{_NAME}|\d{{1,3}})(?: (?:de |del |la |las |los |y )*{_NAME}){{0,4}},? ?(?:n[.º°o]{{1,2}} ?|núm\.? ?|número |#)?{_NUMBER}(?:-\d+)?{_END}",
    "it": rf"\b(?:Via|via|Viale|viale|Piazza|piazza|Corso|corso|Vicolo|Largo|Strada|Piazzale|Contrada|Lungo\w+|Borgo|Salita|Rotonda|Canale|Calle|Traversa) (?:(?:di|del|della|dei|delle|degli|dell['’]|d['’]|la) ?){{0,2}}{_NAME}(?: (?:di |del |della |dei |delle |degli )*{_NAME}){{0,4}},? ?(?:n\.? ?)?{_NUMBER}{_END}",
    "pt": rf"\b(?:Rua|rua|R\.|Avenida|Av\.?|Travessa|Praça|Alameda|Rodovia|Estrada|Largo|Beco|Viela|Ladeira|Vila|Conjunto|Parque|Passarela|Núcleo) (?:(?:de|da|do|das|dos) )?{_NAME}(?: (?:de |da |do |das |dos |e )?{_NAME}){{0,5}},? ?(?:n[.º°o]{{0,2}} ?)?{_NUMBER}{_END}",
    "nl": rf"\b{_UP}[\w'’.-]*(?:straat|laan|weg|plein|gracht|kade|dijk|singel|steeg|hof|dreef|pad|markt|ring|baan|plantsoen|boulevard) {_NUMBER}(?:-\w{{1,3}})?{_END}",
    "pl": rf"\b(?:ul\.|ulica|ulicy|al\.|aleja|alei|os\.|osiedle|pl\.|plac) ?{_NAME}(?: {_NAME}){{0,3}} {_NUMBER}(?: ?(?:m\.|lok\.) ?\d+)?{_END}",
    "cz": rf"\b{_NAME}(?: {_NAME})? \d{{1,4}}(?:/\d{{1,4}}[a-z]?)?, ?\d{{3}} \d\d {_NAME}|\b(?:ulic[eia]|nám\.|náměstí|třída) {_NAME}(?: {_NAME})? {_NUMBER}{_END}",
    "hu": rf"\b{_NAME}(?: {_NAME})? (?:utca|út|útja|tér|tere|körút|köz|sétány|u\.) \d{{1,4}}\.?",
    "ro": rf"\b(?:Str\.|Strada|strada|Bd\.|Bdul\.|Bulevardul|Calea|Aleea|Șoseaua|Intrarea) {_NAME}(?: {_NAME}){{0,4}},? (?:nr\.? ?){_NUMBER}{_END}",
    "ru": r"(?:\b(?:ул\.?|улиц[аеы]|пр\.|пр-т|просп\.|проспект|пер\.|переул(?:ок|ке)|бул\.|б-р|бульвар|ш\.|шоссе|наб\.|набережная|пл\.|площадь|вул\.|вулиця|бул\.) ?(?:[А-ЯЁЇІЄҐ0-9][\w.-]*\s?){1,4},? ?(?:д\.|дом|буд\.|б\.)? ?\d{1,4}\w?(?:/\d+)?(?:,? ?(?:корп?\.|стр\.) ?\d+)?(?:,? ?(?:кв\.|квартира|оф\.) ?\d+)?)",
    "nordic": rf"\b(?:{_UP}[\w-]*(?:gatan|vägen|gränd|torget|stigen|backen|vej|gade|stræde|allé|veien|gata|vegen|gate|plassen|katu|tie|kuja|polku|raitti|ranta)|{_NAME} (?:vei|gate|vej|plass|väg|gata|plads|torv|tie|katu)) {_NUMBER}{_END}",
    "tr": rf"\b(?:{_NAME} ){{1,4}}(?:Mah(?:\.|allesi)?|Cad(?:\.|desi)?|Sok(?:\.|ak|ağı)?|Sk\.|Bulvarı|Blv\.|Caddesi)(?:[ ,]+(?:{_NAME} ?){{0,4}}(?:Cad(?:\.|desi)?|Sok(?:\.|ak|ağı)?|Sk\.|Bulvarı)?)?[ ,]*No ?[:.]? ?\d{{1,4}}(?:/\d+)?",
    "vn": r"(?:\b(?:[Ss]ố )?\d{1,4}(?:/\d{1,4})*[A-Z]? (?:[Đđ]ường|[Pp]hố|[Nn]gõ|[Hh]ẻm) (?:[A-ZĐÀ-Ỹ]\w+ ?){1,4})",
    "id": rf"\b(?:Jl\.?|Jalan|Jln\.?|Gg\.|Gang) (?:{_NAME} ){{1,4}}(?:[Nn]o\.? ?){_NUMBER}{_END}",
    "jp": r"〒\d{3}-?\d{4}|[一-龥]{2,3}[都道府県][一-龥ぁ-んァ-ヶ]{1,10}[市区町村郡][^\s、。]{0,20}?\d{1,4}(?:丁目|番地?|号|-)\d{0,4}(?:[-番]\d{1,4})?号?|[一-龥]{1,5}[市区町][一-龥ぁ-んァ-ヶ]{1,10}\d{1,3}(?:丁目|-)\d{1,4}(?:[-番]\d{1,4})?",
    "cn": r"(?:[一-龥]{2,8}(?:省|市|区|县))?[一-龥]{2,10}(?:路|街|大道|道|巷|弄|胡同)(?:\d{1,5}[号弄]|[A-Za-z]座)(?:\d{0,4}[栋楼室单元]*){0,3}",
    "kr": r"(?:[가-힣]{2,8}(?:시|도|구|군) ?){1,3}[가-힣0-9]{1,12}(?:로|길|대로|거리|가)(?:\d+번?길)? ?\d{1,4}(?:-\d{1,4})?|[가-힣]{2,8}동 \d{1,4}(?:-\d{1,4})?번지",
    "in": rf"\b(?:H\.? ?No\.?|House No\.?|Flat No\.?|Plot No\.?|Door No\.?|D\.No\.?) ?[\w/-]{{1,10}},? (?:{_NAME},? ){{1,6}}{_NAME}",
    "ar": r"(?:\d{1,4} )?شارع [\u0621-\u064a]+(?: [\u0621-\u064a]+){0,3}[،, ]+(?:رقم |مبنى |بناية |عمارة )\d{1,4}|\d{1,4} شارع [\u0621-\u064a]+(?: [\u0621-\u064a]+){0,2}",
}
"""Part of the world: how a street and a number are written there."""

_TAIL = re.compile(
    rf"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|#)\.? ?\w{{1,5}})?(?:(?:,|\n| -)? ?(?:{_UP}[\w'’.-]+ ?){{1,3}})?,? ?(?:[A-Z]{{2}},? \d{{5}}(?:-\d{{4}})?|[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}\b|[A-Z]\d[A-Z] ?\d[A-Z]\d|(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT) \d{{4}})"
    rf"|(?:,|\n| in)? ?(?:[A-Z]{{1,2}}-)?(?:\d{{5}}(?:-\d{{3}})?|\d{{4}}(?: ?[A-Z]{{2}})?|\d\d-\d{{3}}|\d{{3}} \d\d) {_NAME}(?: {_NAME})?"
)
"""The rest of an address: flat, place, postcode."""

_KNOWN = re.compile(
    r"(?i)^(?:10 downing|1600 pennsylvania|1600 amphitheatre|221b? baker|742 evergreen|(?:123|1234) (?:main|any|fake|example|maple|elm|oak|street)|4 privet|350 fifth|1 infinite|one apple"
    r"|11 wall|5 star|\d{1,3}(?:st|nd|rd|th)\b|12 grimmauld|1 hacker|1 microsoft|(?:19|20)\d\d )|musterstra(?:ß|ss)e|rue de l'exemple|calle falsa|examplestr|p\.?o\.? box 123\b"
)


GATES: dict[str, str] = {
    "number, postcode and place": r"[a-zA-ZÀ-ž],? (?:n[.º°]+ ?)?\d{1,4}[^\d\n]{0,40},? ?(?:[A-Z]{1,2}-)?(?:\d{4}|\d{3} \d\d|\d\d-\d{3})",
    "place and postcode last": r"\d[A-Za-z]?(?:/\d{1,5})?,? [A-Z].{0,90}(?: [A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{6})",
    "in with postcode": r"[- ]\d{6}\b",
    "en": r"\d[A-Za-z]? (?:[NSEW]\.? )?[A-Z\d].{1,60}\b(?:St|Av|Ro|Rd|Bo|Bl|La|Ln|Dr|Co|Ct|Wa|Pl|Te|Tc|Cl|Cr|Sq|Pa|Pk|Ci|Hi|Hw|Gr|Ga|Me|Tr|Row|Ri|Vi|Lo|Al|Br|Na|Ma|Ex|Es|Qu)",
    "en without a street's word": r"\d [A-Z].{5,80}(?:[A-Z]{2},? \d{5}|[A-Z]{2},? \d{4}|\d[A-Z\d]? \d[A-Z])",
    "en avenue": r"\d (?:Avenue|Broadway|The )",
    "box": r"[Bb][Oo][Xx] \d",
    "de": r"(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|steig|graben|berg|hof|markt|Straße|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer) \d|\b(?:Am|An der|Auf der|Im|In der|Zum|Zur|Unter den|Alte[rn]?|Neue[rn]?|Obere|Untere|Große|Kleine) [^\d\n]{2,40} \d",
    "fr": r"\d ?,? ?(?:bis|ter|quater)?,? ?(?i:rue|avenue|av|boulevard|bd|blvd|chemin|place|impasse|allée|quai|route|cours|square|passage|faubourg|sentier|villa|ruelle)\b",
    "es": r"\b(?:[Cc]alle|C/|[Aa]venida|Avda|Av\.|[Pp]laza|[Pp]aseo|Camino|Carrera|Cra|Ronda|Travesía|Jirón|Jr\.|Pasaje|Glorieta|Cuesta|Vía|Diagonal|Callejón|Calz|Boulevard|Privada|Prolongación)",
    "it": r"\b(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|Vicolo|Largo|Strada|Piazzale|Contrada|Lungo|Borgo|Salita|Rotonda|Canale|Calle|Traversa) ",
    "pt": r"\b(?:[Rr]ua|R\.|Avenida|Av\.?|Travessa|Praça|Alameda|Rodovia|Estrada|Largo|Beco|Viela|Ladeira|Vila|Conjunto|Parque|Passarela|Núcleo) ",
    "nl": r"(?:straat|laan|weg|plein|gracht|kade|dijk|singel|steeg|hof|dreef|pad|markt|ring|baan|plantsoen|boulevard) \d",
    "pl": r"\b(?:ul\.|ulica|ulicy|al\.|aleja|alei|os\.|osiedle|pl\.|plac)",
    "cz": r", ?\d{3} \d\d [A-Z]|\b(?:ulic[eia]|nám|třída)",
    "hu": r"(?:utca|út|útja|tér|tere|körút|köz|sétány|u\.) \d",
    "ro": r"nr\.? ?\d",
    "ru": r"(?:ул|пр|пр-т|просп|пер|бул|ш|наб|пл|вул)\.? ?[А-ЯЁ\d]|улиц|проспект|переул|бульвар|шоссе|набережная|площадь|вулиця",
    "nordic": r"(?:gatan|vägen|gränd|torget|stigen|backen|vej|gade|stræde|allé|veien|gata|vegen|gate|plassen|katu|tie|kuja|polku|raitti|ranta|vei|plass|väg|plads|torv) \d",
    "tr": r"No ?[:.]? ?\d",
    "vn": r"(?:ường|hố|gõ|ẻm) ",
    "id": r"\b(?:Jl|Jalan|Jln|Gg|Gang)\b",
    "jp": r"〒\d|[都道府県市区町村郡]",
    "cn": r"[路街道巷弄同](?:\d|[A-Za-z]座)",
    "kr": r"[로길리가동] ?\d",
    "in": r"\b(?:H\.? ?No|House No|Flat No|Plot No|Door No|D\.No)",
    "ar": r"شارع",
}
"""For each form, what must be there for it to be tried: one look at a text for all of them."""


@cache
def _forms() -> tuple[Gate, list[tuple[str, re.Pattern[str]]]]:
    return fast_gate(list(GATES.values())), [(name, re.compile(FORMS[name])) for name in GATES]


def _spans(text: str) -> Iterator[Span]:
    gate, forms = _forms()
    found = [
        (match.start(), -match.end(), name)
        for name, form in map(forms.__getitem__, gate(text))
        for match in form.finditer(text)
        if not _KNOWN.search(match[0])
    ]
    for start, minus_end, name in sorted(found):
        tail = _TAIL.match(text, -minus_end)
        end = tail.end() if tail else -minus_end
        yield Span(start, start + len(text[start:end].rstrip(" .,'\n")), Kind.ADDRESS, name)


RECOGNISER = Recogniser(Kind.ADDRESS, "|".join(f"(?:{gate})" for gate in GATES.values()), _spans)
