"""Keeping the board up to date."""

import asyncio
import errno
import gc
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from arena.battle import Mode, Outcome
from arena.chat import Ending
from arena.errors import LedgerError, SetupError
from arena.leaderboard import BoardFigures, Leaderboard
from export.ratings.board import Listing
from export.ratings.board_making import BoardMaker
from export.ratings.labels.following import FollowedLabels
from export.ratings.live import LiveVote
from export.ratings.live_sorting import LiveSorting
from export.ratings.publishing import Publisher
from export.ratings.sorted_votes import SortedVotes, sorted_votes
from export.ratings.watch import (
    CHECK_SECONDS,
    LONGEST_CHECK_REST,
    LONGEST_REST,
    BoardKeeper,
    keep_board,
    leave_alone,
    rest_after,
)
from logging_store.facts import SaidTurn
from logging_store.vote_reading import RatedVote
from tests.unit.export.ratings.made import live


def a_rated_vote(vote: LiveVote, prompt: str) -> RatedVote:
    """The same vote with what was said."""
    turn = SaidTurn("turn", 0, prompt, "Hello" if prompt else "", Ending.COMPLETED, None, None)
    return RatedVote(
        id=vote.id,
        battle_id="battle",
        session_id="somebody",
        outcome=vote.outcome,
        is_anonymous=True,
        reasons=(),
        voted_at=vote.time,
        mode=Mode.BATTLE,
        model_a=vote.model_a,
        model_b=vote.model_b,
        pair_probability=None,
        policy="",
        conversation_a="a",
        conversation_b="b",
        turns_a=(turn,),
        turns_b=(turn,),
    )


class ALedger:
    """A ledger in memory that can go away, and tells when a board was saved."""

    def __init__(self, *votes: LiveVote) -> None:
        self.votes = list(votes)
        self.gone: list[LiveVote] = []
        self.said: dict[str, str] = {}
        self.drawn: dict[str, list[BoardFigures]] = {}
        self.told: list[LiveVote] = []
        self.saved: asyncio.Queue[Leaderboard] = asyncio.Queue()
        self.refused = asyncio.Queue[None]()
        self.away = False
        self.trouble: Exception = LedgerError()

    @asynccontextmanager
    async def open(self) -> AsyncGenerator["ALedger"]:
        yield self

    def _check(self) -> None:
        if self.away:
            self.refused.put_nowait(None)
            raise self.trouble

    async def count_until(self, last: str) -> dict[str, int]:
        self._check()
        return Counter(vote.kind for vote in self.votes if vote.id <= last)

    async def forgotten(self) -> list[str]:
        self._check()
        return [vote.id for vote in self.gone]

    async def votes_by_id(self, ids: Sequence[str]) -> list[RatedVote]:
        self._check()
        return [
            a_rated_vote(vote, self.said.get(vote.id, "Hi")) for vote in [*self.votes, *self.gone] if vote.id in ids
        ]

    def forget(self, vote: LiveVote) -> None:
        self.votes.remove(vote)
        self.gone.append(vote)

    async def votes_after(self, last: str) -> list[LiveVote]:
        self._check()
        self.told = [vote for vote in self.votes if vote.id > last][:3]
        return list(self.told)

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        self._check()
        assert made_at == board.updated_at
        self.saved.put_nowait(board)

    async def save_figures(self, category: str, found: Sequence[BoardFigures]) -> None:
        self._check()
        self.drawn[category] = list(found)


A_VOTE, ANOTHER, A_THIRD = live("a>b", "a>b", "b>a")
DAY = 86_400


@asynccontextmanager
async def keeping(ledger: ALedger) -> AsyncGenerator[None]:
    """Keep the board in the background, looking all the time."""
    task = asyncio.create_task(keep_board(BoardKeeper(BoardMaker(Listing())), ledger.open, 0.001))
    try:
        async with asyncio.timeout(60):
            yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_the_first_look_makes_a_board_even_without_votes():
    ledger = ALedger()

    assert await BoardKeeper(BoardMaker(Listing(frozenset({"a"}))), clock=lambda: 7.5).look(ledger)
    board = ledger.saved.get_nowait()
    assert (board.updated_at, [row.model for row in board.rows]) == (7.5, ["a"])


