import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from logging_store.chain import Chain, Event, Link, Said, digest_of, key_mark
from logging_store.chain_rules import ChainEnd, Walk, content_faults, table_of
from logging_store.fault import Fault
from logging_store.telling import content_of_row, said_by_row

KEY = b"the arena's key"
NAME = "controller-1/2026-11-21"
CONVERSATION: dict[str, Any] = {
    "id": "c",
    "session_id": "s",
    "mode": "direct",
    "model": "echo",
    "opened_at": 3.5,
    "battle_id": None,
    "side": None,
}
TIED = CONVERSATION | {"mode": "battle", "battle_id": "b", "side": "a"}
OF_A_VOTE: dict[str, Any] = {
    "id": "v",
    "battle_id": "b",
    "session_id": "s",
    "outcome": "tie",
    "is_anonymous": True,
    "reasons": [],
    "voted_at": 6.5,
}


def _chain(length: int) -> tuple[list[Link], ChainEnd]:
    chain = Chain(KEY, NAME)
    links = chain.add(Said(Event.SESSION, f"s{number}", 1.5, {"id": f"s{number}"}) for number in range(length))
    return links, ChainEnd(NAME, key_mark(KEY), chain.length, chain.head, chain.seal)


def _walked(links: Iterable[Link], end: ChainEnd | None, key: bytes = KEY) -> list[Fault]:
    walk = Walk(key, NAME, end)
    return [*(fault for link in links for fault in walk.step(link)), *walk.end()]


def _told(*rows: tuple[Event, dict[str, Any]]) -> list[Link]:
    return Chain(KEY, NAME).add(said_by_row(event, row) for event, row in rows)


def _forgotten(record_id: str) -> Said:
    return Said(Event.FORGOTTEN, record_id, 9.5, {})


def _problems(links: list[Link], row: dict[str, Any] | None) -> list[str]:
    return [fault.problem for link in links for fault in content_faults(link, row, links)]


@pytest.mark.parametrize("said_to_be", [KEY, b"another key"])
def test_however_many_links_do_not_fit_each_costs_the_same(said_to_be: bytes):
    links, end = _chain(10_000)
    began = time.process_time()
    faults = _walked(links, replace(end, key_mark=key_mark(said_to_be)), key=b"another key")

    assert faults

    assert time.process_time() - began < 10  # 50 million hashes take minutes


@given(st.integers(0, 8))
def test_a_chain_as_it_was_written_has_no_faults(length: int):
    assert _walked(*_chain(length)) == []


CHANGES: list[dict[str, Any]] = [
    {"event": Event.VOTE},
    {"record_id": "another"},
    {"at": 1.25},
    {"digest": "0" * 64},
    {"mac": "0" * 64},
]


@given(st.integers(1, 6), st.integers(0, 5), st.sampled_from(CHANGES))
def test_one_link_that_was_changed_is_named_and_no_other(length: int, at: int, change: dict[str, Any]):
    assume(at < length)
    links, end = _chain(length)
    links[at] = replace(links[at], **change)

    first, *others = _walked(links, end)

    assert (first.id, first.problem) == (links[at].record_id, f"its link, number {at} of {NAME}, was changed")
    assert not others or (change.keys() == {"mac"} and at == length - 1)


@given(st.integers(2, 6), st.data())
def test_links_that_are_missing_are_counted(length: int, data: st.DataObject):
    links, end = _chain(length)
    first = data.draw(st.integers(0, length - 1))
    beyond = data.draw(st.integers(first + 1, length))
    del links[first:beyond]

    faults = _walked(links, end)

    span = f"number {first} is" if beyond == first + 1 else f"numbers {first} to {beyond - 1} are"
    assert [fault.id for fault in faults] == [NAME]
    assert f"{span} missing" in faults[0].problem


@given(st.permutations(range(5)))
def test_links_in_another_order_are_found(order: list[int]):
    assume(order != sorted(order))
    links, end = _chain(5)
    moved = [replace(links[which], number=number) for number, which in enumerate(order)]

    named = {fault.id for fault in _walked(moved, end)}

    assert named >= {link.record_id for link, which in zip(moved, order, strict=True) if link.number != which}


def test_an_end_that_was_cut_off_with_its_row_brought_into_line_breaks_the_seal():
    links, end = _chain(5)
    del links[3:]

    faults = _walked(links, replace(end, length=3, head=links[-1].mac))

    assert faults == [Fault("chains", NAME, "its seal does not fit: its end was cut off or changed")]


def test_a_chain_of_another_key_is_named_once_and_says_what_to_do():
    (fault,) = _walked(*_chain(5), key=b"another")

    assert (fault.table, fault.id) == ("chains", NAME)
    assert "ARENA_CHAIN_KEY" in fault.problem


