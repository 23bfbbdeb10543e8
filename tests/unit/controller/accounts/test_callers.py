from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.datastructures import Headers

from arena.api_key import KeyPriority, KeyScope
from arena.errors import AccessError, KeyRequired, LedgerError, ModelForbidden, RateLimited, ScopeMissing, WrongKey
from arena.ids import new_api_key, token_hash
from arena.model import ModelEntry, WorkerKind
from controller.accounts.callers import LONGEST_KEY, Caller, Callers
from controller.accounts.key_ring import KeyRing
from controller.accounts.spending import Spending
from controller.metrics import Metrics
from controller.routing.demand import Priority
from logging_store.facts import ApiKeyFact, UsageFact
from logging_store.usage import DayTotals
from tests.facts import an_api_key

GATEWAY_KEY = SecretStr("the operator's key")
DEMO = ModelEntry(name="demo", worker=WorkerKind.DEMO)
PAID = ModelEntry(name="paid", worker=WorkerKind.OPENAI)
HERE, ELSEWHERE = "127.0.0.1", "192.0.2.1"
NOW = 1_795_219_200.0 + 43_200.0
"""Noon of 2026-11-21, UTC."""


async def nothing_is_kept(more: Collection[UsageFact], day: str) -> DayTotals:
    return DayTotals({}, {})


def callers(*keys: ApiKeyFact, asked: list[str] | None = None, **given: Any) -> Callers:
    async def read(hashes: Collection[str]) -> dict[str, ApiKeyFact]:
        if asked is not None:
            asked.extend(hashes)
        return {key.key_hash: key for key in keys if key.key_hash in hashes}

    spending = Spending(nothing_is_kept, lambda _: None, Metrics(), lambda: NOW, lambda: 0.0)
    return Callers(KeyRing(read, lambda: 0.0), spending, GATEWAY_KEY, clock=lambda: NOW, **given)


def bearing(key: str | None, **more: str) -> Headers:
    bearer = {} if key is None else {"authorization": f"Bearer {key}"}
    return Headers(bearer | {name.replace("_", "-"): value for name, value in more.items()})


async def test_the_operator_may_do_everything_from_anywhere():
    caller = await callers(is_behind_proxy=True).identify(bearing("the operator's key", via="x"), ELSEWHERE)

    assert (caller.is_operator, caller.key_id, caller.priority) == (True, None, Priority.CLIENT)
    for entry in (DEMO, PAID):
        caller.check(entry)
    for scope in KeyScope:
        caller.require(scope)


async def test_a_key_of_ours_is_known_from_anywhere():
    secret = new_api_key()
    key = an_api_key(secret, priority=KeyPriority.BATCH)

    caller = await callers(key, is_behind_proxy=True).identify(bearing(secret, x_forwarded_for="x"), ELSEWHERE)

    assert (caller.key, caller.is_operator, caller.key_id) == (key, False, key.id)
    assert caller.priority is Priority.BATCH
    assert caller.may_use(PAID)


@pytest.mark.parametrize(
    ("key", "lacks"),
    [(None, KeyRequired), ("EMPTY", WrongKey), (new_api_key(), WrongKey)],
    ids=["none", "no key", "unknown"],
)
async def test_without_a_key_only_demo_models_and_only_this_very_machine(key: str | None, lacks: type[AccessError]):
    open_to_all = callers()
    caller = await open_to_all.identify(bearing(key), HERE)

    assert (caller.may_use(DEMO), caller.may_use(PAID), caller.key_id) == (True, False, None)
    with pytest.raises(lacks):
        caller.check(PAID)
    for headers, peer in ((bearing(key), ELSEWHERE), (bearing(key, via="x"), HERE), (bearing(key, forwarded=""), HERE)):
        with pytest.raises(lacks):
            await open_to_all.identify(headers, peer)
    with pytest.raises(lacks):
        await callers(is_behind_proxy=True).identify(bearing(key), HERE)


@pytest.mark.parametrize(
    "ended", [{"revoked_at": 1.0}, {"expires_at": NOW}, {"expires_at": NOW - 1, "revoked_at": 1.0}]
)
async def test_a_key_that_has_ended_is_refused_also_on_this_machine(ended: dict[str, float]):
    secret = new_api_key()
    with pytest.raises(WrongKey) as refused:
        await callers(an_api_key(secret, **ended)).identify(bearing(secret), HERE)

    assert secret not in str(refused.value)
    caller = await callers(an_api_key(secret, expires_at=NOW + 1)).identify(bearing(secret), ELSEWHERE)
    assert caller.key is not None


@given(st.text(st.characters(max_codepoint=255), max_size=80))
async def test_what_is_no_key_of_ours_is_not_looked_up(given: str):
    asked: list[str] = []
    headers = {"authorization": f"Bearer {given}"}
    caller = await callers(asked=asked).identify(headers, HERE)

    assert not caller.may_use(PAID)
    assert asked == [] or given.strip().startswith("arena-")


