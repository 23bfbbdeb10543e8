import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.chat import Message
from model_worker.demo.doctor import Doctor, reflect
from model_worker.demo.parameters import Chance
from model_worker.demo.script import load_script

DOCTOR = Doctor()
SCRIPT = load_script()


def talk(*said: str, seed: int = 1, temperature: float = 0) -> list[str]:
    """Say one thing after the other; return what the doctor answers."""
    messages: list[Message] = []
    for text in said:
        messages.append(Message(role="user", content=text))
        chance = Chance(Random(seed), temperature)
        messages.append(Message(role="assistant", content="".join(DOCTOR.answer(messages, chance))))
    return [message.content for message in messages if message.role == "assistant"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("I am a sailor", "How long have you been a sailor?"),
        ("I want to see the sea", "What would be different if you could see the sea?"),
        ("My mother never calls me", "Tell me about your mother."),
        ("I'm afraid of heights", "What is the worst that could come of heights?"),
        ("I dreamt that I was flying", "And while you were flying, how did you feel?"),
        ("Are you real?", "Would you like me to be real?"),
        ("my dog died", "I am sorry about your dog. What do you miss the most?"),
        ("What is 7 times 8?", "What made you think of that question?"),
        ("Can you write python?", "I cannot write code, I only listen. How long has this been compiling inside you?"),
        ("...", "You need not hurry. I am listening."),
    ],
)
def test_it_answers_by_its_script(said: str, answer: str):
    assert talk(said) == [answer]


@pytest.mark.parametrize(
    "said", ["I want to die", "sometimes I think of killing myself", "I don't want to live any more"]
)
def test_where_it_is_serious_it_plays_no_games(said: str):
    assert "please do not stay alone with it" in talk(said)[0]


def test_the_higher_rank_goes_first():
    assert talk("I think my computer dislikes me")[0] in next(iter(SCRIPT.keywords["computer"])).rules[-1].say


def test_the_lines_of_a_rule_take_turns():
    answers = talk("I am sad", "I am sad", "I am sad", "I am sad")

    assert len(set(answers[:3])) == 3
    assert answers[3] == answers[0]


def test_it_remembers_when_it_has_nothing_else_to_say():
    *_, remembered, nothing_left = talk("my sister is moving to Lima", "blorp", "blorp")

    assert remembered == "A little while ago you spoke of your sister. Is that still in the room?"
    assert nothing_left == SCRIPT.fallback[0]


def test_its_memory_is_the_conversation_itself():
    assert talk("my sister is moving", "blorp")[1] == talk("my sister is moving", "blorp")[1]
    assert talk("blorp") == [SCRIPT.fallback[0]]


def test_at_a_higher_temperature_the_turn_is_left_to_chance_but_nothing_is_said_twice():
    firsts = {talk("I am a sailor", seed=seed, temperature=1)[0] for seed in range(30)}
    pairs = [talk("blorp", "blorp", seed=seed, temperature=2) for seed in range(30)]

    assert len(firsts) > 2
    assert all(one != other for one, other in pairs)


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("my own fault", "your own fault"),
        ("I am with you", "you are with me"),
        ("you are kind to me", "I am kind to you"),
        ("what you told me", "what I told you"),
        ("hurting you", "hurting me"),
    ],
)
def test_i_and_you_are_exchanged(said: str, back: str):
    assert reflect(said.split(), SCRIPT) == back


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_it_always_has_an_answer(said: list[str]):
    assert all(talk(*said))


@pytest.mark.parametrize(
    "text", ["live " * 8_000, "my " * 10_000, "i want, " * 4_000, "x" * 32_000, "." * 32_000, " " * 32_000]
)
def test_no_message_keeps_it_busy(text: str):
    began = time.process_time()
    talk(text)

    assert time.process_time() - began < 0.5
