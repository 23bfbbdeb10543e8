# ruff: noqa: E501 (a form reads best in one line)
"""Values for the challenge: Faker's and phonenumbers' of many countries, and what neither makes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

import phonenumbers
from faker import Faker

from benchmarks import _challenge_held as held
from benchmarks import _challenge_keys as keys
from benchmarks._challenge_ids import BARE, IDS

COUNTRIES: dict[str, tuple[str, ...]] = {
    "en": ("en_US", "en_GB", "en_AU", "en_CA", "en_IN", "en_NZ", "en_IE"),
    "de": ("de_DE", "de_AT", "de_CH"),
    "fr": ("fr_FR", "fr_CH", "fr_CA"),
    "es": ("es_ES", "es_MX", "es_AR", "es_CO"),
    "it": ("it_IT",),
    "pt": ("pt_BR", "pt_PT"),
    "nl": ("nl_NL", "nl_BE"),
    "pl": ("pl_PL",),
    "sv": ("sv_SE",),
    "no": ("no_NO",),
    "da": ("da_DK",),
    "fi": ("fi_FI",),
    "cs": ("cs_CZ",),
    "ro": ("ro_RO",),
    "hu": ("hu_HU",),
    "ru": ("ru_RU",),
    "uk": ("uk_UA",),
    "tr": ("tr_TR",),
    "el": ("el_GR",),
    "ja": ("ja_JP",),
    "ko": ("ko_KR",),
    "zh": ("zh_CN", "zh_TW"),
    "vi": ("vi_VN",),
    "id": ("id_ID",),
}
"""The languages of templates, and where their people live."""
LOCALES = sorted(place for places in COUNTRIES.values() for place in places)
_IBANS = {
    "DE": "##################", "GB": "NWBK##############", "AT": "################", "CH": "#################", "NL": "ABNA##########",
    "PL": "10901014################", "SE": "50000000############", "DK": "0040##########", "IE": "AIBK93115212######"[:18],
    "TR": "0006100##############"[:22].ljust(22, "#"), "SA": "80##################", "AE": "033################", "GR": "0110125##############".ljust(23, "#"),
    "LU": "001#############", "CY": "00200128################", "RO": "BTRL################", "LT": "10000###########", "LV": "BANK#############",
    "UA": "305299#############".ljust(25, "#"), "QA": "DOHB#####################", "KW": "CBKU######################", "IL": "010800############".ljust(19, "#"),
    "KZ": "125#############".ljust(16, "#"),
}  # fmt: skip
_CARDS = {
    "visa": ("4", 16), "visa debit": ("4539", 16), "mastercard": ("53", 16), "mastercard 2": ("2345", 16), "amex": ("37", 15), "discover": ("6011", 16),
    "diners": ("36", 14), "jcb": ("3530", 16), "unionpay": ("6225", 16), "maestro": ("6759", 16), "mir": ("2202", 16), "rupay": ("6521", 16),
}  # fmt: skip
ACCOUNTS: dict[str, tuple[str, ...]] = {
    "en": (
        "sort code {2}-{2}-{2}, account number {8}", "Sort Code: {2}-{2}-{2} Account: {8}", "routing 021000021, account {12}", "ACH routing # 026009593 acct # {10}",
        "checking account {10}", "A/c no. {12}, IFSC HDFC0001{3}", "BSB 062-{3} acc {8}", "account no {11}", "my savings account ({9})", "into account {8}", "SWIFT NWBKGB2L a/c {8}",
    ),
    "de": ("Kontonummer {8}, BLZ 10070024", "Kto. {7} BLZ 500 105 17", "Konto-Nr.: {10}"), "fr": ("compte n° {11}", "code banque 30004 guichet 00{3} compte {11} clé {2}"),
    "es": ("cuenta {4} {4} {2} {10}", "cuenta bancaria nº {10}", "cuenta de ahorros {11}"), "pt": ("agência {4} conta {5}-{1}", "Ag. {4}-{1} C/C {6}-{1}"), "it": ("conto corrente n. {12}",), "pl": ("numer konta {26}",),
    "nl": ("rekeningnummer {9}",), "ru": ("расчётный счёт 40817810{12}", "р/с 40702810{12}"), "zh": ("银行账号：6222{15}", "账户 {16}"), "ja": ("口座番号 {7}", "普通預金 {7}"),
    "ko": ("계좌번호 {3}-{6}-{2}-{3}", "국민은행 {6}-{2}-{6}"), "sv": ("kontonummer {4}-{7}", "bankgiro {3}-{4}"), "vi": ("số tài khoản {13}", "STK {10}"), "id": ("nomor rekening {10}", "rek BCA {10}"), "tr": ("hesap no {8}",),
}  # fmt: skip

Forms = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Value:
    """Something about a person. What must not be left of it stands in `core`; `group` is its country, language, vendor or form."""

    text: str
    core: str
    group: str


@cache
def _fake(locale: str) -> Faker:
    return Faker(locale)


def _faker(rng: Random, locale: str) -> Faker:
    fake = _fake(locale)
    fake.seed_instance(rng.getrandbits(32))
    return fake


def digits(rng: Random, count: int) -> str:
    """Return digits, the first no zero."""
    return str(rng.randint(10 ** (count - 1), 10**count - 1))


def luhn(body: str) -> str:
    """Return the digit that makes a number hold (ISO/IEC 7812-1)."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def phone(rng: Random, locale: str) -> Value:
    """Half Faker's, half real numbering plans' in a form that people use."""
    if rng.random() < 0.4 and locale not in {"en_GB", "en_AU"}:  # Faker's are those that regulators keep for films
        made = _faker(rng, locale).phone_number()
        return Value(made, made, f"faker {locale}")
    region = locale[-2:]
    example = phonenumbers.example_number_for_type(
        region, rng.choice((phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE))
    )
    assert example is not None
    national = phonenumbers.national_significant_number(example)
    while True:
        drawn = national[: rng.choice((2, 3))]
        number = phonenumbers.parse(drawn + digits(rng, len(national) - len(drawn)), region)
        if phonenumbers.is_valid_number(number):
            break
    forms = phonenumbers.PhoneNumberFormat
    text = phonenumbers.format_number(
        number, rng.choice((forms.INTERNATIONAL, forms.INTERNATIONAL, forms.NATIONAL, forms.NATIONAL, forms.E164))
    )
    text = rng.choice(
        (
            text,
            text,
            text.replace(" ", "."),
            text.replace(" ", "-"),
            text.replace("+", "00") if text.startswith("+") else text,
        )
    )
    return Value(text, text, f"plan {locale}")