async def test_without_new_votes_nothing_is_written():
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(BoardMaker(Listing()))
    assert await keeper.look(ledger)

    assert not await keeper.look(ledger)
    assert ledger.saved.qsize() == 1


async def test_a_new_vote_makes_a_new_board():
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(BoardMaker(Listing()))
    await keeper.look(ledger)
    ledger.votes.append(ANOTHER)

    assert await keeper.look(ledger)
    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [1, 2]


async def test_a_board_that_could_not_be_saved_is_made_again():
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(BoardMaker(Listing()))
    ledger.away = True
    with pytest.raises(LedgerError):
        await keeper.look(ledger)
    ledger.away = False

    assert await keeper.look(ledger)


async def test_votes_that_were_counted_long_ago_are_not_read_again():
    old = live("7 a>b", at=1_000_000.0)
    ledger, keeper = ALedger(*old, *live("a>b", at=1_000_100.0)), BoardKeeper(BoardMaker(Listing()))
    await keeper.look(ledger)
    ledger.votes += live("b>a", at=1_000_200.0)
    await keeper.look(ledger)

    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [8, 9]
    assert not set(ledger.told) & set(old)


async def test_a_vote_that_becomes_visible_after_later_ones_is_counted():
    ledger, keeper = ALedger(A_VOTE, A_THIRD), BoardKeeper(BoardMaker(Listing()))
    await keeper.look(ledger)
    ledger.votes.insert(1, ANOTHER)
    await keeper.look(ledger)

    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [2, 3]


async def test_old_votes_that_were_brought_in_are_found_by_the_check_each_minute():
    now = [1_000_000.0]
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    ledger.votes = [*live("a>b", at=1000), A_VOTE]
    assert not await keeper.look(ledger)
    now[0] += CHECK_SECONDS

    assert await keeper.look(ledger)
    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [1, 2]


async def test_the_check_also_finds_old_votes_while_votes_wait_for_the_operators_delay():
    now = [A_VOTE.time + 3600]
    ledger = ALedger(A_VOTE, *live("b>a", at=A_VOTE.time + 3500))
    keeper = BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0], delay_seconds=1800)
    await keeper.look(ledger)
    now[0] += CHECK_SECONDS
    assert not await keeper.look(ledger)
    ledger.votes = [*live("a>b", at=1000), *ledger.votes]
    now[0] += CHECK_SECONDS

    assert await keeper.look(ledger)
    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [1, 2]


async def test_votes_of_somebody_who_had_everything_deleted_leave_the_board_without_counting_all_anew():
    now = [1_000_000.0]
    old = live("7 a>b", at=1000)
    ledger, keeper = ALedger(*old, A_VOTE), BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    for vote in (old[0], A_VOTE):
        ledger.forget(vote)
    now[0] += CHECK_SECONDS

    assert await keeper.look(ledger)
    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [8, 6]
    assert not set(ledger.told) & set(old)


async def test_a_vote_against_which_something_speaks_now_leaves_the_board():
    now = [1_000_000.0]
    old = live("3 a>b", at=1000)
    ledger, keeper = ALedger(*old, A_VOTE), BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    ledger.votes.remove(old[1])
    now[0] += CHECK_SECONDS

    assert await keeper.look(ledger)
    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [4, 3]


async def test_a_model_that_becomes_secret_leaves_the_board():
    listed = [Listing()]
    ledger = ALedger(*live("2 a>b", "a>s", "s>b"))
    keeper = BoardKeeper(BoardMaker(Listing()), listed_now=lambda: listed[0])
    await keeper.look(ledger)
    listed[0] = Listing(secret=frozenset({"s"}))

    assert await keeper.look(ledger)
    boards = [ledger.saved.get_nowait() for _ in range(2)]
    assert [[row.model for row in board.rows] for board in boards] == [["a", "b", "s"], ["a", "b"]]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SortedVotes]:
    with sorted_votes(tmp_path / "sorted.sqlite3") as each:
        yield each


