import json
from typing import Any

import pytest

from arena.chat import Parameters
from logging_store.fastchat_log import KINDS, LogRow, Unreadable, read_row
from tests.fastchat_logs import NOON, a_chat, a_reaction_row, a_state, a_vote_row


def _read(row: dict[str, Any]) -> LogRow:
    return read_row(json.dumps(row).encode())


def test_a_chat_is_read_with_its_time_address_and_parameters():
    row = _read(a_chat())

    assert (row.kind, row.at, row.started, row.address) == ("chat", NOON, NOON - 2, "203.0.113.7")
    assert row.parameters == Parameters(temperature=0.7, top_p=1.0, max_tokens=512)
    assert row.states[0].exchanges == (("Hello?", "Hello!"),)


def test_examples_before_the_offset_are_nobodys_words():
    messages = [["USER", "example"], ["ASSISTANT", "example"], ["USER", "Mine?"], ["ASSISTANT", "Yours."]]

    (state,) = _read(a_chat(a_state(messages=messages, offset=2))).states

    assert state.exchanges == (("Mine?", "Yours."),)


def test_a_message_whose_answer_was_still_being_written_is_left_out():
    messages = [["USER", "One?"], ["ASSISTANT", "1"], ["USER", "Two?"], ["ASSISTANT", None]]

    (state,) = _read(a_chat(a_state(messages=messages))).states

    assert state.exchanges == (("One?", "1"),)


def test_images_are_noted_in_the_text_by_the_names_of_their_files():
    messages = [["USER", ["What is this?", ["0a1b", "2c3d"]]], ["ASSISTANT", "Two cats."]]

    (state,) = _read(a_chat(a_state(messages=messages))).states

    assert state.exchanges == (("What is this?\n[image 0a1b]\n[image 2c3d]", "Two cats."),)
    assert state.images == (2,)


@pytest.mark.parametrize("gen_params", [None, [], {"temperature": 9, "top_p": 0, "max_new_tokens": -1}, {"top_p": "1"}])
def test_parameters_out_of_range_are_left_out(gen_params: Any):
    assert _read(a_chat(gen_params=gen_params)).parameters == Parameters()


@pytest.mark.parametrize("models", [["", ""], ["### Model A: vicuna-13b", "### Model B: koala-13b"]])
def test_a_vote_is_anonymous_when_no_names_were_shown(models: list[str]):
    row = _read(a_vote_row("tievote", a_state(1), a_state(2), models=models))

    assert row.is_anonymous is (models == ["", ""])


def test_every_type_is_known():
    assert {
        "chat",
        "upvote",
        "downvote",
        "flag",
        "leftvote",
        "rightvote",
        "tievote",
        "bothbad_vote",
        "share",
    } == KINDS


def test_a_share_may_be_of_one_conversation_or_of_two():
    one = a_reaction_row("share")
    two = a_vote_row("share", a_state(1), a_state(2))

    assert [len(_read(row).states) for row in (one, two)] == [1, 2]


LEFT, RIGHT = a_state(1), a_state(2)
WITHOUT_FORM = [
    (a_chat(type="dance"), "unknown type"),
    (a_chat(tstamp=None), "no time"),
    (a_chat(tstamp=True), "no time"),
    (a_chat(tstamp=10**400), "no time"),
    (a_chat(tstamp=float("nan")), "no time"),
    (a_chat(state=None) | {"state": None}, "no conversation"),
    (a_chat(a_state(conv_id="")), "no conversation id"),
    (a_chat(a_state(model_name=None)), "no model"),
    (a_chat(a_state(messages="Hello")), "no messages"),
    (a_chat(a_state(offset=7)), "no messages"),
    (a_chat(a_state(messages=[])), "nothing was said"),
    (a_chat(a_state(messages=[["USER", "One?"], ["ASSISTANT", 7]])), "a message without text"),
    (a_chat(a_state(messages=[["USER"]])), "a message without its form"),
    (a_chat(a_state(messages=[["ASSISTANT", "Me first."], ["USER", "Oh."]])), "the roles do not alternate"),
    (a_chat(a_state(has_csam_image=True)), "marked as abuse material"),
    (a_chat() | {"states": [LEFT, RIGHT]}, "not one conversation"),
    (a_vote_row("leftvote", LEFT, LEFT), "not two conversations"),
    (a_vote_row("leftvote", LEFT, RIGHT, states=[LEFT]), "not two conversations"),
    (a_vote_row("leftvote", LEFT, RIGHT, models=[None, None]), "not two models"),
    (a_vote_row("leftvote", LEFT, RIGHT, models=None), "not two models"),
    (a_vote_row("leftvote", LEFT, RIGHT, models=["", "koala"]), "one of the two names was hidden"),
]


@pytest.mark.parametrize(("row", "reason"), WITHOUT_FORM)
def test_what_does_not_have_the_form_is_unreadable_for_a_reason(row: dict[str, Any], reason: str):
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        _read(row)


@pytest.mark.parametrize("line", [b'{"type": "chat", "tst', b"[1]", b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
def test_a_torn_line_is_unreadable(line: bytes):
    with pytest.raises(Unreadable, match="torn line"):
        read_row(line)


def test_what_no_database_can_hold_is_replaced():
    (state,) = _read(a_chat(a_state(1, ("a\x00b\ud800", "c"), model_name="m\x00"))).states

    assert (state.exchanges, state.model) == ((("a�b�", "c"),), "m�")