def email(rng: Random, locale: str) -> Value:
    """As mail programs write them."""
    fake = _faker(rng, locale)
    text = fake.email() if rng.random() < 0.3 else fake.free_email()
    text = text.replace("example.", f"{keys.word(rng)}.")
    text = rng.choice(
        (
            text,
            text,
            text.replace("@", f"+{keys.word(rng)}@"),
            text.upper(),
            f"{keys.word(rng)}.{keys.word(rng)}@{keys.word(rng)}.co.uk",
        )
    )
    return Value(text, text, locale)


def address(rng: Random, locale: str) -> Value:
    """A street, a number and mostly a place. The street and the number must not be left."""
    fake = _faker(rng, locale)
    street = fake.street_address()
    if locale in {"zh_CN", "zh_TW", "ja_JP", "ko_KR", "vi_VN", "id_ID", "ru_RU"}:
        whole = fake.address()
        return Value(whole.replace("\n", ", "), whole.split("\n")[0], locale)
    whole = fake.address()
    whole = (
        whole if any(each.isdigit() for each in whole.split("\n")[0]) else f"{street}\n{fake.postcode()} {fake.city()}"
    )
    whole = re.sub(r"^(\S{1,6})\n", r"\1 ", whole)
    whole = re.sub(r"^((?:Flat|Studio)[^\n]*)\n", r"\1, ", whole)
    core = whole.split("\n")[0]
    core = re.sub(r"( [A-Z]\d[\dW] ?[A-Z\d]{4}) .*", r"\1", core) if locale == "en_IE" else core
    joined = whole.replace("\n", rng.choice((", ", ", ", "\n", " ")))
    return Value(joined if rng.random() < 0.85 else core, core, locale)