async def test_what_is_longer_than_any_key_is_not_looked_up():
    asked: list[str] = []
    await callers(asked=asked).identify(bearing("arena-" + "a" * LONGEST_KEY), HERE)

    assert asked == []


async def test_a_key_that_cannot_be_looked_up_is_not_called_wrong():
    async def away(hashes: Collection[str]) -> dict[str, ApiKeyFact]:
        raise LedgerError

    known = replace(callers(), ring=KeyRing(away))
    with pytest.raises(LedgerError):
        await known.identify(bearing(new_api_key()), ELSEWHERE)
    assert (await known.identify(bearing("the operator's key"), ELSEWHERE)).is_operator


def test_a_key_is_good_for_its_scopes_and_models_alone():
    caller = Caller(key=an_api_key(scopes=(KeyScope.CHAT,), models=("paid",)))

    caller.require(KeyScope.CHAT)
    caller.check(PAID)
    with pytest.raises(ScopeMissing, match="the scope models"):
        caller.require(KeyScope.MODELS)
    with pytest.raises(ModelForbidden):
        caller.check(DEMO)


async def test_the_admin_api_is_for_the_operator_and_keys_with_its_scope():
    admin, chat = new_api_key(), new_api_key()
    known = callers(an_api_key(admin, scopes=(KeyScope.ADMIN,)), an_api_key(chat))

    assert (await known.admin(bearing(admin), ELSEWHERE)).key is not None
    assert (await known.admin(bearing("the operator's key"), ELSEWHERE)).is_operator
    with pytest.raises(ScopeMissing):
        await known.admin(bearing(chat), HERE)
    for key, lacks in ((None, KeyRequired), ("wrong", WrongKey)):
        with pytest.raises(lacks):
            await known.admin(bearing(key), HERE)


def test_a_key_may_ask_so_often_in_a_minute():
    known, caller = callers(), Caller(key=an_api_key(requests_per_minute=2))
    known.admit(caller, 0.0)
    known.admit(caller, 10.0)

    with pytest.raises(RateLimited, match="2 requests per minute") as refused:
        known.admit(caller, 20.5)
    assert refused.value.retry_after == 40
    known.admit(caller, 60.0)
    known.admit(Caller(key=an_api_key(requests_per_minute=1)), 60.0)


def test_a_key_may_use_so_many_tokens_in_a_minute():
    known, caller = callers(), Caller(key=an_api_key(tokens_per_minute=100))
    known.admit(caller, 0.0)
    known.spending.add("paid", caller.key_id, 60, 39)
    known.admit(caller, 1.0)
    known.spending.add("paid", caller.key_id, 1, 0)

    with pytest.raises(RateLimited, match="100 tokens per minute") as refused:
        known.admit(caller, 20.0)
    assert refused.value.retry_after == 40
    known.admit(caller, 60.0)


def test_a_key_may_use_so_many_tokens_in_a_day():
    known, caller = callers(), Caller(key=an_api_key(tokens_per_day=100))
    known.spending.add("paid", caller.key_id, 100, 0)

    with pytest.raises(RateLimited, match="tokens per day") as refused:
        known.admit(caller, 999.0)
    assert refused.value.retry_after == 43_200


@pytest.mark.parametrize("limit", ["tokens_per_minute", "tokens_per_day"])
def test_what_running_requests_may_use_counts_until_they_end(limit: str):
    known, caller = callers(), Caller(key=replace(an_api_key(), **{limit: 100}))
    with known.spending.hold(PAID, caller.key_id, 40, 60):
        with pytest.raises(RateLimited) as refused:
            known.admit(caller, 0.0)
        known.spending.add("paid", caller.key_id, 40, 5)

    assert refused.value.retry_after == 1
    known.admit(caller, 0.0)


def test_a_refused_request_is_not_counted():
    known, caller = callers(), Caller(key=an_api_key(requests_per_minute=1, tokens_per_minute=1))
    known.spending.add("paid", caller.key_id, 1, 0)
    for _ in range(3):
        with pytest.raises(RateLimited, match="tokens per minute"):
            known.admit(caller, 0.0)

    known.admit(caller, 60.0)


@pytest.mark.parametrize("caller", [Caller(is_operator=True), Caller(), Caller(key=an_api_key())])
def test_who_has_no_quota_is_never_refused(caller: Caller):
    known = callers()
    for _ in range(1000):
        known.admit(caller, 0.0)
        known.spending.add("paid", caller.key_id, 10**6, 10**6)


async def test_keys_are_remembered_by_their_hashes_only():
    secret = new_api_key()
    known = callers(an_api_key(secret))
    await known.identify(bearing(secret), HERE)

    held = repr(vars(known)) + repr(vars(known.ring))
    assert token_hash(secret) in held
    assert secret not in held
