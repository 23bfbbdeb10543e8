"""The moderations API, asked through the vendor's own client."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import pytest

from arena.errors import ProviderError, ProviderNoCredit, ProviderRateLimited, SetupError
from export.moderation.asking import BYTES_AT_ONCE, Asker, Said, grouped
from export.moderation.calling import Calls, Patience, client_of
from export.moderation.store import text_key
from tests.moderation_api import ModerationApi, a_moderation_api, the_verdict

SOON = Patience(tries=4, first=0.001, longest=0.002)
LATEST = "omni-moderation-latest"


@pytest.fixture
def api() -> Generator[ModerationApi]:
    with a_moderation_api() as each:
        yield each


@asynccontextmanager
async def _asker(api: ModerationApi, calls: Calls | None = None, key: str = "") -> AsyncGenerator[Asker]:
    async with client_of(api.url, key, timeout=5) as client:
        yield Asker(client, LATEST, calls or Calls("the moderations API", patience=SOON))


async def _ask(api: ModerationApi, *texts: str) -> list[Said]:
    async with _asker(api) as asker:
        return await asker.ask(texts)


async def test_each_text_gets_its_own_verdict_with_every_bit_of_its_scores(api: ModerationApi):
    texts = ("hello", "<harassment/threatening>", "<illicit/violent> 👋")

    assert await _ask(api, *texts) == [the_verdict(text) for text in texts]
    assert api.requests == [{"input": list(texts), "model": LATEST}]


@pytest.mark.parametrize("fault", ["429", "500", "503", "408", "cut", "nonsense", "few", "many", "nameless"])
async def test_what_passes_is_waited_for(api: ModerationApi, fault: str):
    api.errs("moderations", fault, fault)

    assert await _ask(api, "one", "two") == [the_verdict("one"), the_verdict("two")]
    assert len(api.requests) == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [("429", ProviderRateLimited), ("500", ProviderError), ("cut", ProviderError), ("nonsense", ProviderError)],
)
async def test_what_does_not_pass_stops_the_run(api: ModerationApi, fault: str, error: type[Exception]):
    api.errs("moderations", *[fault] * SOON.tries)

    with pytest.raises(error, match="the moderations API"):
        await _ask(api, "one", "two")
    assert len(api.requests) == SOON.tries


async def test_a_server_that_is_not_there_stops_the_run(api: ModerationApi):
    api.url = "http://127.0.0.1:1/v1"

    with pytest.raises(ProviderError, match="cannot be reached"):
        await _ask(api, "one")


@pytest.mark.parametrize(
    ("fault", "error"), [("401", SetupError), ("403", SetupError), ("404", SetupError), ("no credit", ProviderNoCredit)]
)
async def test_what_no_patience_mends_stops_the_run_at_once(api: ModerationApi, fault: str, error: type[Exception]):
    api.errs("moderations", fault)

    with pytest.raises(error):
        await _ask(api, "one")
    assert len(api.requests) == 1


async def test_one_text_that_is_refused_costs_no_other_its_verdict(api: ModerationApi):
    texts = [f"text {number}" for number in range(13)]
    api.forbidden = frozenset({texts[4], texts[12]})

    said = await _ask(api, *texts)

    expected = [the_verdict(text) if text not in api.forbidden else "input_too_long" for text in texts]
    assert said == expected


@pytest.mark.parametrize(("fault", "reason"), [("few", "wrong_count"), ("many", "wrong_count")])
async def test_results_that_cannot_be_told_apart_are_nobodys(api: ModerationApi, fault: str, reason: str):
    api.errs("moderations", *[fault] * SOON.tries * 3)

    assert await _ask(api, "one", "two") == [reason, reason]


async def test_a_busy_provider_is_not_asked_before_its_time(api: ModerationApi):
    waits: list[float] = []
    now = 100.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        waits.append(seconds)
        now += seconds

    api.headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}
    calls = Calls("it", patience=SOON, sleep=sleep, chance=lambda: 0.0, clock=lambda: now)
    async with _asker(api, calls) as asker:
        await asker.ask(["one"])
        await asker.ask(["two"])
        assert waits == [360.0]

        api.errs("moderations", "429").headers = {}
        await asker.ask(["three"])
        assert waits == [360.0, 360.0, pytest.approx(0.01)]


async def test_the_key_goes_to_the_server_and_none_without_one(api: ModerationApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "the operator's key for OpenAI")
    monkeypatch.setenv("OPENAI_ORG_ID", "an organisation")
    async with _asker(api) as asker:
        await asker.ask(["one"])
    async with _asker(api, key="its own key") as asker:
        await asker.ask(["one"])

    assert api.authorizations == {"Bearer none", "Bearer its own key"}


def test_requests_hold_no_more_than_providers_take():
    texts = [(text_key(text), text) for text in ("é" * size for size in (1, 9_000, 9_000, 40_000, 5, 6, 7))]

    groups = list(grouped(texts, most=2))

    assert [each for group in groups for each in group] == texts
    for group in groups:
        assert len(group) == 1 or sum(len(text.encode()) for _, text in group) <= BYTES_AT_ONCE
        assert len(group) <= 2