def a_keeper(file: SortedVotes, clock: Callable[[], float] = lambda: 1e9, **given: str) -> BoardKeeper:
    wanted = ("code", "no_ties", "no_duplicates")
    maker = BoardMaker(Listing(secret=frozenset(given.values())), wanted)
    return BoardKeeper(maker, clock, sorting=LiveSorting(file, FollowedLabels(Path("nowhere"))))


async def the_board(ledger: ALedger, keeper: BoardKeeper) -> dict[str, int]:
    """Look until there is nothing to do; return the votes of the last board, by category."""
    while await keeper.look(ledger):
        pass
    board = Leaderboard()
    while not ledger.saved.empty():
        board = ledger.saved.get_nowait()
    return {"overall": board.votes, **{name: each.votes for name, each in board.categories.items()}}


async def test_each_category_has_a_board_of_its_own(file: SortedVotes):
    votes = live("2 a>b", "a=b", "s>a")
    ledger = ALedger(*votes)
    ledger.said = {votes[0].id: "```x```", votes[1].id: "Hi", votes[2].id: "```y```", votes[3].id: "```z```"}

    expected = {"overall": 3, "code": 2, "no_ties": 2, "no_duplicates": 3}
    assert await the_board(ledger, a_keeper(file, secret="s")) == expected


async def test_a_votes_categories_outlive_its_words_and_the_process(file: SortedVotes):
    ledger = ALedger(A_VOTE, ANOTHER)
    ledger.said = {A_VOTE.id: "```x```", ANOTHER.id: "Hi"}
    before = await the_board(ledger, a_keeper(file))
    ledger.said = {A_VOTE.id: "", ANOTHER.id: ""}

    assert await the_board(ledger, a_keeper(file)) == before


async def test_a_forgotten_vote_leaves_its_categories_and_the_file(file: SortedVotes):
    now = [A_VOTE.time]
    ledger, keeper = ALedger(A_VOTE, ANOTHER), a_keeper(file, lambda: now[0])
    ledger.said = {A_VOTE.id: "```x```", ANOTHER.id: "```x```"}
    assert (await the_board(ledger, keeper))["code"] == 2
    ledger.forget(A_VOTE)
    now[0] += CHECK_SECONDS

    assert (await the_board(ledger, keeper))["code"] == 1
    assert set(file.between("", "g")) == {ANOTHER.id}


@pytest.mark.parametrize("left", [(A_VOTE,), ()])
async def test_the_newest_vote_that_was_forgotten_while_nobody_watched_leaves_the_file(
    left: tuple[LiveVote, ...], file: SortedVotes
):
    ledger = ALedger(A_VOTE, ANOTHER)
    await the_board(ledger, a_keeper(file))
    for vote in {A_VOTE, ANOTHER}.difference(left):
        ledger.forget(vote)
    await the_board(ledger, a_keeper(file))

    assert set(file.between("", "g")) == {vote.id for vote in left}


async def test_only_the_first_votes_about_the_same_prompt_are_in_the_category_without_duplicates(file: SortedVotes):
    ledger = ALedger(*live("9 a>b"))

    assert (await the_board(ledger, a_keeper(file)))["no_duplicates"] == 5


async def test_whoever_comes_after_a_first_vote_that_was_forgotten_takes_its_place(file: SortedVotes):
    now = [A_VOTE.time]
    ledger, keeper = ALedger(*live("6 a>b")), a_keeper(file, lambda: now[0])
    await the_board(ledger, keeper)
    ledger.forget(ledger.votes[0])
    now[0] += CHECK_SECONDS

    assert await the_board(ledger, keeper) == {"overall": 5, "no_ties": 5, "no_duplicates": 5}


async def test_of_votes_that_were_brought_in_late_the_oldest_are_the_first_about_a_prompt(file: SortedVotes):
    old, new = live("4 a>b", at=1000), live("b>a", "4 a=b")
    now = [A_VOTE.time]
    ledger, keeper = ALedger(*new), a_keeper(file, lambda: now[0])
    await the_board(ledger, keeper)
    ledger.votes = [*old, *new]
    now[0] += CHECK_SECONDS
    await the_board(ledger, keeper)

    first = {each.vote for each in file.between("", "g").values() if "no_duplicates" in each.names}
    assert first == {vote.id for vote in [*old, new[0]]}