def birth_date(rng: Random, language: str, births: Forms) -> Value:
    """A date of birth, after the words that a language has for it."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1940, 2008)
    text = rng.choice(births[language])
    date = text.split("|")[1].format(d=day, m=month, y=year, mon=MONTHS.get(language, MONTHS["en"])[month - 1])
    return Value(text.split("|")[0] + date, date, language)


MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "it": [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    "pt": [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "pl": [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "tr": [
        "Ocak",
        "Şubat",
        "Mart",
        "Nisan",
        "Mayıs",
        "Haziran",
        "Temmuz",
        "Ağustos",
        "Eylül",
        "Ekim",
        "Kasım",
        "Aralık",
    ],
}
BIRTHS = {
    "en": ("I was born on |{mon} {d}, {y}", "DOB: |{m:02}/{d:02}/{y}", "date of birth |{d} {mon} {y}", "d.o.b. |{d:02}-{m:02}-{y}", "birthday: |{y}-{m:02}-{d:02}", "born |{d}th {mon} {y}"),
    "de": ("geboren am |{d}. {mon} {y}", "Geburtsdatum: |{d:02}.{m:02}.{y}", "geb. |{d:02}.{m:02}.{y}"),
    "fr": ("né le |{d} {mon} {y}", "Date de naissance : |{d:02}/{m:02}/{y}", "je suis née le |{d:02}/{m:02}/{y}"),
    "es": ("nací el |{d} de {mon} de {y}", "Fecha de nacimiento: |{d:02}/{m:02}/{y}"),
    "it": ("nato il |{d} {mon} {y}", "data di nascita |{d:02}/{m:02}/{y}"),
    "pt": ("nasci em |{d} de {mon} de {y}", "data de nascimento: |{d:02}/{m:02}/{y}"),
    "nl": ("geboren op |{d} {mon} {y}", "geboortedatum: |{d:02}-{m:02}-{y}"),
    "pl": ("urodzony |{d} {mon} {y}", "data urodzenia: |{d:02}.{m:02}.{y}"),
    "sv": ("född |{y}-{m:02}-{d:02}", "födelsedatum |{y}-{m:02}-{d:02}"),
    "ru": ("родился |{d} {mon} {y}", "дата рождения: |{d:02}.{m:02}.{y}", "{mon} |{d:02}.{m:02}.{y} г.р."[5:]),
    "tr": ("doğum tarihi |{d:02}.{m:02}.{y}", "doğum tarihim |{d} {mon} {y}"),
    "zh": ("出生于|{y}年{m}月{d}日", "出生日期：|{y}-{m:02}-{d:02}", "生日是|{y}/{m:02}/{d:02}"),
    "ja": ("生年月日：|{y}年{m}月{d}日", "生年月日 |{y}/{m:02}/{d:02}"),
    "ko": ("생년월일: |{y}년 {m}월 {d}일", "생년월일 |{y}.{m:02}.{d:02}"),
    "vi": ("sinh ngày |{d:02}/{m:02}/{y}", "ngày sinh: |{d:02}/{m:02}/{y}"),
}  # fmt: skip


def _spaced(rng: Random, text: str) -> str:
    return rng.choice((text, " ".join(text[place : place + 4] for place in range(0, len(text), 4))))


def iban(rng: Random) -> Value:
    """With the check digits of ISO 13616."""
    country = rng.choice(sorted(_IBANS))
    body = "".join(rng.choice("0123456789") if each == "#" else each for each in _IBANS[country])
    check = 98 - int("".join(str(int(each, 36)) for each in f"{body}{country}00")) % 97
    text = _spaced(rng, f"{country}{check:02}{body}")
    return Value(text, text, country)


def card(rng: Random) -> Value:
    """Of a brand, with its check digit, together, in groups of four or with hyphens."""
    brand = rng.choice(sorted(_CARDS))
    prefix, length = _CARDS[brand]
    body = prefix + "".join(rng.choices("0123456789", k=length - 1 - len(prefix)))
    number = body + luhn(body)
    groups = (4, 6, 5) if length == 15 else (4, 6, 4) if length == 14 else (4, 4, 4, 4)
    parts, place = list[str](), 0
    for size in groups:
        parts.append(number[place : place + size])
        place += size
    text = rng.choice((number, " ".join(parts), "-".join(parts)))
    return Value(text, text, brand)


def account(rng: Random, language: str, accounts: Forms) -> Value:
    """A number that only words make an account's."""
    language = language if language in accounts else "en"
    form = rng.choice(accounts[language])
    text = _drawn(rng, form)
    core = max(re.findall(r"\d[\d-]*", text), key=len)
    return Value(text, core, language)


