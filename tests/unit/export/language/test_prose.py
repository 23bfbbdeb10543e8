import pytest

from export.language.prose import letters, prose


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("explain ```x = 1``` please", "explain please"),
        ("what is this?\n```\nnever closed", "what is this?"),
        ("run `rm -rf` now", "run now"),
        ("read https://example.org/a?b=c today", "read today"),
        ("write to ada@example.org soon", "write to soon"),
        ("solve $x^2 = 4$ for me", "solve for me"),
        (r"solve \[x^2\] and \(y\) now", "solve and now"),
        ("fix this\nfor (i = 0; i < 9; i++) {\n}\nthanks", "fix this thanks"),
        (
            "what we have:\nmilk and eggs, and a little butter;\nint a;\nx();",
            "what we have: milk and eggs, and a little butter;",
        ),
        ("τι είναι αυτό;\nγιατί;", "τι είναι αυτό; γιατί;"),
        ("why?\n2026-04-11 10:22:31 INFO starting up\nValueError: not a number", "why?"),
        ('look:\n{\n  "name": "a thing",\n  "tags": [\n    "new"\n  ]\n}', "look:"),
        (
            'please put these words into German for me: "the sea was calm that day"',
            "please put these words into German for me:",
        ),
        ('Spanish for "the sea was calm that day"', 'Spanish for "the sea was calm that day"'),
        ("why?\nnpm ERR! code ERESOLVE\nnpm ERR! no such tree", "why?"),
        ("why?\nfor i in *.txt; do\n  mv a b\ndone", "why?"),
        ("why?\nbody { margin: 0; }\n.nav > li { color: red; }", "why?"),
        ('why?\n{"name": "foo", "items": [1, 2]}\n[1, 2, 3]', "why?"),
        (
            "[write a story]\nif you do {so: soon}, then\nall is well",
            "[write a story] if you do {so: soon}, then all is well",
        ),
        ("make <b>this</b> bold", "make this bold"),
        ("it costs $5 or $6", "it costs $5 or $6"),
        ("hello\x00\ud800 there", "hello there"),
    ],
)
def test_only_words_are_left(text: str, left: str):
    assert prose(text) == left


def test_letters_are_counted_no_further_than_needed():
    assert letters("a1b2c3", 2) == 2
    assert letters("12 a", 5) == 1


@pytest.mark.parametrize("made_to_last", ["\t", "a  ", "(", "- ", "“a", "aError"])
def test_what_is_made_to_take_forever_does_not(made_to_last: str):
    assert prose(f"why?\n{made_to_last * 20_000}y").startswith("why?")
