"""What is drawn beside a live board."""

import sqlite3
from contextlib import AbstractContextManager, closing
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from arena.battle import Outcome
from arena.leaderboard import BoardFigures, Leaderboard
from export.ratings.board import Listing, counts_for_board, make_board
from export.ratings.board_figures import Drawing, with_style
from export.ratings.figure_keeping import REST, FigureDrafts, FigureKeeper, withdraw
from export.ratings.live import OVERALL, LiveCounts, LiveVote
from export.ratings.period_ratings import PeriodRatings, periods
from export.ratings.publishing import Publisher
from export.ratings.style_counts import COLUMNS
from export.ratings.styled_votes import StyledVote, StyledVotes, styled_votes
from export.ratings.vote_styles import VoteStyles
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import coded, live, rows
from tests.unit.export.ratings.site.made_sites import HOSTILE
from tests.unit.export.ratings.test_watch import ALedger

DAY = 86_400.0
NOTHING = Listing()
MIXED = ("9 a>b", "5 b>a", "3 a=b", "4 c>a", "5 a>c", "2 b>c", "3 c>b")


def counted(*votes: LiveVote) -> LiveCounts:
    counts = LiveCounts()
    counts.add(votes)
    return counts


def a_board(counts: LiveCounts, listed: Listing = NOTHING) -> Leaderboard:
    return make_board(counts_for_board(counts, listed), 1.5)


def plain(counts: LiveCounts, listed: Listing = NOTHING) -> BoardFigures:
    return Drawing().figures(counts, OVERALL, a_board(counts, listed), listed, None)[0]


def test_it_is_drawn_who_beats_whom_and_how_often_they_met():
    html = plain(counted(*live(*MIXED))).html

    assert html.startswith('<div class="figures"><style>')
    assert "How often the row beats the column" in html
    assert '<td class="h10">17</td>' in html
    assert "<script" not in html


def test_without_models_nothing_is_drawn():
    assert plain(LiveCounts()) == BoardFigures(updated_at=1.5)


def test_names_bring_no_html():
    counts = counted(*live("a>b", "b>a"), *(vote._replace(model_a=HOSTILE) for vote in live("a>b", at=2e6)))
    html = plain(counts).html

    assert "<img" not in html
    assert "</script" not in html


def test_a_secret_model_leaves_no_trace():
    votes = live(*MIXED, "5 s>a", "2 a>s")
    found = plain(counted(*votes), Listing(secret=frozenset("s")))

    assert found.models == ("a", "c", "b")
    assert found == plain(counted(*live(*MIXED)))


def test_periods_are_days_until_there_are_three_months():
    assert periods((0, 1, 40)) == [("1970-01-01", 0), ("1970-01-02", 1), ("1970-02-10", 40)]
    assert periods((0, 1, 40, 70)) == [("1970-01", 1), ("1970-02", 40), ("1970-03", 70)]
    assert len(periods(tuple(range(58)))) == 36


def test_ratings_over_time_are_those_of_all_votes_until_then():
    early, late = live(*MIXED, at=10 * DAY), live("9 c>a", "2 a>c", "d>a", "a>d", at=12 * DAY)
    counts = counted(*early, *late)
    board, ratings = a_board(counts), PeriodRatings()
    found = ratings.of(counts, OVERALL, board, frozenset())
    before = a_board(counted(*early))

    assert list(found) == ["1970-01-11", "1970-01-13"]
    assert found["1970-01-11"] == pytest.approx({row.model: row.rating for row in before.rows})
    assert found["1970-01-13"] == {row.model: row.rating for row in board.rows}
    assert ratings.of(counts, OVERALL, board, frozenset("d"))["1970-01-11"] == found["1970-01-11"]


def test_the_ratings_of_a_past_day_are_fitted_again_when_one_of_its_votes_goes():
    early, late = live(*MIXED, at=10 * DAY), live("9 c>a", "2 a>c", at=12 * DAY)
    counts, ratings = counted(*early, *late), PeriodRatings()
    before = ratings.of(counts, OVERALL, a_board(counts), frozenset())
    counts.take(early[0], (OVERALL,))
    after = ratings.of(counts, OVERALL, a_board(counts), frozenset())

    assert after["1970-01-11"]["a"] < before["1970-01-11"]["a"]


