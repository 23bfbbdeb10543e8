import random
from itertools import islice
from pathlib import Path

from export.names import sections, vocabulary
from export.names.bench import cases
from export.names.joining import extended, within_words
from export.names.labels import mark_labelled
from export.names.lists import FOREIGN_SHIFT, Is, lists
from export.names.made import is_of_things
from export.names.pairs import is_like_a_full_name, is_of_common_words
from export.names.rows import among_things
from export.names.spoken import Speech
from export.names.tokens import tokens
from export.names.training.examples import examples
from export.names.written import lines


def test_words_keep_their_bits_through_a_file(tmp_path: Path):
    chance = random.Random(4)
    words = {f"word{chance.random()}": chance.randint(1, 15) for _ in range(3_000)}
    vocabulary.write(words, tmp_path / "marks.xz")

    marks = vocabulary.read(tmp_path / "marks.xz")

    assert all(marks.of(word) & bits == bits for word, bits in words.items())
    assert sum(marks.of(f"other{index}") > 0 for index in range(3_000)) < 10


def test_two_words_far_apart_are_both_known(tmp_path: Path):
    vocabulary.write({"ann": 1, "lee": 2}, tmp_path / "marks.xz")

    marks = vocabulary.read(tmp_path / "marks.xz")

    assert (marks.of("ann"), marks.of("lee"), marks.of("may")) == (1, 2, 0)


def test_words_of_other_languages_are_known_to_be_words():
    often = [lists().traits(word) & Is.FOREIGN for word in ("Necesito", "Cien", "Preciso", "Который", "البحر")]

    assert often == [3 << FOREIGN_SHIFT] * 5


def test_places_and_things_are_known_with_what_is_written_on_to_them():
    found = [lists().traits(word) & (Is.PLACE | Is.THING | Is.VETO) for word in ("Cusco", "Mozzarella", "Одессе")]

    assert all(found)


def test_no_name_of_the_bench_is_in_a_list_of_names():
    names = sections.read(sections.DATA / "gazetteer.txt.xz") | sections.read(sections.DATA / "common_names.txt")
    listed = {name for kind, each in names.items() if not kind.startswith("vi_") for name in each}
    people = sections.read(Path(cases.__file__).with_name("people.txt.xz"))

    assert not listed & {word for each in people.values() for name in each for word in name.split("_")}


def test_the_same_seed_makes_the_same_sentences():
    first, again = ([each.text for each in islice(examples(5, 0.01), 40)] for _ in range(2))

    assert first == again


def test_the_committed_lists_and_the_model_stay_small():
    sizes = {path.name: path.stat().st_size for path in sections.DATA.iterdir() if path.is_file()}

    assert sizes["names.crfsuite.xz"] < 2_000_000
    assert sum(sizes.values()) < 5_500_000


def test_a_title_has_capitals_at_common_words_and_a_list_of_names_has_not():
    title, names = tokens("How To Clean Your Kitchen With Vinegar"), tokens("Present: Anna Berg, Jonas Moll, Eva Roth")

    assert set(lines(title, lists())) == {"t"}
    assert set(lines(names, lists())) == {""}


def test_signs_that_make_up_a_city_are_within_a_word_and_a_name_is_not():
    city, name = tokens("比较上海和广州"), tokens("我叫王小明")

    assert [city[place].text for place in sorted(within_words(city, [0.0] * len(city), lists()))][-2:] == ["广", "州"]
    assert not within_words(name, [0.0, 0.0, 1.0, 1.0, 1.0], lists()) & {2, 3, 4}


def test_words_of_the_text_s_own_languages_are_no_names():
    known = lists()
    rows = [tokens("Zutaten: Kartoffeln und Speck. Wie lange muss das ziehen, und schmeckt es dann?")]

    languages = Speech(known).spoken(rows)

    assert languages == known.tongues.bits(["de"])
    assert known.spoken_in("kartoffeln") & languages
    assert not known.spoken_in("taladro") & languages


def test_languages_of_words_come_back_from_a_file(tmp_path: Path):
    vocabulary.write({"taladro": 8, "protokoll": 8, "ann": 4}, tmp_path / "marks.xz")
    marks = vocabulary.read(tmp_path / "marks.xz")

    vocabulary.write_tongues({"taladro": ["es"], "protokoll": ["sv", "de"]}, marks, tmp_path / "tongues.xz")

    tongues = vocabulary.Tongues(tmp_path / "tongues.xz")
    found = [tongues.at(marks.place(word)) for word in ("taladro", "protokoll", "ann", "nobody")]
    assert found == [tongues.bits(["es"]), tongues.bits(["de", "sv"]), 0, 0]


def test_words_that_are_made_like_things_are_told():
    known = lists()
    german = known.tongues.bits(["de"])

    things = [is_of_things(word, german, known) for word in ("mietminderung", "atorvastatin", "kartoffelkeller")]
    people = [is_of_things(word, german, known) for word in ("steinbrück", "hartmann", "ann", "melissa")]

    assert all(things)
    assert not any(people)


def test_what_stands_in_a_row_with_things_is_told():
    words = tokens("we compare Kafka, Zentrix and Docker. Ask Ann, Zentrix or Bo")

    among = among_things(words, [False] * len(words), 0, lists())

    assert [word.text for word, is_among in zip(words, among, strict=True) if is_among] == [
        "Kafka",
        "Zentrix",
        "Docker",
    ]


def test_names_after_labels_and_told_in_small_letters_are_marked():
    words = tokens("Patient: Gislinde Kraft\nTo: Customer Support\ntell katrijn that we are late")
    scores = [0.0] * len(words)

    mark_labelled(words, scores, [False] * len(words), lists().tongues.bits(["en"]), lists())

    assert [word.text for word, score in zip(words, scores, strict=True) if score] == ["Gislinde", "Kraft", "katrijn"]


def test_what_a_label_of_things_heads_is_told():
    words = tokens("Ingredientes: Zentrix, Marlo y Bo")

    among = among_things(words, [False] * len(words), 0, lists())

    assert "".join(among) == "lll"


def test_names_with_a_title_in_small_letters_or_a_word_of_respect_are_marked():
    words = tokens("ask mr. okonjimi whether Zentrani bhai is in, and mr right")
    scores = [0.0] * len(words)

    mark_labelled(words, scores, [False] * len(words), lists().tongues.bits(["en"]), lists())

    assert [word.text for word, score in zip(words, scores, strict=True) if score] == ["okonjimi", "Zentrani"]


def test_two_unknown_words_with_a_capital_within_a_sentence_are_like_a_full_name():
    words = tokens("we met Zentrani Okonjimi and made an Elevator Pitch")
    known = lists()

    alike = [is_like_a_full_name(words, index, 0, known) for index in range(len(words))]

    assert [words[index].text for index, is_alike in enumerate(alike) if is_alike] == ["Zentrani", "Okonjimi"]
    assert is_of_common_words(words, len(words) - 1, known)


def test_names_in_capitals_grow_over_names_and_not_over_common_words():
    words = tokens("WENDY ZENTRANI HATES MONDAYS")
    scores = [1.0, 0.0, 0.0, 0.0]

    extended(words, scores, [False] * 4, lists())

    assert scores == [1.0, 1.0, 0.0, 0.0]
