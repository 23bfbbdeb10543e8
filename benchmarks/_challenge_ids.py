# ruff: noqa: E501 (a form reads best in one line)
"""Numbers of people in more than fifty countries, with right check digits, as a stranger would make them from the standards."""

import string
from collections.abc import Callable
from importlib import import_module
from random import Random

from stdnum.exceptions import ValidationError

Make = Callable[[Random], str]


def _fill(rng: Random, form: str) -> str:
    """Put chance into a form: # a digit, @ a capital, % a digit but 0, Y M D and K a birth year's two digits, month, day, century and year."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1945, 1999)
    form = (
        form.replace("KKKK", str(year))
        .replace("YY", f"{year % 100:02}")
        .replace("MM", f"{month:02}")
        .replace("DD", f"{day:02}")
    )
    put = {"#": string.digits, "@": "ABCEGHJKLMNPRSTWXYZ", "%": "123456789"}
    return "".join(rng.choice(put[each]) if each in put else each for each in form)


def _valid(module: str, *forms: str) -> Make:
    """Draw until the standard's own check holds."""
    check = import_module(f"stdnum.{module}")

    def make(rng: Random) -> str:
        while True:
            number = _fill(rng, rng.choice(forms))
            try:
                check.validate(number)
            except ValidationError:
                continue
            return number

    return make


def _form(*forms: str) -> Make:
    return lambda rng: _fill(rng, rng.choice(forms))


def _snils(rng: Random) -> str:
    digits = [rng.randint(0, 9) for _ in range(9)]
    check = sum(digit * (9 - place) for place, digit in enumerate(digits)) % 101 % 100
    body = "".join(map(str, digits))
    return f"{body[:3]}-{body[3:6]}-{body[6:]} {check:02}"


def _nric(rng: Random) -> str:
    digits = [rng.randint(0, 9) for _ in range(7)]
    total = sum(digit * weight for digit, weight in zip(digits, (2, 7, 6, 5, 4, 3, 2), strict=True))
    return f"S{''.join(map(str, digits))}{'JZIHGFEDCBA'[total % 11]}"


