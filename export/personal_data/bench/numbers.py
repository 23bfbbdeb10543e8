# ruff: noqa: E501 (a form reads best in one line)
"""Numbers that are valid and nobody's: made at random until their checksum holds."""

import random
import string
from hashlib import sha256

import phonenumbers
from stdnum import luhn
from stdnum.iso7064 import mod_97_10

from export.personal_data.bench.parts import Half, half_of
from export.personal_data.recognisers.identity_rules import checker

REGIONS = [
    "US",
    "GB",
    "FR",
    "DE",
    "ES",
    "IT",
    "BR",
    "IN",
    "CN",
    "JP",
    "MX",
    "RU",
    "NL",
    "PL",
    "TR",
    "AU",
    "CA",
    "KR",
    "SE",
    "CH",
    "PT",
    "AT",
    "UA",
    "ID",
    "VN",
    "BE",
    "AR",
    "ZA",
    "DK",
    "NO",
    "FI",
    "CZ",
    "GR",
    "RO",
    "HU",
    "IE",
    "IL",
    "SA",
    "EG",
    "NG",
    "PK",
    "TH",
    "CO",
    "NZ",
]
CARDS = [
    "4###############",
    "51##############",
    "37#############",
    "6011############",
    "36############",
    "3530############",
    "55##############",
    "62##############",
]
IBANS = [
    "DE####################",
    "FR#########################",
    "GB##AAAA##############",
    "ES######################",
    "IT##A######################",
    "NL##AAAA##########",
    "PL##########################",
    "BE##############",
    "CH###################",
    "SE######################",
    "PT#######################",
    "TR########################",
]
IDENTITIES = {
    "us.ssn": ["2##-##-####", "4##-##-####"], "fr.nir": ["18##########6##", "27##########6##"], "pl.pesel": ["8#0#1######", "9#1#2######"],
    "cn.ric": ["11010119#*0@1####X", "31010419#*0@2####X"], "it.codicefiscale": ["AAAAAA8#A1#H501A"], "es.dni": ["########A"], "es.nie": ["X#######A"],
    "fi.hetu": ["1#0@#1-###A"], "se.personnummer": ["8#0@1#-####"], "no.fodselsnummer": ["1#0@######1", "2#0@#######2"], "ro.cnp": ["18#0@1#12####", "28#0@1#40####"],
    "br.cpf": ["###.###.###-##"], "kr.rrn": ["8#0@1#-1######", "9#0@1#-2######"], "be.nn": ["8#0@1######"], "ee.ik": ["38#0@1#####", "48#0@1#####"], "tr.tckimlik": ["1##########"],
    "za.idnr": ["8#0@1#5###08#"], "mx.curp": ["AAAA8#0@1#HDFAAA0#"], "in_.aadhaar": ["#### #### ####"], "gb.nino": ["CE ## ## ## C", "JG######B"],
    "cz.rc": ["8#0@1#/####"], "lt.asmens": ["38#0@1#####"], "hr.oib": ["###########"], "hu.personal": ["18#0@1#####", "28#0@1#####"], "at.vnr": ["####1#0@8#", "####2#0@7#"], "ru.snils": ["###-###-### ##"],
    "lv.birth": ["1#0@8#-1####"], "kz.birth": ["8#0@1#3#####"], "eg.birth": ["28#0@1#01#####"], "lu.birth": ["198#0@1######"], "th.pin": ["#-####-#####-##-#"], "tw.id": ["A1########"], "hk.id": ["A######(#)"],
    "sg.nric": ["S8######A", "T0######A"], "il.idnr": ["#########"], "nz.ird": ["#########"], "pk.cnic": ["#####-#######-#"], "ua.days": ["3#########"], "si.emso": ["0@1#98#5#####"], "dk.cpr": ["1#0@8#-####"],
    "in_.pan": ["AAAPA####A"], "cl.rut": ["##.###.###-#"], "ch.ssn": ["756.####.####.##"], "gr.amka": ["1#0@8######"], "bg.egn": ["8#0@1#####"], "ar.cuit": ["20-########-#"],
    "nl.bsn": ["1########"], "de.idnr": ["## ### ### ###"], "pt.nif": ["2########"], "ca.sin": ["###-###-###"], "au.tfn": ["#########"], "jp.in_": ["#### #### ####"],
}  # fmt: skip
"""Module of python-stdnum: forms. # is a digit, @ one to nine, * seven to nine, A a letter."""
SAID_ONLY = {
    "nl.bsn": "BSN",
    "pt.nif": "NIF",
    "au.tfn": "TFN",
    "fr.nir": "",
    "de.idnr": "",
    "il.idnr": "",
    "nz.ird": "",
}
SECRETS = [
    "sk-ant-api03-{48}", "sk-proj-{48}", "AKIA{A16}", "ghp_{36}", "glpat-{20}", "xoxb-{d12}-{d12}-{24}", "sk_live_{24}", "AIza{35}", "GOCSPX-{28}", "SK{h32}",
    "SG.{22}.{43}", "key-{h32}", "npm_{36}", "pypi-{60}", "hf_{34}", "r8_{37}", "gsk_{52}", "xai-{60}", "pplx-{48}", "dop_v1_{h64}", "shpat_{h32}", "sq0atp-{22}",
    "{d9}:AA{33}", "dapi{h32}", "NRAK-{A27}", "glsa_{41}", "PMAK-{h24}-{h34}", "ntn_{46}", "lin_api_{40}", "figd_{43}", "hvs.{28}", "pul-{h40}", "sbp_{h40}", "nfp_{40}",
    "sk-lf-{h8}-{h4}-{h4}-{h4}-{h12}", "sk_{h48}", "rzp_live_{14}", "re_{8}_{24}", "phc_{43}", "pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}", "sgp_{h40}", "LTAI{20}", "Datadog API key {h32}", "auth token: {h40}",
    "dckr_pat_{27}", "github_pat_{59}", "lsv2_pt_{h32}_{h10}", "tvly-{32}", "api_key = \"{32}\"", "password: {14}#9", "client_secret={40}", "my password is {10}!7",
]  # fmt: skip
"""{n} random letters and digits; h hexadecimal, d digits, A capitals and 2 to 7."""
_ALPHABETS = {
    "": string.ascii_letters + string.digits,
    "h": "0123456789abcdef",
    "d": string.digits,
    "A": string.ascii_uppercase + "234567",
}
_MARKS = {"#": string.digits, "@": "123456789", "*": "789", "A": string.ascii_uppercase}


