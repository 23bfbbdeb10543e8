"""The step takes names out of a whole bundle."""

from collections.abc import Sequence

from export.names.span import NameSpan
from export.names.step import names_redacted
from export.release.steps import Bundle, Dropped, Row
from tests.unit.export.release.rows import a_row


class Knows:
    """Finds the given names, wherever they stand."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        return [
            [NameSpan(at, at + len(name)) for name in self._names if (at := text.find(name)) >= 0] for text in texts
        ]


def rows(bundle: Bundle) -> list[Row]:
    return [row for row in bundle.rows if isinstance(row, Row)]


def test_both_sides_of_a_battle_number_alike():
    step = names_redacted(Knows("Ann Lee", "Ross Burton"))
    one, other = (
        a_row("a", texts=("Hi, Ann Lee here", "Hello")),
        a_row("b", texts=("Hi, Ann Lee here", "Ross Burton? Ann!")),
    )

    made = rows(step(Bundle((one, other))))

    assert made[0].texts == ("Hi, NAME_1 here", "Hello")
    assert made[1].texts == ("Hi, NAME_1 here", "NAME_2? NAME_1!")
    assert [row.replaced for row in made] == [{"NAME": 1}, {"NAME": 3}]


def test_a_dropped_side_stays_dropped():
    gone = Dropped("a", "no_answer")
    made = names_redacted(Knows("Ann Lee"))(Bundle((gone, a_row("b", texts=("Ann Lee", "hi")))))

    assert made.rows[0] == gone
    assert rows(made)[0].texts == ("NAME_1", "hi")


def test_without_names_nothing_changes():
    bundle = Bundle((a_row(texts=("hello", "NAME_1 is what you typed")),))

    assert names_redacted(Knows("Ann Lee"))(bundle) == bundle


def test_asides_are_redacted_alike_but_do_not_count():
    row = a_row(texts=("hi", "hello"), asides=("thanks, Ann Lee",), aside_kinds=("comment",))
    made = rows(names_redacted(Knows("Ann Lee"))(Bundle((row,))))[0]

    assert made.asides == ("thanks, NAME_1",)
    assert not made.redacted


def test_what_is_seen_only_beside_a_mark_goes_as_well():
    class SeesLater(Knows):
        def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
            return Knows("Zork" if "NAME_1" in texts[0] else "Ann Lee").find(texts)

    made = rows(names_redacted(SeesLater())(Bundle((a_row(texts=("Ann Lee and Zork", "ok")),))))[0]

    assert made.texts == ("NAME_1 and NAME_2", "ok")
    assert made.replaced == {"NAME": 2}
