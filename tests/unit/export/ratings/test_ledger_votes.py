"""Votes from the ledger."""

from pathlib import Path

from arena.battle import Mode, Outcome
from export.ratings.categories import Name, Sorter
from export.ratings.choosing import Condition
from export.ratings.counts import count
from export.ratings.eligibility import Eligibility
from export.ratings.ledger_votes import read_ledger
from export.ratings.reading import VoteReader
from export.ratings.sorting import Sorting
from export.ratings.vote_table import VoteTable
from logging_store.facts import BattleRecord, ConsentFact, VoteFact
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger, open_ledger
from tests.facts import a_kept_battle, a_turn, a_visitor, a_vote, an_end


async def a_battle(ledger: Ledger, consent: ConsentFact, said: str = "ab>Hi>Hello", **given: object) -> None:
    """Models, a prompt and both sides' answer, voted upon."""
    models, prompt, answer = said.split(">")
    battle = await a_kept_battle(ledger, consent, model_a=models[0], model_b=models[1])
    for conversation in (battle.conversation_a, battle.conversation_b):
        turn = a_turn(conversation, consent.id, text=prompt)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id, answer=answer))

    def decide(record: BattleRecord) -> VoteFact:
        return a_vote(battle.id, consent.session_id, **given)

    await ledger.cast_vote(battle.id, decide)


async def _read(ledger: Ledger, reader: VoteReader | None = None, secret: tuple[str, ...] = ()) -> VoteTable:
    return await read_ledger(ledger, reader or VoteReader(), secret)


def _url(folder: Path) -> str:
    return f"sqlite:///{folder}/ledger.sqlite3"


async def test_votes_keep_their_order_and_those_that_do_not_count_are_counted(tmp_path: Path):
    async with open_ledger(_url(tmp_path)) as ledger:
        consent = await a_visitor(ledger)
        await a_battle(ledger, consent, "ba>Hi>Hello", outcome=Outcome.BOTH_BAD)
        await a_battle(ledger, consent, outcome=Outcome.MODEL_A, reasons=("stopped_answer",))
        await a_battle(ledger, consent, outcome=Outcome.MODEL_B, voted_at=9.5)
        table = await _read(ledger)

    assert (table.battles.a.tolist(), table.battles.winner.tolist()) == ([1, 0], [2, 1])
    assert table.times is not None
    assert table.times.tolist() == [6.5, 9.5]
    assert table.left_out == {"stopped_answer": 1}


async def test_a_secret_model_leaves_no_trace(tmp_path: Path):
    async with open_ledger(_url(tmp_path)) as ledger:
        consent = await a_visitor(ledger)
        await a_battle(ledger, consent)
        never = await _read(ledger)
        await a_battle(ledger, consent, "as>Hi>Hello")
        await a_battle(ledger, consent, "sb>Hi>Hello", reasons=("stopped_answer",))
        hidden = await _read(ledger, secret=("s",))

    assert (hidden.battles.models, hidden.digest, hidden.left_out) == (never.battles.models, never.digest, {})


async def test_votes_of_the_forgotten_leave_the_counts(tmp_path: Path):
    async with open_ledger(_url(tmp_path)) as ledger:
        stays, goes = await a_visitor(ledger), await a_visitor(ledger)
        await a_battle(ledger, stays)
        await a_battle(ledger, goes)
        await forget(ledger, await give_code(ledger, goes.session_id, 1.0), 7.0)
        table = await _read(ledger)

    assert (len(table.battles.a), table.left_out) == (1, {"forgotten": 1})


async def test_conditions_categories_and_texts_work_as_for_files(tmp_path: Path):
    async with open_ledger(_url(tmp_path)) as ledger:
        consent = await a_visitor(ledger)
        await a_battle(ledger, consent, "ab>```x```>Fine")
        await a_battle(ledger, consent, "ab>Who are you?>I am Claude")
        await a_battle(ledger, consent, "cb>Hi>Hello")
        reader = VoteReader(
            conditions=(Condition.parse("model_a!=c"), Condition.parse("turn=1")),
            eligibility=Eligibility(leave_out=("identity_asked",)),
            sorting=Sorting(Sorter((Name.CODE,))),
        )
        table = await _read(ledger, reader)

    assert table.left_out == {"identity_asked": 1, "filtered": 1}
    assert table.categories["code"].tolist() == [True]


async def test_no_votes_are_an_empty_table(tmp_path: Path):
    async with open_ledger(_url(tmp_path)) as ledger:
        assert count((await _read(ledger)).battles).total == 0


async def test_side_by_side_votes_do_not_count(tmp_path: Path):
    async with open_ledger(_url(tmp_path)) as ledger:
        consent = await a_visitor(ledger)
        battle = await a_kept_battle(ledger, consent, mode=Mode.SIDE_BY_SIDE, pair_probability=None)

        def decide(record: BattleRecord) -> VoteFact:
            return a_vote(battle.id, consent.session_id, is_anonymous=False, reasons=("not_anonymous",))

        await ledger.cast_vote(battle.id, decide)
        assert (await _read(ledger)).left_out == {"not_anonymous": 1}


async def test_style_is_counted_where_it_is_asked_for(tmp_path: Path):
    async with open_ledger(_url(tmp_path)) as ledger:
        await a_battle(ledger, await a_visitor(ledger), "ab>Hi>## Hello\n\n- **you** 🎉\n\n```\nx\n```")
        plain, styled = await _read(ledger), await read_ledger(ledger, VoteReader(), (), style=True)

    assert plain.style == plain.beside == {}
    assert set(styled.beside) == {"speed", "language"}
    assert styled.beside["speed"][0][0] > 0
    assert {name: a.tolist() for name, (a, _) in styled.style.items()} == {
        "length": [32.0],
        "headers": [1.0],
        "lists": [1.0],
        "bold": [1.0],
        "code": [1.0],
        "emoji": [1.0],
    }