async def test_a_vote_that_does_not_count_any_more_is_none_of_the_first(file: SortedVotes):
    now = [A_VOTE.time]
    ledger, keeper = ALedger(*live("6 a>b", at=1000), A_VOTE), a_keeper(file, lambda: now[0])
    await the_board(ledger, keeper)
    del ledger.votes[0]
    now[0] += CHECK_SECONDS

    assert (await the_board(ledger, keeper))["no_duplicates"] == 5


async def test_what_could_not_be_kept_in_the_file_is_looked_at_again(
    file: SortedVotes, monkeypatch: pytest.MonkeyPatch
):
    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    ledger, keeper = ALedger(*live("a>b", "b>a")), a_keeper(file)
    with monkeypatch.context() as patched:
        patched.setattr(file, "put", full)
        with pytest.raises(OSError, match="No space"):
            await keeper.look(ledger)

    assert (await the_board(ledger, keeper))["no_ties"] == 2


async def test_after_the_clock_was_set_back_votes_are_found_and_none_is_counted_twice():
    now = [A_VOTE.time + 10_000]
    ledger = ALedger(*live("3 a>b", at=A_VOTE.time + 9_000))
    keeper = BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    now[0] = A_VOTE.time
    for number in range(3):
        now[0] += 5
        ledger.votes = [*live("b>a", at=now[0]), *ledger.votes]
        await keeper.look(ledger)
        ledger.told.clear()

        assert [ledger.saved.get_nowait().votes for _ in range(ledger.saved.qsize())][-1] == 4 + number


async def test_a_vote_of_a_time_still_to_come_hides_none_of_those_after_it():
    now = [A_VOTE.time]
    ledger = ALedger(*live("a>b", at=A_VOTE.time + 1e8))
    keeper = BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    for _ in range(3):
        now[0] += 50
        ledger.votes = [*ledger.votes[:-1], *live("b>a", at=now[0]), ledger.votes[-1]]
        await keeper.look(ledger)

    assert [ledger.saved.get_nowait().votes for _ in range(ledger.saved.qsize())] == [1, 2, 3, 4]


async def test_a_vote_that_was_forgotten_before_it_was_counted_is_no_matter():
    now = [1_000_000.0]
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    ledger.gone += live("x>y", at=1000)
    now[0] += CHECK_SECONDS
    await keeper.look(ledger)

    assert ledger.saved.get_nowait().votes == 1


async def test_a_vote_that_was_changed_in_the_ledger_is_found_by_the_check():
    now = [1_000_000.0]
    old = live("3 a>b", "b>a", at=1000)
    ledger, keeper = ALedger(*old, A_VOTE), BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    ledger.votes[0] = old[0]._replace(outcome=Outcome.MODEL_B)
    now[0] += CHECK_SECONDS
    await keeper.look(ledger)

    boards = [ledger.saved.get_nowait() for _ in range(2)]
    assert [[row.wins for row in board.rows if row.model == "a"] for board in boards] == [[4], [3]]


def numbered(votes: list[LiveVote]) -> list[LiveVote]:
    """The same votes with ids that end differently, as ids do."""
    return [vote._replace(id=f"{vote.id[:-3]}{number:03x}") for number, vote in enumerate(votes)]


async def test_a_change_that_leaves_as_many_votes_of_each_outcome_is_found_by_the_check():
    now = [1_000_000.0]
    old = numbered(live("3 a>b", "2 c>d", at=1000))
    ledger, keeper = ALedger(*old[:4], A_VOTE), BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    ledger.votes = [*old[1:], A_VOTE]
    now[0] += CHECK_SECONDS
    await keeper.look(ledger)

    boards = [ledger.saved.get_nowait() for _ in range(2)]
    assert [{row.model: row.wins for row in board.rows if row.wins} for board in boards] == [
        {"a": 4, "c": 1},
        {"a": 3, "c": 2},
    ]


