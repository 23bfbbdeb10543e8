from random import Random

from arena.chat import Message
from model_worker.demo.echo import Echo
from model_worker.demo.parameters import Chance


def echo(*said: str) -> str:
    return "".join(Echo().answer([Message(role="user", content=text) for text in said], Chance(Random(1))))


def test_the_last_text_comes_back_to_the_letter():
    assert echo("first", " *a*\n\n  b [repeat 3] ") == " *a*\n\n  b [repeat 3] "


def test_a_text_can_be_asked_for_several_times():
    assert echo("[repeat 3] to be") == "to be to be to be"
