"""Texts as people write them to models: prose with names, places and products, several languages, code, some data."""

import random

from faker import Faker

_ENGLISH = (
    "Could you explain how the trains between Vienna and Budapest work in winter",
    "I have been reading about the history of the Ottoman Empire and the Treaty of Versailles",
    "My manager at Siemens wants a summary of the Q3 report by Friday, in no more than 250 words",
    "The function returns a list in Python 3.11, while version 2.7.18 gave back an iterator of 12 items",
    "Here is a short poem about the sea, the lighthouse, and the people of Galway who wait for the boats",
    "Sure! Let us look at the three main reasons: cost, time, and the fact that nobody likes to wait",
    "The Great Barrier Reef is larger than Italy, and it can be seen from space on a clear day",
    "As an AI language model I cannot taste food, but the recipe needs 200 g of flour and two eggs",
    "Please compare the iPhone 15 with the Galaxy S24 for somebody who mostly takes pictures at night",
    "Question 4: a tank holds 1,250 litres and loses 3.5 % a day; how much is left on 2024-05-17",
)
_OTHERS = (
    "Kannst du mir erklären, warum der Zug von Hamburg nach München am Wochenende so oft ausfällt",
    "Peux-tu écrire une lettre polie au directeur de l'école pour demander un jour de congé en juin",
    "Necesito un resumen de la novela Cien años de soledad con los personajes más importantes",
    "Напиши короткий рассказ о мальчике, который нашёл карту в старом доме недалеко от Казани",
    "请用简单的语言解释一下量子计算机和普通计算机有什么区别，并举两个例子",
    "日本の四季について、外国人の友達に紹介する短い文章を書いてください",
    "Você pode me ajudar a planejar uma viagem de cinco dias para Lisboa e Porto em setembro",
)
_CODE = "```python\ndef total(rows):\n    return sum(row['price'] * row['count'] for row in rows if row.get('ok'))\n```"


def texts(number: int = 4000, length: int = 800) -> list[str]:
    """Return texts of that many characters. One in seven names a person, one in a hundred tells how to reach one."""
    chance = random.Random(11)
    faker = Faker(["en_US", "de_DE", "fr_FR", "es_ES"])
    faker.seed_instance(11)
    return [_text(chance, faker, length) for _ in range(number)]


def _text(chance: random.Random, faker: Faker, length: int) -> str:
    sentences = _OTHERS if chance.random() < 0.3 else _ENGLISH
    said: list[str] = []
    if chance.random() < 0.14:
        said.append(f"My name is {faker.name()} and I work with {faker.first_name()}")
    if chance.random() < 0.01:
        said.append(f"Write to me at {faker.user_name()}@{faker.domain_name()}")
    if chance.random() < 0.08:
        said.append(_CODE)
    while sum(map(len, said)) < length:
        said.append(chance.choice(sentences))
    return ". ".join(said)[:length]
