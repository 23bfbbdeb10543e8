"""`arena keys`: keys for programs that call `/v1`."""

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from arena.api_key import KeyPriority, KeyScope
from arena.errors import NotFound, SetupError
from arena.ids import API_KEY_MARK, new_api_key, new_id, token_hash
from arena.settings import Launch
from logging_store.api_keys import add_key, all_keys, revoke_key
from logging_store.config import existing_ledger_url, ledger_url, missing_file
from logging_store.expiry import expiry
from logging_store.facts import ApiKeyFact
from logging_store.key_listing import as_json, as_table
from logging_store.ledger import open_ledger
from logging_store.options import Config, Data, Store
from logging_store.usage import count_usage

command = typer.Typer(help="Make and revoke keys for programs that call /v1.", no_args_is_help=True)

SHOWN = len(API_KEY_MARK) + 8
"""Letters of a key by which it is recognised; the 35 others keep it a secret."""

Quota = Annotated[int | None, typer.Option(min=1, max=2**53)]


@command.command("create")
def create(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="For whom or what it is.")],
    scope: Annotated[
        list[KeyScope] | None, typer.Option(help="Give it once per scope; models and chat if none.")
    ] = None,
    expires: Annotated[str | None, typer.Option(help="In so many days (90d), or on a day (2027-01-01, UTC).")] = None,
    requests_per_minute: Quota = None,
    tokens_per_minute: Quota = None,
    tokens_per_day: Quota = None,
    model: Annotated[list[str] | None, typer.Option(help="Give it once per model; every model if none.")] = None,
    log: Annotated[bool, typer.Option("--log", help="What it asks and is answered may be kept.")] = False,
    release: Annotated[bool, typer.Option("--release", help="And published; needs --log.")] = False,
    priority: Annotated[KeyPriority, typer.Option(help="Batch waits while slots are short.")] = KeyPriority.CLIENT,
    data: Data = Path("data"),
    store: Store = None,
    config: Config = None,
) -> None:
    """Make a key and print it: it is shown this once, and only a hash of it is kept."""
    launch: Launch = ctx.obj
    _check(name, log, release)
    now, secret = time.time(), new_api_key()
    key = ApiKeyFact(
        id=new_id(),
        name=name,
        key_hash=token_hash(secret),
        prefix=secret[:SHOWN],
        scopes=tuple(dict.fromkeys(scope or (KeyScope.MODELS, KeyScope.CHAT))),
        created_at=now,
        models=tuple(dict.fromkeys(model or ())),
        priority=priority,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        tokens_per_day=tokens_per_day,
        may_log=log,
        may_release=release,
        expires_at=None if expires is None else expiry(expires, now),
    )
    file = launch.read_config(config)
    _note_unlisted(key.models, {entry.name for entry in file.models})
    url = ledger_url(file.store, data, store)
    if made := missing_file(url):
        typer.echo(f"note: there was no ledger at {made}: it is made now, for an arena that uses this folder", err=True)
    asyncio.run(_create(url, key))
    typer.echo(f"key {key.id} for {name}; it is not shown again:", err=True)
    typer.echo(secret)


@command.command("list")
def list_keys(
    ctx: typer.Context,
    as_lines: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    data: Data = Path("data"),
    store: Store = None,
    config: Config = None,
) -> None:
    """List the keys, revoked and expired ones too, with what they used today. The keys themselves nobody knows."""
    launch: Launch = ctx.obj
    now = time.time()
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    keys, used = asyncio.run(_listed(url, datetime.fromtimestamp(now, UTC).date().isoformat()))
    typer.echo(as_json(keys, used, now) if as_lines else as_table(keys, used, now))


@command.command("revoke")
def revoke(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="Its id, or the first letters that `arena keys list` shows.")],
    data: Data = Path("data"),
    store: Store = None,
    config: Config = None,
) -> None:
    """End a key. Every controller refuses it within ten seconds."""
    launch: Launch = ctx.obj
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    found, was_us = asyncio.run(_revoke(url, key))
    said = "is revoked" if was_us else "was revoked already"
    typer.echo(f"key {found.id} ({found.prefix}..., {found.name}) {said}", err=True)


def _check(name: str, log: bool, release: bool) -> None:
    if release and not log:
        raise SetupError("--release needs --log: what is not kept cannot be published")
    if not (0 < len(name) <= 120 and name.isprintable()):
        raise SetupError("--name: one line of at most 120 characters is needed")


def _note_unlisted(models: Sequence[str], listed: Collection[str]) -> None:
    for name in models:
        if name not in listed:
            typer.echo(f"note: the configuration lists no model {name!r} now", err=True)


async def _create(url: str, key: ApiKeyFact) -> None:
    async with open_ledger(url) as ledger:
        await add_key(ledger, key)


async def _listed(url: str, day: str) -> tuple[list[ApiKeyFact], dict[str, int]]:
    async with open_ledger(url) as ledger:
        return list(await all_keys(ledger)), (await count_usage(ledger, [], day)).tokens


async def _revoke(url: str, given: str) -> tuple[ApiKeyFact, bool]:
    async with open_ledger(url) as ledger:
        key = _meant(await all_keys(ledger), given)
        return key, await revoke_key(ledger, key.id, time.time())


def _meant(keys: Sequence[ApiKeyFact], given: str) -> ApiKeyFact:
    """Return the key that was named, by its id, its first letters, or itself. What was typed is not repeated."""
    found = [key for key in keys if given in {key.id, key.prefix} or token_hash(given) == key.key_hash]
    if not found:
        raise NotFound("there is no such key: `arena keys list` shows those that there are")
    if len(found) > 1:
        raise SetupError("several keys begin with these letters: give the id of the one that is meant")
    return found[0]