@pytest.mark.parametrize("is_counted_anew", [False, True])
def test_the_ratings_of_a_past_day_are_fitted_again_when_as_many_votes_say_something_else(is_counted_anew: bool):
    early, late = live(*MIXED, at=10 * DAY), live("9 c>a", "2 a>c", at=12 * DAY)
    counts, ratings = counted(*early, *late), PeriodRatings()
    before = ratings.of(counts, OVERALL, a_board(counts), frozenset())
    changed = early[0]._replace(outcome=Outcome.MODEL_B)
    if is_counted_anew:
        counts = counted(changed, *early[1:], *late)
    else:
        counts.take(early[0], (OVERALL,))
        counts.put([changed], (OVERALL,))
    after = ratings.of(counts, OVERALL, a_board(counts), frozenset())

    assert after["1970-01-11"]["a"] < before["1970-01-11"]["a"]
    assert after["1970-01-11"] == PeriodRatings().of(counts, OVERALL, a_board(counts), frozenset())["1970-01-11"]


def test_what_did_not_change_is_not_fitted_again_though_all_is_counted_anew():
    votes = [*live("9 a>b", "5 b>a", at=10 * DAY), *live("a>b", at=12 * DAY)]
    ratings = PeriodRatings()
    before = ratings.of(counted(*votes), OVERALL, Leaderboard(), frozenset())
    after = ratings.of(counted(votes[5], *votes[:5], *votes[6:]), OVERALL, Leaderboard(), frozenset())

    assert after["1970-01-11"] is before["1970-01-11"]


def a_styled_table() -> VoteTable:
    """Three equal models; the longer answer wins more often."""
    chance = np.random.default_rng(3)
    battles = coded(rows(*("5 a>b", "5 a<b", "5 b>c", "5 b<c", "5 a>c", "5 a<c") * 6))
    lead = chance.normal(0, 1, len(battles.a)) + np.where(battles.winner == 0, 0.7, -0.7)
    return VoteTable(battles, "", style={"chars": (np.exp(lead), np.ones(len(lead)))})


def test_with_style_held_equal_there_are_ratings_and_effects():
    found = with_style(a_styled_table(), 2.5)

    assert found is not None
    assert found.effects["chars"].coef > 0.5
    assert (found.board.votes, found.board.updated_at) == (180, 2.5)
    assert all(row.status == "rated" for row in found.board.rows)


@pytest.mark.parametrize("said", [(), ("a>b",), ("3 a=b",), ("5 a>b", "5 a<b", "3 b>c", "3 b<c")])
def test_where_style_cannot_be_told_there_is_no_such_board(said: tuple[str, ...]):
    battles = coded(rows(*said))
    lead = np.where(battles.winner == 0, 9.0, 0.0)

    assert with_style(VoteTable(battles, "", style={"chars": (lead, 9.0 - lead)}), 1.0) is None


def a_file(folder: Path) -> AbstractContextManager[StyledVotes]:
    return styled_votes(folder / "styled.sqlite3", folder / "sorted.sqlite3")


def as_styled(vote: LiveVote, *first: int) -> StyledVote:
    counts = (*first, *(0,) * (2 * len(COLUMNS) - len(first))) if first else ()
    return StyledVote(vote.id, vote.model_a, vote.model_b, vote.outcome.value, counts)


def test_what_answers_look_like_is_kept(tmp_path: Path):
    votes = live("a>b", "b<c", "a=s")
    with a_file(tmp_path) as file:
        file.put([as_styled(votes[0], 7, 1), as_styled(votes[1]), as_styled(votes[2], 2**40)])
    with a_file(tmp_path) as file:
        table = file.table(None, frozenset(), "f")

        assert table.style["chars"][0].tolist() == [7.0, 2.0**32 - 1]
        assert table.style["headers"][0].tolist() == [1.0, 0.0]
        assert len(file.table(None, frozenset("s"), "f").battles.a) == 1
        assert len(file.table(None, frozenset(), votes[0].id).battles.a) == 1


@pytest.mark.parametrize(("known", "of_votes"), [(180, None), (150, 180)])
def test_a_board_with_style_held_equal_says_of_how_many_votes_its_own_are(
    known: int, of_votes: int | None, tmp_path: Path
):
    votes = live(*("5 a>b", "5 a<b", "5 b>c", "5 b<c", "5 a>c", "5 a<c") * 6)
    counts, dice = counted(*votes), np.random.default_rng(1)
    with a_file(tmp_path) as file:
        file.put(as_styled(vote, *dice.integers(0, 9, 12).tolist()) for vote in votes[-known:])
        figures = Drawing().figures(counts, OVERALL, a_board(counts), NOTHING, file)

    assert len(figures) == 2
    assert figures[1].styled is not None
    assert (figures[1].styled.votes, figures[1].styled.of_votes) == (known, of_votes)


