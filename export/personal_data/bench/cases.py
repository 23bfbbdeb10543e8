# ruff: noqa: E501 (a form reads best in one line)
"""Makes the bench: messages whose personal data is known, and messages without any."""

import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from export.personal_data.bench import numbers, parts
from export.personal_data.bench.lookalikes import LOOKALIKES
from export.personal_data.bench.parts import Half, half_of
from export.personal_data.span import Kind

CARRIERS: dict[str, list[str]] = {
    "English": [
        "Please write a polite letter with this in it: {}. Thank you!", "Hi, {} - can you help me with that?", "I need a summary of my complaint.\n\n{}\n\nMake it short.", "my details: {}",
        "The customer wrote: \"{}\" What should I answer?", "{}\nIs there a mistake in it?", "Rewrite so that it sounds professional: {} Regards", "Fill in the form. {}", "ok so {} and then it stopped", "a) {}\nb) nothing else",
        "user: {}\nassistant:", "Translate into French: {}",
    ],
    "German": ["Was bedeutet das hier: {} ?", "Kannst du das prüfen? {}", "Schreib bitte eine Antwort an den Vermieter: {} Danke!", "Hier ist mein Text: {}. Wo sind Fehler?"],
    "Spanish": ["Explica esto: {}", "Escribe una carta con estos datos: {}. Gracias.", "Hola, {} - ¿qué hago ahora?", "Corrige el texto: {}"],
    "French": ["Corrige ce texte : {}. Merci.", "Peux-tu répondre à ceci ? {}", "Rédige un courriel avec {} à la fin", "Voici le message : {}"],
    "Portuguese": ["Escreva uma carta com isto: {}. Obrigado.", "O que respondo? {}"],
    "Italian": ["Scrivi una lettera con questi dati: {}. Grazie.", "Puoi controllare? {}"],
    "Dutch": ["Schrijf hier een brief van: {}. Bedankt!", "Klopt dit? {}"],
    "Polish": ["Popraw ten tekst: {}. Dzięki", "Napisz odpowiedź: {}"],
    "Russian": ["Напиши письмо: {}. Спасибо!", "Исправь текст: {}", "Вот мои данные: {} что дальше?", "Объясни, пожалуйста: {}"],
    "Turkish": ["Şunu düzelt: {}. Teşekkürler", "Buna ne cevap vereyim? {}"],
    "Chinese": ["下面是我的信息：{} 请帮我写一封信。", "请翻译：{}", "客户说：{}。我该怎么回复？", "帮我改一下{}谢谢"],
    "Japanese": ["次の文を直してください：{}。", "これに返信してください。{}よろしくお願いします。"],
    "Korean": ["이 글을 고쳐 주세요: {} 감사합니다.", "다음 내용으로 편지를 써 줘: {}"],
    "Arabic": ["اكتب رسالة فيها: {} شكرا", "صحح هذا النص: {}"],
}  # fmt: skip
"""Language: what a value is said in. Two in five messages are English."""
_PHONE_WORDS = [
    "call me at {}",
    "phone: {}",
    "Tel. {}",
    "my mobile is {}",
    "reach us under {}",
    "{}",
    "{}",
    "whatsapp {}",
    "Telefon {}",
    "numéro de téléphone {}",
    "{} is my number",
    "mi teléfono es {}",
    "мой телефон {}",
    "电话：{}",
    "携帯は{}",
    "telefonum {}",
    "my landline, {}",
]
_ID_WORDS = [
    "my national ID is {}",
    "ID number {}",
    "tax number: {}",
    "SSN {}",
    "identity card {}",
    "passport or national id: {}",
    "{} is my tax ID",
    "Ausweisnummer {}",
    "mi número de identidad es {}",
    "паспорт или ИНН {}",
    "身份证号{}",
    "numéro de sécurité sociale : {}",
]
_ACCOUNT_WORDS = [
    "account number {}",
    "my bank account is {}",
    "Kontonummer {}",
    "routing number {}",
    "acct {}",
    "número de cuenta {}",
]


@dataclass(frozen=True, slots=True)
class Case:
    """A message, and where in it which personal data stands; nowhere, for a look-alike."""

    text: str
    kind: Kind | None
    start: int = 0
    end: int = 0
    group: str = ""
    language: str = "English"


def cases(seed: int, half: Half, each: int) -> Iterator[Case]:
    """Make `each` messages of every kind, and five times as many look-alikes."""
    chance = random.Random(f"{seed} {half}")
    for kind, maker in MAKERS.items():
        for _ in range(each):
            phrase, value, group = maker(chance, half)
            language, carrier = _carrier(chance, half)
            before, after = carrier.split("{}")
            start = len(before) + phrase.index(value)
            yield Case(before + phrase + after, kind, start, start + len(value), group, language)
    for _ in range(5 * each):
        text = re.sub("#", lambda _: chance.choice(string.digits), chance.choice(half_of(LOOKALIKES, half)))
        language, carrier = _carrier(chance, half)
        yield Case(carrier.replace("{}", text), None, language=language)


def _carrier(chance: random.Random, half: Half) -> tuple[str, str]:
    language = "English" if chance.random() < 0.4 else chance.choice(list(CARRIERS))
    return language, chance.choice(half_of(CARRIERS[language], half))


