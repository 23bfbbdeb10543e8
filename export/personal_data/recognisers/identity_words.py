# ruff: noqa: E501 (words read best in few lines)
"""What is said before, or behind, a number that a state gives a person."""

import re

from export.personal_data.context import labels

WORDS = labels(
    "ssn", "social security", "social insurance", "(?-i:SIN)", "national (?:id|identity|identification|insurance|number)", "id (?:number|no|card|document)",
    "(?:my|his|her|our|their|citizen|personal|resident|residence|government|state|voter|identity|photo|taxpayer) (?:id|number|code|identification)", "personal (?:no|identity)\\w*",
    "citizenship", "civil (?:id|number)", "emirates id", "iqama", "voter", "medicare", "(?-i:NIN)", "nino", "(?-i:BVN)", "nss", "imss", "carte d'identit[eé]", "num[eé]ro de s[eé]cu\\w*", "vitale", "documento", "identidad(?:e)?", "identit[aà]",
    "svnr", "sozialversicherung", "ahv-nr", "identiteits\\w*", "sofi", "osobn[aíi]\\w*", "szem[eé]lyi\\w*", "adóazonosító\\w*", "(?-i:TAJ)", "személyi", "jmbg", "единен", "особист\\w*", "паспорт\\w*", "удостоверени\\w*", "(?-i:ДНИ)", "dowód", "dowodu", "(?-i:NIP)",
    "henkilö\\w*", "personnr", "id-nummer", "id-kort", "t\\.z", "codul numeric", "buletin", "kimli[kğ]\\w*", "citizen", "cccd", "cmnd", "căn cước", "chứng minh", "số định danh", "nomor induk", "บัตรประชาชน", "کد ملی", "کدملی", "שזהות", "זהות", "रहवासी", "पैन", "পরিচয়", "ταυτότητ\\w*",
    "身分証", "公民", "證件", "证件", "신분증", "الرقم القومي", "الوطني", "الوطنية", "رقم الهوية",
    "identity (?:number|card|document)", "tax(?:payer)? (?:id|number|file|identification)", "(?-i:TIN)", "itin", "nino", "nhs", "tfn", "(?-i:IRD)", "(?-i:PPS)",
    "passport", "driver'?s? licen[cs]e", "driving licen[cs]e", "steuer(?:-?id|nummer|identifikationsnummer)?", "personalausweis", "sozialversicherung\\w*",
    "ausweis(?:nummer)?", "reisepass", "insee", "(?-i:NIR)", "securite sociale", "sécurité sociale", "dni", "(?-i:NIE)", "nif", "curp", "rut", "(?-i:RUN)", "cuit", "cuil",
    "cedula", "cédula", "(?-i:NIT)", "(?-i:RG)", "cpf", "codice fiscale", "bsn", "burgerservicenummer", "rijksregister\\w*", "pesel", "personnummer", "henkilötunnus",
    "cpr", "fødselsnummer\\w{0,3}", "rodné číslo", "cnp", "egn", "егн", "isikukood", "asmens kodas", "oib", "t\\.?c\\.? ?kimlik(?: no)?", "kimlik", "aadhaar", "aadhar", "(?-i:PAN)",
    "my number", "nric", "ic number", "(?-i:NIK)", "ktp", "teudat zehut", "ahv", "(?-i:AVS)", "kennitala", "emšo", "jmbg", "cnic", "инн", "снилс", "паспорт", "іпн",
    "身份证", "身分證", "マイナンバー", "個人番号", "주민등록번호", "ת\\.ז", "תעודת זהות", "बीआधार", "आधार", "contribuinte", "рнокпп", "r\\.č\\.?", "kad pengenalan", "mykad", "my social(?: is)?", "hetu", "الضمان الاجتماعي", "رقم التعريف", "αμκα", "αφμ", "بطاقة", "هوية", "јмбг", "ембг", "јединствен\\w*", "c\\.i\\.", "ci (?:no|nº|n°)", "(?-i:C\\.?C\\.)", "n(?:um[eé]ro|[°º]) (?:de )?s[eé]cu\\w*", "(?:num[eé]ro|n[°º]) fiscal", "seguridad social", "versicherungsnummer", "idnr", "numéro national", "registre national", "personas kods?", "vatandaşlık", "(?-i:T\\.?C\\.?) (?:no|numara\\w*)", "شماره ملی", "(?-i:SSS|UMID)", "philhealth", "pag-?ibig", "(?-i:PIS|PASEP|NISS|CNH|CNS)", "t[ií]tulo de eleitor", "utente", "carta d'identità", "免許証", "운전면허", "驾驶证", "health card", "ohip", "alien registration", "green card",
)  # fmt: skip
WEAK_WORDS = labels(
    "id",
    "identification",
    "number",
    "nummer",
    "numero",
    "numéro",
    "número",
    "numer",
    "číslo",
    "broj",
    "номер",
    "番号",
    "번호",
    "号码",
    "號碼",
    "رقم",
    "מספר",
    "document",
    "reg",
    "registration",
    "belongs to",
    "mine(?: is)?",
    "(?:in)?v[aá]lid[oae]?",
    "gültig",
    "check ?(?:digit|sum)",
    "прав\\w+ номер",
    "действител\\w+",
    "有效",
    "有効",
)
"""They may be said of a state's number, and of any other: with them a checksum is proof."""