async def test_every_vote_is_looked_at_once_and_those_that_count_no_more_are_forgotten(tmp_path: Path):
    votes = live("a>b", "b>a", "b>c", "c>b")
    ledger, counts = ALedger(*votes), LiveCounts()
    with a_file(tmp_path) as file:
        styles = VoteStyles(file)
        styles.begin()
        styles.take_up(votes[:2], counts)
        styles.take_up(votes[2:], counts)
        await styles.work(ledger)
        assert file.between("", "f").keys() == {vote.id for vote in votes}

        styles.begin()
        styles.take_up([votes[0], votes[3]], counts)
        styles.leave(votes[3], counts)
        assert file.between("", "f").keys() == {votes[0].id}
        await styles.work(ledger)
        styles.take_up(votes[1:2], counts)
        await styles.work(ledger)

        assert file.between("", "f").keys() == {vote.id for vote in votes[:2]}


async def test_a_vote_that_was_changed_is_told_as_the_ledger_has_it_and_keeps_its_counts(tmp_path: Path):
    votes = live("a>b", "b=a", "b>c")
    changed = [votes[0]._replace(outcome=Outcome.BOTH_BAD), votes[1]._replace(model_b="c"), votes[2]]
    with a_file(tmp_path) as file:
        file.put(as_styled(vote, 7 + number) for number, vote in enumerate(votes))
        styles = VoteStyles(file)
        styles.begin()
        styles.take_up(changed[:2], LiveCounts())
        styles.take_up(changed[2:], LiveCounts())
        table = file.table(None, frozenset(), "f")

        assert table.style["chars"][0].tolist() == [7.0, 8.0, 9.0]
        assert [[table.battles.models[at] for at in side] for side in (table.battles.a, table.battles.b)] == [
            ["a", "b", "b"],
            ["b", "c", "c"],
        ]
        assert table.battles.score.tolist() == [0.5, 0.5, 1.0]


@pytest.mark.parametrize("left", [1, 0])
async def test_the_newest_votes_that_were_forgotten_while_nobody_watched_leave_the_file(left: int, tmp_path: Path):
    votes, counts = live("a>b", "b>a"), LiveCounts()
    with a_file(tmp_path) as file:
        file.put(map(as_styled, votes))
        styles = VoteStyles(file)
        styles.begin()
        styles.take_up(votes[:left], counts)
        await styles.work(ALedger(*votes[:left]))

        assert file.between("", "f").keys() == {vote.id for vote in votes[:left]}


async def test_a_disk_that_is_full_is_an_error_that_is_waited_for(tmp_path: Path):
    votes = live("a>b")
    connection = sqlite3.connect(tmp_path / "styled.sqlite3")
    with a_file(tmp_path), closing(connection):
        file = StyledVotes(connection, tmp_path / "sorted.sqlite3")
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OSError, match="full"):
            file.put([as_styled(votes[0]._replace(model_a="a" * 10_000))])


async def test_one_category_after_the_other_is_drawn_with_rests_between():
    now, ledger, counts = [0.0], ALedger(), counted(*live(*MIXED))
    counts.put(live(*MIXED), ("code",))
    board = a_board(counts)
    whole = board.model_copy(update={"categories": {"code": board}})
    keeper = FigureKeeper(clock=lambda: now[0])
    await keeper.work(ledger, counts, whole, Listing())
    await keeper.work(ledger, counts, whole, Listing())
    assert list(ledger.drawn) == [""]
    now[0] += 1e6
    await keeper.work(ledger, counts, whole, Listing())
    assert list(ledger.drawn) == ["", "code"]
    now[0] += 1e6
    ledger.drawn.clear()
    await keeper.work(ledger, counts, whole, Listing())

    assert not ledger.drawn


async def test_what_is_not_there_yet_is_drawn_soon_and_what_is_there_seldom_anew():
    ledger, counts, now = ALedger(), counted(*live(*MIXED)), [0.0]
    counts.put(live(*MIXED), ("code",))
    board = a_board(counts)
    newer = board.model_copy(update={"updated_at": (board.updated_at or 0.0) + 1})
    keeper = FigureKeeper(clock=lambda: now[0], spent=count().__next__)  # each drawing takes a second
    first, second = (each.model_copy(update={"categories": {"code": each}}) for each in (board, newer))

    async def waits(beside: Leaderboard) -> float:
        began = now[0]
        ledger.drawn.clear()
        while not ledger.drawn:
            await keeper.work(ledger, counts, beside, Listing())
            now[0] += 1
        return now[0] - began - 1

    assert [await waits(each) for each in (first, first, second, second)] == [0, 18, REST - 1, REST - 1]