async def test_outcomes_that_were_exchanged_are_found_by_the_check():
    now = [1_000_000.0]
    old = numbered(live("a>b", "c<d", at=1000))
    ledger, keeper = ALedger(*old, A_VOTE), BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    ledger.votes[:2] = [old[0]._replace(outcome=Outcome.MODEL_B), old[1]._replace(outcome=Outcome.MODEL_A)]
    now[0] += CHECK_SECONDS
    await keeper.look(ledger)

    boards = [ledger.saved.get_nowait() for _ in range(2)]
    assert [sorted(row.model for row in board.rows if row.wins) for board in boards] == [["a", "d"], ["a", "b", "c"]]


async def test_a_tie_that_was_corrected_is_in_the_category_without_ties_and_a_win_that_was_one_is_not(
    file: SortedVotes,
):
    now = [A_VOTE.time]
    ledger, keeper = ALedger(*live("a=b", "2 a>b", at=1000), A_VOTE), a_keeper(file, lambda: now[0])
    before = await the_board(ledger, keeper)
    ledger.votes[0] = ledger.votes[0]._replace(outcome=Outcome.MODEL_B)
    now[0] += CHECK_SECONDS
    corrected = await the_board(ledger, keeper)
    for at in (1, 2):
        ledger.votes[at] = ledger.votes[at]._replace(outcome=Outcome.TIE)
    now[0] += CHECK_SECONDS

    assert [each["no_ties"] for each in (before, corrected, await the_board(ledger, keeper))] == [3, 4, 2]
    told = {each.vote for each in file.between("", "g").values() if "no_ties" in each.names}
    assert told == {ledger.votes[0].id, A_VOTE.id}


async def test_a_vote_that_changed_within_its_first_minute_is_found_when_that_is_over(file: SortedVotes):
    now = [A_VOTE.time]
    ledger, keeper = ALedger(*live("6 a>b")), a_keeper(file, lambda: now[0])
    await the_board(ledger, keeper)
    ledger.forget(ledger.votes[0])
    ledger.votes[0] = ledger.votes[0]._replace(outcome=Outcome.TIE)
    now[0] += CHECK_SECONDS
    await the_board(ledger, keeper)
    now[0] += 2 * CHECK_SECONDS
    ledger.votes += live("b>a", at=now[0])
    await the_board(ledger, keeper)
    now[0] += CHECK_SECONDS

    assert await the_board(ledger, keeper) == {"overall": 6, "no_ties": 5, "no_duplicates": 5}


async def test_a_check_that_takes_long_is_made_less_often_but_twice_an_hour_at_least():
    now = [A_VOTE.time]

    class Slow(ALedger):
        async def count_until(self, last: str) -> dict[str, int]:
            self.checks += 1
            now[0] += self.takes
            return await super().count_until(last)

        checks = 0
        takes = 0.0

    ledger = Slow(*numbered(live("a>b", at=1000)), A_VOTE)
    keeper = BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0])
    await keeper.look(ledger)
    made: list[int] = []
    for seconds, takes in ((CHECK_SECONDS, 0.5), (240, 0.5), (11, 60), (LONGEST_CHECK_REST, 60)):
        now[0] += seconds
        ledger.takes = takes
        await keeper.look(ledger)
        made.append(ledger.checks)

    assert made == [1, 1, 2, 3]


async def test_a_vote_waits_for_the_operators_delay():
    now = [A_VOTE.time]
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0], delay_seconds=3600)
    await keeper.look(ledger)
    now[0] += 3599
    assert not await keeper.look(ledger)
    now[0] += 2

    assert await keeper.look(ledger)
    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [0, 1]


async def test_with_review_a_board_waits_until_it_is_published(tmp_path: Path):
    publisher = Publisher(tmp_path, with_review=True)
    ledger = ALedger(A_VOTE)
    await BoardKeeper(BoardMaker(Listing()), publisher=publisher).look(ledger)
    assert ledger.saved.empty()
    board = publisher.draft()
    await publisher.publish(ledger, board)

    assert ledger.saved.get_nowait() == board
    assert list(publisher.history.boards()) == [board]
    with pytest.raises(SetupError, match="no board waits"):
        publisher.draft()