_PASSPORT = (
    r"passport|reisepass(?:nummer)?|pass?nummer|passeport|pasaporte|passaport[eo]|paspoort(?:nummer)?|paszport\w{0,3}|pasaport(?: no| numaras[ıi])?|pa[șş]aport\w{0,3}|cestovn\w{1,4} pas\w?|útlevél\w{0,6}|passin numero"
    r"|паспорт\w{0,3}|διαβατ[ηή]ρι\w{1,3}|hộ chiếu|paspor|护照|護照|旅券|パスポート|여권|جواز(?: ال?سفر)?|گذرنامه|דרכון|पासपोर्ट|หนังสือเดินทาง"
)
_LICENCE = (
    r"driver'?s? licen[cs]e|driving licen[cs]e|führerschein(?:nummer)?|permis de conduire|rijbewijs(?:nummer)?|patente(?: di guida)?|(?:carn[eé]t?|permiso|licencia) de (?:conducir|conducción|manejo)|carta de condução"
    r"|(?-i:CNH)|praw\w{1,2} jazdy|ehliyet|körkort(?:snummer)?|førerkort(?:nummer)?|kørekort(?:nummer)?|ajokortti|řidičsk\w{1,4} průkaz\w{0,2}|водительск\w{2,4} удостоверени\w|驾驶证|駕照|驾照|免許証?|운전면허|ใบขับขี่|giấy phép lái xe"
)
_CARD = (
    r"national id(?:entity|entification)?(?: card)?|national insurance|personalausweis(?:nummer)?|id[ -]?(?:card|kort)|ssn|social security|hetu|henkilötunnus|kra pin|mykad|(?-i:RIF|RFC|F[Iİ]N|PPSN?|PAN|NI[EF]|DNI|CNI|CNIE|CIN)"
    r"|dow[oó]d\w{0,2}(?: osobist\w{1,4})?|občansk\w{1,4} průkaz\w{0,2}|carte (?:nationale )?d['’]identit[eé]|carta d['’]identit[aà]|identiteitskaart|identitätskarte|osobn\w{1,2} (?:iskaznic|kart)\w{0,2}|ličn\w kart\w|buletin|(?-i:C\.?I\.?) seria"
    r"|személyi(?: ?igazolvány)?(?: ?szám\w{0,3})?|cartão de cidadão|voter'?s? id|epic no|c[eé]dula(?: de identidad)?|(?:renten|sozial)versicherungsnummer|(?-i:SVNR|RVNR)|health card|ohip|alien registration"
)
LABELLED = re.compile(
    rf"(?i)(?<![A-Za-zÀ-ɏ])(?:{_PASSPORT}|{_LICENCE}|{_CARD})"
    r"(?:\s?(?:number|no\.?|nr\.?|n[°º.]|num|#|id|card|num[eé]r\w?|número|numara\w{0,2}|sz[aá]m\w{0,3}|č[ií]sl\w{1,2}|seri[ae]|серия|номер|αριθμ\w{1,4}|号码|號碼|番号|[号號]|번호|رقم|số)){0,2}\s?(?:is|was|ist|est|es|to|je|[\"']?[:：]|=|-|是|は|은|는)?[:\s\"']{0,3}"
    r"(?P<value>(?=[A-Z0-9 .-]{0,14}\d)(?-i:[A-Z0-9])(?:(?:[ -]|(?<=\d)\.(?=\d{3}))?(?-i:[A-Z0-9])){5,16})(?![A-Za-z0-9])"
)
"""A document's name, and right behind it what is written as its number."""
LABELS_GATE = rf"(?i:{_PASSPORT}|{_LICENCE}|{_CARD})"
"""What must be there for that to be tried (RE2 syntax)."""