def test_whoever_writes_a_chain_anew_with_a_key_of_his_own_shows_that_key():
    forged = Chain(b"his own", NAME)
    links = forged.add([Said(Event.SESSION, "s", 1.5, {"id": "s"})])

    (shown,) = _walked(links, ChainEnd(NAME, key_mark(b"his own"), 1, forged.head, forged.seal))
    hidden = _walked(links, ChainEnd(NAME, key_mark(KEY), 1, forged.head, forged.seal))

    assert "under another key" in shown.problem
    assert [fault.id for fault in hidden] == ["s", NAME]


def test_links_without_their_chain_and_a_chain_without_its_links_are_found():
    links, end = _chain(2)

    assert _walked(links, None) == [Fault("chains", NAME, "its links are there, and it is not")]
    assert _walked([], end) == [Fault("chains", NAME, "its end was cut off: numbers 0 to 1 are missing")]


def test_links_that_were_added_behind_the_end_are_found():
    links, end = _chain(2)
    chain = Chain(KEY, NAME, end.length, end.head)
    links += chain.add([Said(Event.SESSION, "more", 1.5, {})])

    assert _walked(links, end) == [Fault("chains", NAME, "its links go on beyond its end, or do not lead there")]


@given(st.sampled_from(sorted(OF_A_VOTE.keys() - {"id"})))
def test_a_record_that_says_something_else_is_found_whatever_was_changed(column: str):
    links = _told((Event.VOTE, OF_A_VOTE))
    other = {"is_anonymous": False, "reasons": ["late"], "voted_at": 6.25}.get(column, "other")

    assert _problems(links, OF_A_VOTE) == []
    assert _problems(links, OF_A_VOTE | {column: other}) == ["it was changed after it was written"]


@pytest.mark.parametrize("nonsense", [b"\xff", "no number"])
def test_what_has_no_form_at_all_is_a_change(nonsense: object):
    links = _told((Event.VOTE, OF_A_VOTE))

    assert _problems(links, OF_A_VOTE | {"voted_at": nonsense}) == ["it was changed after it was written"]
    assert _problems([replace(links[0], salt="no hex")], OF_A_VOTE) == ["it was changed after it was written"]
    assert _problems(_told((Event.VOTE, OF_A_VOTE)), OF_A_VOTE | {"reasons": "[torn"}) == [
        "it was changed after it was written"
    ]


def test_a_record_that_is_gone_or_was_told_of_twice_is_found():
    links = _told((Event.VOTE, OF_A_VOTE), (Event.VOTE, OF_A_VOTE))

    assert _problems(links[:1], None) == ["it was written, and is not there any more"]
    assert _problems(links, OF_A_VOTE) == ["it was told of twice"]


def test_what_was_forgotten_may_be_changed_or_gone_but_keeps_no_salt():
    chain = Chain(KEY, NAME)
    told, forgotten = chain.add([said_by_row(Event.VOTE, OF_A_VOTE), _forgotten("v")])

    assert _problems([replace(told, salt=None), forgotten], None) == []
    assert _problems([told, forgotten], None) == ["it is forgotten, and a salt of it is still there"]


def test_a_salt_may_be_gone_only_if_a_later_link_says_why():
    chain = Chain(KEY, NAME)
    forgotten, told = chain.add([_forgotten("v"), said_by_row(Event.VOTE, OF_A_VOTE)])

    assert _problems([replace(told, salt=None)], OF_A_VOTE) == [
        "its salt is gone, and no later link says that it was forgotten"
    ]
    assert len(_problems([forgotten, replace(told, salt=None)], OF_A_VOTE)) == 1
    elsewhere = replace(forgotten, chain="another")
    assert _problems([elsewhere, replace(told, salt=None)], None) == []


def test_a_conversation_of_an_import_may_become_a_side_of_a_battle_if_that_is_told_too():
    both = _told((Event.CONVERSATION, CONVERSATION), (Event.CONVERSATION, TIED))

    assert _problems(both, TIED) == []
    assert _problems(both[:1], TIED) == ["it was changed after it was written"]
    assert _problems([*both, *_told((Event.CONVERSATION, TIED))], TIED) != []


def test_a_turns_end_is_named_apart_from_its_opening():
    assert table_of("turn_ended") == table_of("turn_opened") == "turns"
    assert (table_of("nonsense"), table_of("forgotten")) == ("links", "records")


def test_contents_are_digested_under_their_salt():
    (link,) = _told((Event.VOTE, OF_A_VOTE))

    assert link.digest == digest_of(link.salt or "", content_of_row(Event.VOTE, OF_A_VOTE))