def _drawn(rng: Random, form: str) -> str:
    out = list[str]()
    for part in form.replace("}", "}\0").split("\0"):
        head, _, count = part.partition("{")
        out += head, digits(rng, int(count[:-1])) if count else ""
    return "".join(out)


def ip(rng: Random) -> Value:
    """A public address."""
    if rng.random() < 0.3:
        text = (
            "2a0" + ":".join(("2", *(f"{rng.getrandbits(16):x}" for _ in range(7))))
            if rng.random() < 0.5
            else f"2a01:{rng.getrandbits(16):x}:{rng.getrandbits(16):x}::{rng.getrandbits(12):x}"
        )
        return Value(text, text, "v6")
    text = f"{rng.choice((5, 37, 62, 77, 84, 91, 109, 134, 178, 188, 212))}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"
    return Value(text, text, "v4")


def mac(rng: Random) -> Value:
    """A network card's."""
    parts = [f"{rng.choice((0x00, 0x3C, 0xA4, 0xF0, 0xB8)):02x}", *(f"{rng.getrandbits(8):02x}" for _ in range(5))]
    text = rng.choice((":".join(parts), "-".join(parts).upper(), ":".join(parts).upper()))
    return Value(text, text, "mac")


URLS: tuple[str, ...] = (
    "https://github.com/{user}", "https://www.linkedin.com/in/{user}-4a1b2c3/", "https://twitter.com/{user}", "https://x.com/{user}/status/1789", "instagram.com/{user}", "https://www.facebook.com/{user}", "https://t.me/{user}",
    "https://www.tiktok.com/@{user}", "https://medium.com/@{user}/a-post", "https://app.{user}.io/reset?token={token}", "https://api.{user}.com/v1/x?api_key={token}", "https://{user}:{token}@git.{user}.net/repo.git",
    "https://www.reddit.com/user/{user}/", "https://www.youtube.com/@{user}", "https://files.{user}.eu/a.pdf?access_token={token}&x=1",
)  # fmt: skip


def url(rng: Random, forms: tuple[str, ...]) -> Value:
    """An address that names a person or lets one in."""
    user, token = f"{keys.word(rng)}{rng.choice(('', '_', '-'))}{keys.word(rng)}", keys.hexes(rng, 32)
    form = rng.choice(forms)
    return Value(form.format(user=user, token=token), token if "{token}" in form else user, form)