async def test_without_review_the_first_board_of_each_day_goes_into_the_history(tmp_path: Path):
    now = [10.0 * DAY]
    ledger = ALedger()
    keeper = BoardKeeper(BoardMaker(Listing()), clock=lambda: now[0], publisher=Publisher(tmp_path))
    for number, time in enumerate((10.0, 10.5, 11.25)):
        now[0] = time * DAY
        ledger.votes += live("a>b", at=1000 + number)
        await keeper.look(ledger)

    history = Publisher(tmp_path).history
    assert [(board.updated_at or 0) / DAY for board in history.boards()] == [10.0, 11.25]


async def test_votes_that_come_in_reach_the_board():
    ledger = ALedger()
    async with keeping(ledger):
        assert (await ledger.saved.get()).votes == 0
        ledger.votes.append(A_VOTE)

        assert (await ledger.saved.get()).votes == 1


@pytest.mark.parametrize(
    ("spent", "is_behind", "is_catching_up", "rest"),
    [
        (0.01, False, False, 5.0),
        (0.01, True, False, 0.19),
        (1.0, False, False, 19.0),
        (15.0, False, False, LONGEST_REST),
        (15.0, True, False, LONGEST_REST),
        (15.0, True, True, 15.0),
        (600.0, True, True, LONGEST_REST),
    ],
)
def test_after_a_long_update_it_does_not_rest_until_the_board_is_old(
    spent: float, is_behind: bool, is_catching_up: bool, rest: float
):
    assert rest_after(spent, 5.0, is_behind=is_behind, is_catching_up=is_catching_up) == pytest.approx(rest)


async def test_a_ledger_that_goes_away_is_said_once_and_waited_for(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "export.ratings")
    ledger = ALedger()
    async with keeping(ledger):
        await ledger.saved.get()
        ledger.away = True
        for _ in range(5):
            await ledger.refused.get()
        ledger.votes.append(A_VOTE)
        ledger.away = False

        assert (await ledger.saved.get()).votes == 1
        ledger.votes.append(ANOTHER)
        await ledger.saved.get()
    assert [record.getMessage() for record in caplog.records] == [
        "the ledger cannot be reached; the leaderboard waits for it",
        "the ledger is back, the leaderboard is up to date again",
    ]


async def test_a_disk_that_is_full_is_said_once_and_tried_again(caplog: pytest.LogCaptureFixture):
    ledger = ALedger(A_VOTE)
    ledger.away, ledger.trouble = True, OSError(errno.ENOSPC, "No space left on device")
    async with keeping(ledger):
        for _ in range(5):
            await ledger.refused.get()
        ledger.away = False

        assert (await ledger.saved.get()).votes == 1
    assert [record.getMessage() for record in caplog.records] == [
        "the leaderboard cannot be written: No space left on device"
    ]


def test_the_garbage_collector_leaves_alone_what_is_there_to_stay_once():
    gc.unfreeze()
    try:
        leave_alone()
        left = gc.get_freeze_count()
        later = [[number] for number in range(1000)]
        leave_alone()

        assert 0 < left == gc.get_freeze_count()
        assert len(later) == 1000
    finally:
        gc.unfreeze()


async def test_each_look_is_followed_by_what_was_asked_for():
    ledger, looks = ALedger(A_VOTE), asyncio.Queue[int]()
    kept = keep_board(BoardKeeper(BoardMaker(Listing())), ledger.open, 0.001, lambda: looks.put_nowait(1))
    task = asyncio.create_task(kept)
    try:
        async with asyncio.timeout(60):
            assert (await ledger.saved.get()).votes == 1
            for _ in range(3):
                await looks.get()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_ledger_that_goes_away_before_the_first_board_is_waited_for():
    ledger = ALedger(A_VOTE)
    ledger.away = True
    async with keeping(ledger):
        await ledger.refused.get()
        ledger.away = False

        assert (await ledger.saved.get()).votes == 1


async def test_a_ledger_that_cannot_be_opened_is_an_error():
    @asynccontextmanager
    async def closed() -> AsyncGenerator[ALedger]:
        raise SetupError
        yield ALedger()

    with pytest.raises(SetupError):
        await keep_board(BoardKeeper(BoardMaker(Listing())), closed, 0.001)
