# ruff: noqa: E501 (a sentence reads best in one line)
"""A second bench, of values that others made up: Faker's, from its providers for many countries, in other sentences.

Its values are what its authors think of a country's telephone, identity or address, also where no such number is given
out. Mail, IP addresses and MACs are left out: Faker's are documentation's, or like ours. Some identities are bare digits
without a checksum (Mexico, Russia): there only the sentence tells.
"""

import random
from collections.abc import Iterator, Sequence

from faker import Faker

from export.personal_data.bench.cases import Case
from export.personal_data.span import Kind

LOCALES = [
    "en_US",
    "en_GB",
    "en_CA",
    "en_AU",
    "en_IN",
    "en_NZ",
    "en_IE",
    "de_DE",
    "de_AT",
    "de_CH",
    "fr_FR",
    "fr_CA",
    "es_ES",
    "es_MX",
    "es_AR",
    "es_CO",
    "pt_BR",
    "pt_PT",
    "it_IT",
    "nl_NL",
    "nl_BE",
    "pl_PL",
    "ru_RU",
    "uk_UA",
    "cs_CZ",
    "sk_SK",
    "sv_SE",
    "da_DK",
    "no_NO",
    "fi_FI",
    "hu_HU",
    "ro_RO",
    "bg_BG",
    "hr_HR",
    "el_GR",
    "tr_TR",
    "he_IL",
    "fa_IR",
    "hi_IN",
    "ja_JP",
    "ko_KR",
    "zh_CN",
    "zh_TW",
    "vi_VN",
    "id_ID",
    "th_TH",
]

SAID: dict[Kind, Sequence[str]] = {
    Kind.PHONE: (
        "You can reach me at {}.", "my cell is {}", "Phone number: {}", "If there are problems, ring {}", "{} is my phone number", "text me ({})", "For questions call {} between 9 and 5", "Meine Nummer ist {}.", "Ruf mich an: {}",
        "Mon numéro est le {}", "Appelez le {}", "Mi teléfono es {}", "Llámame al {}", "Meu telefone: {}", "Il mio numero è {}", "Bel me op {}", "Mój telefon to {}", "Мой телефон {}", "我的电话是{}", "電話番号は{}です", "제 전화번호는 {}입니다",
        "رقم هاتفي {}", "Telefonum {}", "मेरा फ़ोन नंबर {} है", "Ring mig på {}", "Soita {}", "Volejte {}", "Số của tôi là {}", "Το τηλέφωνό μου είναι {}", "המספר שלי הוא {}", "Мій номер {}", "Nomor saya {}",
    ),
    Kind.GOVERNMENT_ID: (
        "My SSN is {}.", "national ID {}", "Please check my ID: {}", "my social security number: {}", "Tax ID {}", "The number on my ID card is {}", "{} is my identity number", "Employee's personal number: {}", "Meine Steuer-ID ist {}",
        "Mon numéro de sécu est {}", "Mi DNI es {}", "Meu CPF é {}", "Il mio codice fiscale è {}", "Mijn BSN is {}", "Mój PESEL to {}", "Мой ИНН {}", "我的身份证号是{}", "マイナンバーは{}", "주민등록번호 {}", "Mitt personnummer är {}",
        "TC kimlik numaram {}", "Henkilötunnukseni on {}", "Mit CPR-nummer er {}", "Rodné číslo: {}", "ЕГН: {}", "תעודת הזהות שלי {}",
    ),
    Kind.ADDRESS: (
        "I live at {}.", "My address is {}", "Ship it to {} please", "Send the package to: {}", "We moved to {} last year", "Office: {}", "He was last seen near {} yesterday", "Ich wohne in {}.", "Meine Adresse: {}", "J'habite au {}",
        "Mon adresse : {}", "Vivo en {}", "Mi dirección es {}", "Abito in {}", "Moro na {}", "Ik woon op {}", "Mieszkam przy {}", "Я живу по адресу {}", "我住在{}", "住所は{}です", "주소는 {}입니다", "Adresim {}", "Alamat saya {}", "Jag bor på {}",
    ),
    Kind.CARD: ("card {}", "my Visa is {}", "{}", "Kartennummer {}", "pay with {} please"),
    Kind.IBAN: ("IBAN {}", "Transfer it to {}", "Meine IBAN: {}", "le compte {} est à moi"),
    Kind.ACCOUNT: ("my account number is {}", "Kontonummer {}", "número de cuenta: {}"),
    Kind.PLATE: ("my license plate is {}", "The car with plate {} hit me", "Vehicle registration: {}", "Mein Kennzeichen ist {}", "ma plaque {}", "mi matrícula es {}", "车牌号是{}", "номер машины {}"),
}  # fmt: skip
BARE: Sequence[str] = ("{}", "ok {} thanks", "{}\n", "so here: {}")
_PROVIDERS = {
    Kind.PHONE: "phone_number",
    Kind.GOVERNMENT_ID: "ssn",
    Kind.ADDRESS: "address",
    Kind.CARD: "credit_card_number",
    Kind.IBAN: "iban",
    Kind.ACCOUNT: "bban",
    Kind.PLATE: "license_plate",
}


def faker_cases(seed: int, each: int, *, bare: bool = False) -> Iterator[Case]:
    """Make so many messages of each kind and country; bare ones do not say what stands in them."""
    chance = random.Random(seed)
    for locale in LOCALES:
        fake = Faker(locale, use_weighting=False)
        fake.seed_instance(seed)
        for kind, provider in _PROVIDERS.items():
            for number in range(each):
                value = str(getattr(fake, provider)())
                value = value.replace("\n", ", ") if number % 2 else value
                before, after = chance.choice(BARE if bare else SAID[kind]).split("{}")
                yield Case(before + value + after, kind, len(before), len(before) + len(value), locale)
