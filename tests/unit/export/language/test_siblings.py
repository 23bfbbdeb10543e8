import pytest

from export.language.siblings import sibling


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Objasni mi što se događa kad netko promijeni datoteku sustava", "hr"),
        ("Objasni mi šta se dešava kada neko promijeni fajl u prethodnoj sedmici", "bs"),
        ("Objasni mi šta se dešava kada neko promeni redosled reči u ovom delu", "sr"),
        ("Napiši mi pjesmu o moru", "hr"),
    ],
)
def test_what_is_spoken_between_zagreb_and_belgrade_is_told_by_its_words(text: str, code: str):
    assert [sibling(found, text) for found in ("hr", "bs", "sr")] == [code] * 3


def test_serbian_without_telltales_stays_serbian():
    assert sibling("sr", "Napravi mi plan za sutra") == "sr"


@pytest.mark.parametrize(
    ("text", "code"), [("Apakah saya bisa pakai mobil kantor?", "id"), ("Adakah saya boleh guna telefon?", "ms")]
)
def test_indonesian_and_malay_are_told_by_their_words(text: str, code: str):
    assert [sibling(found, text) for found in ("id", "ms")] == [code] * 2


def test_without_words_of_theirs_somebody_else_is_asked():
    asked: list[frozenset[str]] = []

    def among(_: str, codes: frozenset[str]) -> str:
        asked.append(codes)
        return min(codes)

    assert sibling("ms", "selamat pagi", among) == "id"
    assert sibling("no", "god morgen", among) == "da"
    assert sibling("sr", "Како си денес", among) == "bg"
    assert asked == [{"id", "ms"}, {"da", "no"}, {"bg", "mk", "sr"}]


def test_nobody_is_asked_about_a_language_without_siblings():
    def never(_: str, codes: frozenset[str]) -> str:
        raise AssertionError(codes)

    assert sibling("de", "Guten Morgen", never) == "de"
    assert sibling("no", "god morgen") == "no"


@pytest.mark.parametrize(
    ("found", "text", "code"),
    [
        ("nn", "Skriv en søknad på en jobb", "no"),
        ("nn", "Eg veit ikkje kva eg skal seie", "nn"),
        ("nn", "Kan du rette stavefejlene for mig?", "da"),
        ("no", "Giv mig en opskrift på boller", "da"),
        ("da", "Gi meg en oppskrift på boller", "no"),
        ("af", "Wie was de eerste koning?", "nl"),
        ("af", "Wie was die eerste koning?", "af"),
        ("bg", "Напиши код для сайта", "ru"),
        ("bg", "Напиши ми писмо, моля", "bg"),
        ("bg", "Мы живём здесь", "ru"),
        ("mk", "Каква е разликата между тях и нас", "bg"),
        ("sr", "Дај ми га, ђаче", "sr"),
        ("sr", "Кој ќе дојде?", "mk"),
        ("sr", "Кој беше тој во градот?", "mk"),
        ("hr", "Kako da uklonim ovo iz tabele", "sr"),
    ],
)
def test_neighbours_are_told_by_letters_and_words_of_their_own(found: str, text: str, code: str):
    assert sibling(found, text, lambda _, codes: found if found in codes else min(codes)) == code


@pytest.mark.parametrize(("found", "text"), [("oc", "crea un menu"), ("pt", "qual è la differenza")])
def test_romance_of_another_language_is_left_to_a_second_opinion(found: str, text: str):
    assert sibling(found, text, lambda _, codes: "it" if "it" in codes else "none") == "it"
    assert sibling("pt", "qual é a diferença", lambda _, codes: "none") == "pt"