async def test_what_waits_for_review_is_published_and_after_a_rollback_again(tmp_path: Path):
    ledger, counts = ALedger(), counted(*live(*MIXED))
    drafts = FigureDrafts(tmp_path / "drafts")
    await FigureKeeper(drafts=drafts).work(ledger, counts, a_board(counts), Listing())
    assert not ledger.drawn
    await drafts.publish(ledger, a_board(counts))
    published = ledger.drawn[""]
    await withdraw(ledger)
    assert ledger.drawn == {"": []}
    await drafts.publish(ledger, a_board(counts))

    assert ledger.drawn == {"": published}
    assert published[0].html


async def test_figures_beside_a_newer_board_than_the_reviewed_one_go_on_waiting(tmp_path: Path):
    ledger, drafts, board = ALedger(), FigureDrafts(tmp_path / "drafts"), Leaderboard(updated_at=1.0)
    await drafts.save_figures("", [BoardFigures(updated_at=1.0)])
    await drafts.save_figures("code", [BoardFigures(updated_at=2.0)])
    await drafts.save_figures("maths", [BoardFigures(updated_at=1.0)])
    await drafts.publish(ledger, board.model_copy(update={"categories": {"code": board}}))
    assert list(ledger.drawn) == [""]
    newer = Leaderboard(updated_at=2.0)
    await drafts.publish(ledger, newer.model_copy(update={"categories": {"code": newer}}))

    assert list(ledger.drawn) == ["", "code"]


async def test_what_was_rejected_is_not_published_and_an_earlier_board_has_no_later_figures(tmp_path: Path):
    ledger, counts = ALedger(), counted(*live(*MIXED))
    drafts, board = FigureDrafts(tmp_path / "drafts"), a_board(counts)
    await FigureKeeper(drafts=drafts).work(ledger, counts, board, Listing())
    drafts.reject(board, None)
    await drafts.publish(ledger, board)
    assert not ledger.drawn
    await withdraw(ledger, None, board.model_copy(update={"categories": {"code": board}}))

    assert ledger.drawn == {"": [], "code": []}


async def test_only_what_was_drawn_beside_the_rejected_board_goes(tmp_path: Path):
    def made(overall: float, **categories: float) -> Leaderboard:
        parts = {name: Leaderboard(updated_at=when) for name, when in categories.items()}
        return Leaderboard(updated_at=overall, categories=parts)

    ledger, drafts = ALedger(), FigureDrafts(tmp_path / "drafts")
    for category, when in (("", 2.0), ("code", 1.0), ("maths", 3.0), ("no_ties", 2.0), ("english", 4.0)):
        await drafts.save_figures(category, [BoardFigures(updated_at=when)])
    drafts.reject(made(2.0, code=1.0, maths=2.0, no_ties=2.0), made(1.0, code=1.0, no_ties=1.0))
    await drafts.publish(ledger, made(9.0, code=9.0, maths=9.0, no_ties=9.0, english=9.0))

    assert set(ledger.drawn) == {"code", "maths", "english"}


async def test_a_category_that_went_with_a_rejected_board_is_drawn_again_beside_the_next_one(tmp_path: Path):
    ledger, counts, now = ALedger(), counted(*live(*MIXED)), [0.0]
    publisher, drafts = Publisher(tmp_path, with_review=True), FigureDrafts(tmp_path / "drafts")
    counts.put(live(*MIXED), ("code",))
    keeper, board = FigureKeeper(drafts=drafts, clock=lambda: now[0]), a_board(counts)
    first = board.model_copy(update={"categories": {"code": board}})
    second = first.model_copy(update={"updated_at": 2.5})

    async def draw(beside: Leaderboard) -> None:
        for _ in range(3):
            now[0] += 1e6
            await keeper.work(ledger, counts, beside, Listing())

    await publisher.offer(ledger, first)
    await draw(first)
    drafts.reject(publisher.reject(), publisher.history.last())
    await draw(first)
    await drafts.publish(ledger, first)
    assert not ledger.drawn
    await publisher.offer(ledger, second)
    await draw(second)
    await drafts.publish(ledger, second)

    assert [ledger.drawn[name][0].updated_at for name in ("", "code")] == [2.5, 1.5]