Made = tuple[str, str, str]
"""A phrase, the value in it, and the group that it is counted in."""


def _said(words: list[str], value: str, chance: random.Random, half: Half, group: str = "") -> Made:
    return chance.choice(half_of(words, half)).format(value), value, group


def _email(chance: random.Random, half: Half) -> Made:
    given, family = chance.choice(half_of(parts.GIVEN, half)), chance.choice(half_of(parts.FAMILY, half))
    local = chance.choice(
        [f"{given}.{family}", f"{given[0]}{family}{chance.randint(1, 99)}", f"{family}_{given}", given + "+list"]
    )
    value = f"{local}@{chance.choice(half_of(parts.DOMAINS, half))}"
    return value, value, ""


def _identity(chance: random.Random, half: Half) -> Made:
    module, value = numbers.identity(chance, half)
    if chance.random() < 0.5 or module in numbers.SAID_ONLY:
        return _said(_ID_WORDS, value, chance, half, "said")
    return value, value, "bare"


def _ip(chance: random.Random, _half: Half) -> Made:
    if chance.random() < 0.3:
        value = "2a02:" + ":".join(f"{chance.randrange(1, 65536):x}" for _ in range(7))
    else:
        value = f"{chance.choice([31, 46, 62, 77, 84, 91, 109, 151, 178, 185, 212])}." + ".".join(
            str(chance.randrange(1, 255)) for _ in range(3)
        )
    return value, value, ""


def _mac(chance: random.Random, _half: Half) -> Made:
    value = chance.choice([":", "-"]).join(f"{chance.randrange(256):02x}" for _ in range(6))
    return value, value, ""


def _address(chance: random.Random, half: Half) -> Made:
    country = chance.choice(sorted(parts.STREETS))
    form, streets, places = parts.STREETS[country]
    value = form.format(
        n=chance.randint(1, 250), s=chance.choice(half_of(streets, half)), c=chance.choice(half_of(places, half))
    )
    return value, value, country


def _birth(chance: random.Random, half: Half) -> Made:
    day, month, year = chance.randint(10, 28), chance.randint(1, 12), chance.randint(1945, 2010)
    names = [
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
    ]
    value = chance.choice(
        [
            f"{day}.{month:02}.{year}",
            f"{year}-{month:02}-{day}",
            f"{month}/{day}/{year}",
            f"{day} {names[month - 1]} {year}",
            f"{names[month - 1]} {day}, {year}",
        ]
    )
    return f"{chance.choice(half_of(parts.BIRTH_WORDS, half))} {value}", value, ""


def _url(chance: random.Random, half: Half) -> Made:
    name = (
        chance.choice(half_of(parts.GIVEN, half))
        + chance.choice(half_of(parts.FAMILY, half))
        + str(chance.randint(10, 99))
    )
    token = "".join(chance.choices("abcdefghkmnpqrstuvwxyz23456789", k=24))
    forms = [
        "https://www.linkedin.com/in/{n}",
        "https://shop.acme.io/reset?token={t}",
        "postgres://{n}:{t}@db.acme.io:5432/app",
        "https://instagram.com/{n}",
        "https://t.me/{n}",
        "https://api.acme.io/v1/me?api_key={t}",
        "https://x.com/{n}",
        "https://files.acme.io/a.pdf?sig={t}",
    ]
    value = chance.choice(half_of(forms, half)).format(n=name, t=token)
    return value, value, ""


def _plate(chance: random.Random, half: Half) -> Made:
    value = numbers.fill(chance.choice(half_of(parts.PLATE_FORMS, half)).replace("9", "#"), chance)
    return f"{chance.choice(half_of(parts.PLATE_WORDS, half))} {value}", value, ""


def _coordinates(chance: random.Random, half: Half) -> Made:
    value = f"{chance.uniform(-60, 70):.5f}, {chance.uniform(-170, 170):.5f}"
    return _said(
        ["my location is {}", "GPS {}", "home coordinates: {}", "lat/lon {}", "pin at {}", "we are located at {}"],
        value,
        chance,
        half,
    )


def _secret(chance: random.Random, half: Half) -> Made:
    value = numbers.secret(chance, half)
    return value, value, ""


MAKERS: dict[Kind, Callable[[random.Random, Half], Made]] = {
    Kind.EMAIL: _email,
    Kind.PHONE: lambda chance, half: _said(_PHONE_WORDS, numbers.phone(chance, half), chance, half),
    Kind.CARD: lambda chance, half: (value := numbers.card(chance, half), value, ""),
    Kind.IBAN: lambda chance, half: (value := numbers.iban(chance, half), value, ""),
    Kind.ACCOUNT: lambda chance, half: _said(_ACCOUNT_WORDS, numbers.fill("3#######1#", chance), chance, half),
    Kind.GOVERNMENT_ID: _identity,
    Kind.IP: _ip,
    Kind.MAC: _mac,
    Kind.ADDRESS: _address,
    Kind.BIRTH_DATE: _birth,
    Kind.URL: _url,
    Kind.SECRET: _secret,
    Kind.WALLET: lambda chance, _: (value := numbers.wallet(chance), value, ""),
    Kind.PLATE: _plate,
    Kind.COORDINATES: _coordinates,
}