def _taiwan(rng: Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
    letter = rng.choice("ABCDEFGH")
    digits = [rng.choice((1, 2)), *(rng.randint(0, 9) for _ in range(7))]
    number = letters.index(letter) + 10
    total = (
        number // 10
        + number % 10 * 9
        + sum(digit * weight for digit, weight in zip(digits, range(8, 0, -1), strict=True))
    )
    return f"{letter}{''.join(map(str, digits))}{-total % 10}"


IDS: dict[str, tuple[str, str, Make]] = {
    # what a country's people call it, in which language, and how it is made
    "US SSN": ("SSN", "en", _valid("us.ssn", "1##-4#-%###", "4##-2#-%###", "5##-7#-%###")),
    "US ITIN": ("ITIN", "en", _valid("us.itin", "9##-7#-####")),
    "GB NINO": ("National Insurance number", "en", _form("AB ## ## ## C", "JK######A", "NP ## ## ## D")),
    "GB NHS": ("NHS number", "en", _valid("gb.nhs", "4## ### ####", "6#########")),
    "IN Aadhaar": ("Aadhaar", "en", _valid("in_.aadhaar", "4### #### ####", "7###########")),
    "IN PAN": ("PAN", "en", _form("@@@P@####@")),
    "CA SIN": ("SIN", "en", _valid("ca.sin", "4## ### ###", "7##-###-###")),
    "AU TFN": ("TFN", "en", _valid("au.tfn", "### ### ###", "#########")),
    "IE PPS": ("PPS number", "en", _valid("ie.pps", "#######@A", "#######@")),
    "ZA ID": ("ID number", "en", _valid("za.idnr", "YYMMDD#####8#", "YYMMDD #### 08#")),
    "SG NRIC": ("NRIC", "en", _nric),
    "MY NRIC": ("IC number", "en", _form("YYMMDD-14-####", "YYMMDD-10-####")),
    "PK CNIC": ("CNIC", "en", _form("35202-#######-%", "42101-#######-%")),
    "BR CPF": ("CPF", "pt", _valid("br.cpf", "###.###.###-##", "###########")),
    "PT NIF": ("NIF", "pt", _valid("pt.nif", "2########", "2## ### ###")),
    "FR NIR": ("numéro de sécurité sociale", "fr", _valid("fr.nir", "1 YY MM 75 1## ### ##", "2YYMM69#####0##")),
    "BE NN": ("numéro de registre national", "fr", _valid("be.nn", "YY.MM.DD-###.##", "YYMMDD#####")),
    "CH AVS": ("AHV-Nummer", "de", _valid("ch.ssn", "756.####.####.##")),
    "DE IdNr": ("Steuer-ID", "de", _valid("de.idnr", "## ### ### ###", "###########")),
    "AT SVNR": ("Sozialversicherungsnummer", "de", _valid("at.vnr", "#### DDMMYY")),
    "IT CF": ("codice fiscale", "it", _valid("it.codicefiscale", "RSS@RAYYA#%H501@", "BNC@NNYYE1#F205@")),
    "ES DNI": ("DNI", "es", _valid("es.dni", "########@", "########-@")),
    "ES NIE": ("NIE", "es", _valid("es.nie", "X#######@", "Y-#######-@")),
    "MX CURP": ("CURP", "es", _valid("mx.curp", "GOMCYYMMDDHDFRRL0#", "LOPAYYMMDDMJCZRN0#")),
    "AR CUIT": ("CUIL", "es", _valid("ar.cuit", "20-########-#", "27-########-#")),
    "CL RUT": ("RUT", "es", _valid("cl.rut", "1#.###.###-#", "########-#")),
    "EC CI": ("cédula", "es", _valid("ec.ci", "17########", "091#######")),
    "NL BSN": ("BSN", "nl", _valid("nl.bsn", "#########", "####.##.###")),
    "SE PNR": ("personnummer", "sv", _valid("se.personnummer", "YYMMDD-####", "KKKKMMDD-####")),
    "NO FNR": ("fødselsnummer", "no", _valid("no.fodselsnummer", "DDMMYY#####", "DDMMYY 3####")),
    "DK CPR": ("CPR-nummer", "da", _form("DDMMYY-1###", "DDMMYY-2###")),
    "FI HETU": ("henkilötunnus", "fi", _valid("fi.hetu", "DDMMYY-###@", "DDMMYY-####")),
    "IS KT": ("kennitala", "is", _valid("is_.kennitala", "DDMMYY-###9", "DDMMYY-##%9")),
    "PL PESEL": ("PESEL", "pl", _valid("pl.pesel", "YYMMDD#####")),
    "CZ RC": ("rodné číslo", "cs", _valid("cz.rc", "YYMMDD/####")),
    "RO CNP": ("CNP", "ro", _valid("ro.cnp", "1YYMMDD40####", "2YYMMDD12####")),
    "BG EGN": ("ЕГН", "bg", _valid("bg.egn", "YYMMDD####")),
    "HR OIB": ("OIB", "hr", _valid("hr.oib", "###########")),
    "RS JMBG": ("JMBG", "hr", _valid("si.emso", "DDMM9YY71####")),
    "EE IK": ("isikukood", "et", _valid("ee.ik", "3YYMMDD####", "4YYMMDD####")),
    "LT AK": ("asmens kodas", "lt", _valid("lt.asmens", "3YYMMDD####")),
    "LV PK": ("personas kods", "lv", _valid("lv.pvn", "DDMMYY-1####")),
    "GR AMKA": ("ΑΜΚΑ", "el", _valid("gr.amka", "DDMMYY#####")),
    "TR TCKN": ("TC kimlik no", "tr", _valid("tr.tckimlik", "###########")),
    "IL ID": ("תעודת זהות", "he", _valid("il.idnr", "0########", "3########")),
    "RU INN": ("ИНН", "ru", _valid("ru.inn", "77##########")),
    "RU SNILS": ("СНИЛС", "ru", _snils),
    "RU passport": ("паспорт", "ru", _form("45 ## ######", "4512 ######")),
    "CN RIC": ("身份证号", "zh", _valid("cn.ric", "110105KKKKMMDD###X", "310104KKKKMMDD####")),
    "TW ID": ("身分證字號", "zh", _taiwan),
    "KR RRN": ("주민등록번호", "ko", _valid("kr.rrn", "YYMMDD-1######", "YYMMDD-2######")),
    "JP My Number": ("マイナンバー", "ja", _valid("jp.in_", "############", "#### #### ####")),
    "TH ID": ("เลขบัตรประชาชน", "th", _valid("th.pin", "#-####-#####-##-#", "1############")),
    "ID NIK": ("NIK", "id", _form("317404DDMMYY000#", "327301DDMMYY000#")),
    "VN CCCD": ("CCCD", "vi", _form("0010YY######", "0791YY######")),
    "EG ID": ("الرقم القومي", "ar", _form("2YYMMDD01#####", "2YYMMDD21#####")),
    "US passport": ("passport number", "en", _form("5########", "A########")),
    "DE Personalausweis": ("Personalausweisnummer", "de", _form("L#C#K##T#", "T22000###")),
    "US driver licence": ("driver's license number", "en", _form("D#######", "S###-####-####")),
}
BARE = [name for name in IDS if name not in {"RU passport", "US passport", "DE Personalausweis", "US driver licence"}]
