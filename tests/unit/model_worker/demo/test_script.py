from hypothesis import given
from hypothesis import strategies as st

from model_worker.demo.script import clauses, load_script, read_pattern

CLASSES = {"family": ["mother", "father"]}


def apart(pattern: str, sentence: str) -> list[str] | None:
    parts = read_pattern(pattern, CLASSES).take_apart(sentence.split())
    return None if parts is None else [" ".join(part) for part in parts]


def test_a_star_holds_what_stands_in_its_place():
    assert apart("* i want/need to *", "but I need to sleep now") == ["but", "sleep now"]
    assert apart("* i *", "I") == ["", ""]


def test_a_class_holds_the_word_that_was_said():
    assert apart("* my @family *", "that is my Father speaking") == ["that is", "Father", "speaking"]


def test_what_does_not_fit_is_left_alone():
    assert apart("why *", "and why not") is None
    assert apart("* are you", "are you there") is None


def test_a_star_gives_way_until_the_rest_fits():
    assert apart("* my * died *", "my friend said my dog died today") == ["", "friend said my dog", "today"]


@given(st.lists(st.sampled_from(["i", "you", "x"]), max_size=12))
def test_taking_apart_loses_no_word(words: list[str]):
    parts = read_pattern("* i * you *", CLASSES).take_apart(words)

    if parts is not None:
        assert [*parts[0], "i", *parts[1], "you", *parts[2]] == words


def test_sentences_are_cut_at_punctuation_and_contractions_spelled_out():
    found = clauses("I'm here, but you're not! don’t ask", {"i'm": "i am", "you're": "you are"})

    assert found == [["I", "am", "here"], ["you", "are", "not"], ["don’t", "ask"]]


def test_every_line_of_the_script_can_be_put_together():
    script = load_script()
    rules = [rule for keywords in script.keywords.values() for keyword in keywords for rule in keyword.rules]

    for rule in rules:
        holds = sum(rule.pattern.held)
        for line in (*rule.say, *rule.remember):
            line.format("", *map(str, range(holds)))


def test_every_keyword_has_an_answer_for_whatever_stands_around_it():
    script = load_script()
    serious = {word for word, keywords in script.keywords.items() if any(keyword.rank == 100 for keyword in keywords)}
    ends_open = {
        word
        for word, keywords in script.keywords.items()
        if any(keyword.rules[-1].pattern.take_apart(["x", word, "y"]) is not None for keyword in keywords)
    }

    assert set(script.keywords) - ends_open <= serious
