import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arena.api_key import KeyPriority, KeyScope
from arena.errors import NotFound, SetupError
from arena.ids import token_hash
from logging_store.api_keys import all_keys
from logging_store.facts import ApiKeyFact
from logging_store.keys_cli import command
from logging_store.ledger import open_ledger
from logging_store.usage import count_usage
from tests.facts import a_usage
from tests.launches import FakeLaunch


@pytest.fixture(autouse=True)
def _no_store_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARENA_STORE_URL", raising=False)


def keys(*arguments: str) -> tuple[str, str]:
    """Run `arena keys`; return what it wrote on standard output and on standard error."""
    done = CliRunner().invoke(command, arguments, obj=FakeLaunch(), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


async def _kept(url: str) -> list[ApiKeyFact]:
    async with open_ledger(url) as ledger:
        return list(await all_keys(ledger))


def test_a_key_is_printed_alone_and_kept_as_a_hash(ledger_url: str):
    out, notes = keys("create", "--name", "a program", "--store", ledger_url)
    secret = out.removesuffix("\n")
    (kept,) = asyncio.run(_kept(ledger_url))

    assert (len(secret), secret.startswith("arena-"), secret.isascii()) == (49, True, True)
    assert kept.key_hash == token_hash(secret)
    assert (kept.name, secret.startswith(kept.prefix), len(kept.prefix)) == ("a program", True, 14)
    assert kept.scopes == (KeyScope.MODELS, KeyScope.CHAT)
    assert (kept.may_log, kept.may_release, kept.expires_at) == (False, False, None)
    assert secret not in notes
    assert kept.id in notes


def test_every_option_reaches_the_ledger(ledger_url: str):
    limits = ["--requests-per-minute", "5", "--tokens-per-minute", "6", "--tokens-per-day", "7"]
    lists = ["--scope", "chat", "--scope", "admin", "--model", "echo", "--model", "another"]
    rest = ["--log", "--release", "--priority", "batch", "--expires", "2999-01-01", "--name", "x"]
    _, notes = keys("create", *limits, *lists, *rest, "--store", ledger_url)

    (kept,) = asyncio.run(_kept(ledger_url))

    assert (kept.requests_per_minute, kept.tokens_per_minute, kept.tokens_per_day) == (5, 6, 7)
    assert (kept.scopes, kept.models) == ((KeyScope.CHAT, KeyScope.ADMIN), ("echo", "another"))
    assert (kept.may_log, kept.may_release, kept.priority) == (True, True, KeyPriority.BATCH)
    assert kept.expires_at == 32472144000.0
    assert "lists no model 'another'" in notes
    assert "echo" not in notes


def test_a_key_for_a_ledger_that_was_not_there_says_that_it_is_new(tmp_path: Path):
    _, first = keys("create", "--name", "x", "--data", str(tmp_path))
    _, second = keys("create", "--name", "y", "--data", str(tmp_path))

    assert f"there was no ledger at {tmp_path}" in first
    assert "there was no ledger" not in second


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--name", "x", "--release"], "--release needs --log"),
        (["--name", ""], "--name"),
        (["--name", "two\nlines"], "--name"),
        (["--name", "x", "--expires", "soon"], "--expires: a number of days"),
        (["--name", "x", "--expires", "2020-01-01"], "has begun already"),
    ],
)
def test_a_mistake_is_refused_before_anything_is_written(tmp_path: Path, arguments: list[str], complaint: str):
    with pytest.raises(SetupError, match=complaint):
        keys("create", *arguments, "--data", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["--name", "x", "--scope", "root"], ["--name", "x", "--tokens-per-day", "0"], []]
)
def test_what_typer_refuses_is_wrong_usage(tmp_path: Path, arguments: list[str]):
    done = CliRunner().invoke(command, ["create", *arguments, "--data", str(tmp_path)], obj=FakeLaunch())

    assert done.exit_code == 2


def test_keys_are_listed_without_anything_secret(ledger_url: str):
    secret = keys("create", "--name", "first", "--tokens-per-day", "9", "--store", ledger_url)[0].strip()
    keys("create", "--name", "second", "--store", ledger_url)
    table = keys("list", "--store", ledger_url)[0]
    listed = json.loads(keys("list", "--json", "--store", ledger_url)[0])

    assert [line.split()[2] for line in table.splitlines()[1:]] == ["first", "second"]
    assert "9 tokens/day" in table
    assert [(key["name"], key["state"], key["tokens_today"]) for key in listed] == [
        ("first", "active", 0),
        ("second", "active", 0),
    ]
    for hidden in (secret, secret[14:], token_hash(secret), "key_hash"):
        assert hidden not in table + json.dumps(listed)


def test_what_a_key_used_today_is_listed(ledger_url: str, monkeypatch: pytest.MonkeyPatch):
    keys("create", "--name", "x", "--store", ledger_url)
    (kept,) = asyncio.run(_kept(ledger_url))
    monkeypatch.setattr("logging_store.keys_cli.time.time", lambda: 1795248000.0)  # 2026-11-21

    async def use() -> None:
        async with open_ledger(ledger_url) as ledger:
            await count_usage(ledger, [a_usage(key_id=kept.id)], "2026-11-21")

    asyncio.run(use())

    assert json.loads(keys("list", "--json", "--store", ledger_url)[0])[0]["tokens_today"] == 30


@pytest.mark.parametrize("by", ["id", "prefix", "itself"])
def test_a_key_is_revoked_by_its_id_its_first_letters_or_itself(ledger_url: str, by: str):
    secret = keys("create", "--name", "x", "--store", ledger_url)[0].strip()
    (kept,) = asyncio.run(_kept(ledger_url))
    named = {"id": kept.id, "prefix": kept.prefix, "itself": secret}[by]

    first, again = (keys("revoke", named, "--store", ledger_url) for _ in range(2))

    assert "is revoked" in first[1]
    assert "was revoked already" in again[1]
    assert secret not in "".join(first + again)
    assert json.loads(keys("list", "--json", "--store", ledger_url)[0])[0]["state"] == "revoked"


def test_a_key_that_is_not_there_cannot_be_revoked_and_is_not_repeated(ledger_url: str):
    keys("create", "--name", "x", "--store", ledger_url)
    with pytest.raises(NotFound) as caught:
        keys("revoke", "arena-a-secret-typed-by-mistake", "--store", ledger_url)

    assert "mistake" not in str(caught.value)


def test_listing_makes_no_ledger(tmp_path: Path):
    with pytest.raises(SetupError, match="there is no ledger"):
        keys("list", "--data", str(tmp_path))


def test_no_key_is_in_the_files_of_the_database(tmp_path: Path):
    secret = keys("create", "--name", "x", "--data", str(tmp_path))[0].strip()
    held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    assert token_hash(secret).encode() in held
    assert secret[:14].encode() in held
    assert secret.encode() not in held
    assert secret[14:].encode() not in held