def fill(form: str, chance: random.Random) -> str:
    """Fill a form's marks with random characters."""
    return "".join(chance.choice(_MARKS[each]) if each in _MARKS else each for each in form)


def phone(chance: random.Random, half: Half) -> str:
    """Return a valid number, in a way in which it is written at home or abroad."""
    region = chance.choice(half_of(REGIONS, half))
    kind = chance.choice([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE])
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        raise ValueError(f"no example of a number in {region}")
    national = str(example.national_number)
    while True:
        number = phonenumbers.PhoneNumber(
            example.country_code,
            int(national[:-5] + fill("#####", chance)),
            italian_leading_zero=example.italian_leading_zero,
        )
        if phonenumbers.is_valid_number(number):
            break
    if chance.random() < 0.1:
        return str(number.national_number)  # as people type it who do not look at a form
    forms = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, chance.choice([forms.INTERNATIONAL, forms.NATIONAL, forms.NATIONAL, forms.E164])
    )


def card(chance: random.Random, half: Half) -> str:
    """Return a card's number, with and without gaps."""
    digits = fill(chance.choice(half_of(CARDS, half))[:-1], chance)
    digits += luhn.calc_check_digit(digits)
    gap = chance.choice(["", " ", "-"])
    return gap.join(digits[at : at + 4] for at in range(0, len(digits), 4))


def iban(chance: random.Random, half: Half) -> str:
    """Return an IBAN, with and without gaps."""
    form = chance.choice(half_of(IBANS, half))
    account = fill(form[4:], chance)
    number = form[:2] + mod_97_10.calc_check_digits(account + form[:2]) + account
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if chance.random() < 0.5 else number


def identity(chance: random.Random, half: Half) -> tuple[str, str]:
    """Return a country's rule, and a number by it."""
    module = chance.choice(half_of(sorted(IDENTITIES), half))
    while True:
        number = fill(chance.choice(IDENTITIES[module]), chance)
        if module == "cn.ric" and chance.random() < 0.9:
            number = number[:-1] + chance.choice(string.digits)
        if checker(module)(number):
            return module, number


def secret(chance: random.Random, half: Half) -> str:
    """Return a key, token or password in some vendor's form."""
    parts = chance.choice(half_of(SECRETS, half)).replace("}", "{").split("{")
    for at in range(1, len(parts), 2):
        alphabet = _ALPHABETS[parts[at].rstrip(string.digits)]
        parts[at] = "".join(chance.choices(alphabet, k=int(parts[at].lstrip("hdA"))))
    return "".join(parts)


def wallet(chance: random.Random) -> str:
    """Return a wallet's address: Bitcoin's and its kin's with a checksum, or Ethereum's."""
    if chance.random() < 0.4:
        return "0x" + "".join(chance.choices("0123456789abcdefABCDEF", k=40))
    raw = bytes([chance.choice([0, 5, 0x30, 0x1E, 0x41])]) + chance.randbytes(20)
    number = int.from_bytes(raw + sha256(sha256(raw).digest()).digest()[:4], "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text
