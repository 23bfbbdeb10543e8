"""The figures as pictures."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from export.stats import pictures as pictures_module
from export.stats.figures import count
from export.stats.pictures import pictures
from tests.written import a_conversation, many, write_rows


def test_the_same_figures_give_the_same_bytes(tmp_path: Path):
    stats = count(write_rows(tmp_path, "arena-battles", many("arena-battles", 40)))

    assert pictures(stats) == pictures(stats)


@pytest.mark.parametrize("form", ["chat-1m", "arena-battles"])
def test_each_picture_is_there_twice_and_is_one(tmp_path: Path, form: str):
    drawn = pictures(count(write_rows(tmp_path, form, many(form, 40))))

    assert {name.partition(".")[0] for name in drawn} == {
        *("models", "languages", "turns", "lengths", "unsafe"),
        *(() if form == "chat-1m" else ("outcomes", "days")),
    }
    assert all(drawn[name].startswith(b"\x89PNG") for name in drawn if name.endswith(".png"))
    assert all(ET.fromstring(drawn[name]).tag.endswith("svg") for name in drawn if name.endswith(".svg"))


def test_no_picture_tells_when_it_was_drawn_or_with_what(tmp_path: Path):
    drawn = pictures(count(write_rows(tmp_path, "chat-1m", [a_conversation()])))

    assert not [name for name, data in drawn.items() if b"atplotlib" in data[:400] or b"dc:date" in data]


def test_without_rows_there_is_nothing_to_draw(tmp_path: Path):
    assert pictures(count(write_rows(tmp_path, "chat-1m", []))) == {}


def test_names_that_look_like_formulas_are_drawn_as_they_are(tmp_path: Path):
    rows = [a_conversation(number, model=f"$\\frac{{{number}$_^") for number in range(40)]

    assert "models.svg" in pictures(count(write_rows(tmp_path, "chat-1m", rows)))


@pytest.mark.filterwarnings("error")
def test_names_that_no_font_and_no_svg_can_hold_are_drawn_without_a_word(tmp_path: Path):
    rows = [
        a_conversation(number, model=name) for number, name in enumerate(("模型", "nul\0", "bell\a", "a\nb", "\u202e"))
    ]

    drawn = pictures(count(write_rows(tmp_path, "chat-1m", rows)))

    assert ET.fromstring(drawn["models.svg"]).tag.endswith("svg")


def test_what_nobody_could_tell_is_no_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    titles: list[str] = []

    def bars(title: str, *_given: object) -> pictures_module.Draw:
        titles.append(title)
        return lambda _figure: None

    monkeypatch.setattr(pictures_module, "_bars", bars)
    rows = [a_conversation(at, language=name) for at, name in enumerate(("English", "unknown", "German"))]
    pictures(count(write_rows(tmp_path, "chat-1m", rows)))

    assert "2 languages" in titles