def plate(rng: Random, language: str) -> Value:
    """On a car."""

    def letters(count: int) -> str:
        return "".join(rng.choices("ABCDEFGHJKLMNPRSTVWXYZ", k=count))

    forms = {
        "de": f"{rng.choice(('B', 'M', 'HH', 'KA'))}-{letters(2)} {digits(rng, 4)}", "fr": f"{letters(2)}-{digits(rng, 3)}-{letters(2)}", "it": f"{letters(2)} {digits(rng, 3)} {letters(2)}",
        "es": f"{digits(rng, 4)} {letters(3).translate(str.maketrans('AE', 'BC'))}", "nl": f"{letters(2)}-{digits(rng, 3)}-{letters(1)}", "ru": f"А{digits(rng, 3)}ВС77", "zh": f"京A{digits(rng, 5)}", "pt": f"{letters(3)}{digits(rng, 1)}{letters(1)}{digits(rng, 2)}",
    }  # fmt: skip
    text = forms.get(language, f"{letters(2)}{digits(rng, 2)} {letters(3)}")
    return Value(text, text, language)


def coordinates(rng: Random) -> Value:
    """Of a house."""
    north, east = rng.uniform(-60, 65), rng.uniform(-120, 150)
    text = rng.choice(
        (f"{north:.6f}, {east:.6f}", f"{north:.5f},{east:.5f}", f"{abs(north):.4f}° N, {abs(east):.4f}° E")
    )
    return Value(text, text, "decimal")


def secret(rng: Random, forms: keys.Vendors) -> Value:
    """A vendor's key, a token, a key file, a database's address."""
    if rng.random() < 0.12:
        name, make = rng.choice((("jwt", keys.jwt), ("key file", keys.private_key), ("connection", keys.connection)))
        text = make(rng)
        return Value(text, text.split(":")[2].split("@")[0] if name == "connection" else text, name)
    vendor = rng.choice(sorted(forms))
    text = keys.drawn(rng, forms[vendor])
    return Value(text, max(re.split(r"[=: ]", text), key=len), vendor)


def password(rng: Random) -> Value:
    """Only a word before it says what it is."""
    text = keys.password(rng)
    return Value(text, text, "password")


def wallet(rng: Random) -> Value:
    """Of a chain."""
    chain = rng.choice(sorted(keys.WALLETS))
    text = keys.WALLETS[chain](rng)
    return Value(text, text, chain)


def identity(rng: Random, language: str | None, *, said: bool) -> Value:
    """A number of a state for a person, after its name or bare."""
    names = [
        name for name in (sorted(IDS) if said else BARE) if language is None or IDS[name][1] == language
    ] or sorted(BARE)
    name = rng.choice(names)
    word, _, make = IDS[name]
    number = make(rng)
    return Value(
        f"{word}{rng.choice((': ', ' ', ' is ' if language == 'en' else ' '))}{number}" if said else number,
        number,
        name,
    )


def draws(language: str, *, held_half: bool) -> dict[str, Callable[[Random], Value]]:
    """Return how each slot is filled in a language, and in a half; `any` draws from all countries."""
    accounts, births = (held.ACCOUNTS, held.BIRTHS) if held_half else (ACCOUNTS, BIRTHS)
    urls, vendors = (held.URLS, held.KEYS) if held_half else (URLS, keys.FORMS)
    spoken = None if language == "any" else language

    def place(rng: Random) -> str:
        return rng.choice(COUNTRIES.get(language, tuple(LOCALES)))

    def in_births(rng: Random) -> str:
        return language if language in births else rng.choice(sorted(births))

    return {
        "phone": lambda rng: phone(rng, place(rng)),
        "email": lambda rng: email(rng, place(rng)),
        "address": lambda rng: address(rng, place(rng)),
        "birth": lambda rng: birth_date(rng, in_births(rng), births),
        "iban": iban,
        "card": card,
        "account": lambda rng: account(rng, language, accounts),
        "ip": ip,
        "mac": mac,
        "url": lambda rng: url(rng, urls),
        "plate": lambda rng: plate(rng, language),
        "coordinates": coordinates,
        "secret": lambda rng: secret(rng, vendors),
        "password": password,
        "wallet": wallet,
        "id": lambda rng: identity(rng, spoken, said=True),
        "bareid": lambda rng: identity(rng, spoken, said=False),
        "name": lambda rng: Value(_faker(rng, place(rng)).name(), "", "name"),
    }
