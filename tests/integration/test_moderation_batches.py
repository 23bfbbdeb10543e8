"""The Batch API, through the vendor's own client, and everything that goes wrong on the way."""

import sqlite3
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from arena.errors import ProviderError
from export.moderation.batch_book import BatchBook
from export.moderation.batch_file import BatchFile
from export.moderation.batch_run import fetch_in_batches
from export.moderation.batching import Batching
from export.moderation.calling import Calls, Patience, client_of
from export.moderation.fetching import Fetched
from export.moderation.messages import Chunk
from export.moderation.store import VerdictStore, choose
from export.moderation.verdict import Verdict
from export.moderation.writing import VerdictWriter, writing
from tests.moderation_api import ModerationApi, a_moderation_api, the_verdict

SOON = Patience(tries=4, first=0.001, longest=0.002)
LATEST = "omni-moderation-latest"
TEXTS = [f"text {number}" for number in range(10)]


@pytest.fixture
def api() -> Generator[ModerationApi]:
    with a_moderation_api() as each:
        yield each


async def _asleep(_seconds: float) -> None:
    """Wait for nothing."""


@dataclass
class Run:
    """A run of the command's heart, with files of few texts."""

    path: Path
    api: ModerationApi
    texts: Sequence[str]
    at_once: int = 4

    async def chunks(self) -> AsyncIterator[Chunk]:
        for at in range(0, len(self.texts), 3):
            some = tuple(self.texts[at : at + 3])
            yield Chunk(1, str(at), [some])

    async def go(self) -> Fetched:
        with writing(self.path) as connection:
            async with client_of(self.api.url, "", timeout=5) as client:
                book = BatchBook(VerdictWriter(connection, LATEST), self.api.url)
                calls = Calls("the moderations API", patience=SOON)
                batching = Batching(client, calls, book, Fetched(), sleep=_asleep)
                fetched = await fetch_in_batches(
                    self.chunks, batching, lambda: BatchFile(LATEST, self.at_once), lambda _: None
                )
                assert await batching.sweep() == 0
        return fetched

    def found(self) -> list[Verdict | None]:
        choice = choose(self.path)
        assert choice is not None
        with VerdictStore(choice) as store:
            return store.find(self.texts)


@pytest.fixture
def run(tmp_path: Path, api: ModerationApi) -> Run:
    return Run(tmp_path / "m.sqlite3", api, TEXTS)


def _is_whole(run: Run) -> None:
    assert run.found() == [the_verdict(text) for text in TEXTS]
    with closing(sqlite3.connect(run.path)) as file:
        for table in ("batches", "waiting", "remote_files"):
            assert file.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


async def test_texts_are_sent_in_files_and_their_results_come_back_in_any_order(run: Run, api: ModerationApi):
    fetched = await run.go()

    assert (fetched.asked, fetched.moderated) == (10, 10)
    assert len(api.batches) == 3
    assert set(api.texts.values()) == {1}
    _is_whole(run)


async def test_no_text_stays_at_the_provider(run: Run, api: ModerationApi):
    await run.go()

    assert api.files == {}


async def test_a_batch_is_waited_for(run: Run, api: ModerationApi):
    api.looks = 5

    await run.go()

    assert {batch["looks"] for batch in api.batches.values()} == {5}
    _is_whole(run)


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("files", "429"),
        ("files", "500"),
        ("files", "cut"),
        ("batches", "429"),
        ("batches", "500"),
        ("batches", "lost"),
        ("look", "429"),
        ("look", "503"),
        ("look", "cut"),
        ("look", "nonsense"),
        ("content", "cut"),
        ("content", "torn"),
        ("content", "half"),
    ],
)
async def test_what_passes_is_waited_for_and_nothing_is_judged_twice(
    run: Run, api: ModerationApi, route: str, fault: str
):
    api.errs(route, fault, fault)

    await run.go()

    assert len(api.batches) == 3
    _is_whole(run)


async def test_what_expired_is_asked_again(run: Run, api: ModerationApi):
    api.expires.update(["text 1", "text 2"])

    fetched = await run.go()

    assert (fetched.asked, fetched.moderated) == (12, 10)
    _is_whole(run)


async def test_what_is_refused_has_its_reason(run: Run, api: ModerationApi):
    api.forbidden = frozenset({"text 3"})

    fetched = await run.go()

    assert fetched.unmoderated == {"input_too_long": 1}
    assert [text for text, verdict in zip(TEXTS, run.found(), strict=True) if verdict is None] == ["text 3"]


async def test_a_provider_that_has_no_room_is_asked_again_when_it_has(run: Run, api: ModerationApi):
    api.looks = 2
    api.fails = ["token_limit_exceeded"]

    await run.go()

    _is_whole(run)


async def test_a_batch_that_fails_says_why(run: Run, api: ModerationApi):
    api.fails = ["invalid_file_format"]

    with pytest.raises(ProviderError, match="refused a batch") as raised:
        await run.go()
    assert "invalid_file_format" in str(raised.value)
    await run.go()
    _is_whole(run)


async def test_a_provider_that_brings_nothing_is_not_asked_for_ever(run: Run, api: ModerationApi):
    api.expires.update(dict.fromkeys(TEXTS, 100))

    with pytest.raises(ProviderError, match="nothing in them"):
        await run.go()


@pytest.mark.parametrize("route", ["files", "batches", "look", "content"])
async def test_a_run_that_broke_off_anywhere_goes_on_with_its_batches(run: Run, api: ModerationApi, route: str):
    api.errs(route, "", *["cut"] * SOON.tries)
    with pytest.raises(ProviderError):
        await run.go()
    sent = len(api.batches)

    await run.go()

    assert len(api.batches) == 3 if sent else len(api.batches) >= 3
    _is_whole(run)


async def test_who_was_interrupted_before_hearing_a_batches_name_finds_it(run: Run, api: ModerationApi):
    for number in range(7):
        api.batches[f"strange-{number}"] = {"id": f"strange-{number}", "metadata": None, "status": "completed"}
    api.errs("batches", "lost")
    api.errs("look", *["500"] * SOON.tries)
    with pytest.raises(ProviderError):
        await run.go()
    for number in range(7, 12):
        api.batches[f"strange-{number}"] = {"id": f"strange-{number}", "metadata": {}, "status": "completed"}

    await run.go()

    ours = [batch for batch in api.batches if not batch.startswith("strange")]
    assert len(ours) == 3
    assert set(api.texts.values()) == {1}
    _is_whole(run)
