"""What the browser gets to ask for a turn."""

from web_ui.tabs.composer import regenerate_ticket, turn_ticket
from web_ui.tabs.parameters import chosen

KEY = "0" * 32


def test_a_ticket_says_where_what_and_how_it_looks():
    ticket = turn_ticket(f"battles/{KEY}", "<b>", {"top_p": 0.5})

    assert ticket["address"] == f"/visitor/battles/{KEY}/turns"
    assert ticket["body"] == {"text": "<b>", "parameters": {"top_p": 0.5}}
    assert ticket["shown"] == "&lt;b>"


def test_no_two_tickets_are_the_same():
    assert turn_ticket("battles/x", "a", {})["serial"] != turn_ticket("battles/x", "a", {})["serial"]


def test_another_answer_has_no_words_of_its_own():
    ticket = regenerate_ticket(f"conversations/{KEY}", {})

    assert (ticket["address"], ticket["shown"]) == (f"/visitor/conversations/{KEY}/regenerate", None)


def test_empty_fields_are_left_to_the_arena():
    assert chosen("", "0.9", None) == {"top_p": 0.9}
    assert chosen("0", " ", "1") == {"temperature": 0, "max_tokens": 1}


def test_what_is_no_number_is_sent_to_be_refused():
    assert chosen("hot", [1], None) == {"temperature": "hot"}
