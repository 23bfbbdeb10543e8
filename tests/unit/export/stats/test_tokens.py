"""How many tokens a message has."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from arena.errors import SetupError
from export.stats.tokens import count_tokens
from tests.written import a_battle, a_conversation, a_preference, said, write_rows


def by_spaces(path: Path) -> Path:
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(path))
    return path


def test_the_operators_tokenizer_counts(tmp_path: Path):
    files = write_rows(tmp_path, "chat-1m", [a_conversation(conversation=said("a b c", "d", "e", "f g h"))])
    tokens = count_tokens(files, by_spaces(tmp_path / "words.json"))

    assert (tokens.prompt, tokens.answer, tokens.estimated) == (2.0, 2.0, False)
    assert tokens.how.startswith("tokenizer words.json (sha256 ")


def test_without_a_tokenizer_it_is_an_estimate_and_says_so(tmp_path: Path):
    files = write_rows(tmp_path, "chat-1m", [a_conversation(conversation=said("Explain it, please.", "日本語です"))])
    tokens = count_tokens(files, None)

    assert (tokens.prompt, tokens.answer) == (5.0, 5.0)
    assert "estimate" in tokens.how


def test_the_prompts_of_a_battle_count_once_and_its_answers_both(tmp_path: Path):
    words = by_spaces(tmp_path / "words.json")
    battle = a_battle(conversation_a=said("one two", "a"), conversation_b=said("one two", "a b c"))

    assert count_tokens(write_rows(tmp_path / "b", "arena-battles", [battle]), words).prompt == 2.0
    assert count_tokens(write_rows(tmp_path / "b", "arena-battles", [battle]), words).answer == 2.0
    assert count_tokens(write_rows(tmp_path / "p", "preference-140k", [a_preference()]), words).answer == 1.5


def test_a_file_that_is_no_tokenizer_is_named(tmp_path: Path):
    files = write_rows(tmp_path, "chat-1m", [a_conversation()])
    (tmp_path / "no.json").write_text("{}")

    with pytest.raises(SetupError, match=r"no\.json is no tokenizer\.json"):
        count_tokens(files, tmp_path / "no.json")
    with pytest.raises(SetupError, match=r"none\.json: No such file"):
        count_tokens(files, tmp_path / "none.json")


def test_nothing_said_has_no_tokens(tmp_path: Path):
    assert count_tokens(write_rows(tmp_path, "chat-1m", []), None).prompt == 0
