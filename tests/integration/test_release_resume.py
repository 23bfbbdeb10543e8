"""Releases that are interrupted, and those that many processes make: the bytes are the same."""

import asyncio
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from arena.errors import ArenaError, SetupError
from arena.session import Scope
from export.quality.gate import RecallTooLow
from export.quality.measuring import measure_quality
from export.release import making, reading
from export.release.config import ReleaseSettings
from export.release.making import make_release
from export.release.progress import Quiet
from export.release.work import Work
from logging_store.forgetting import forget, give_code
from logging_store.ledger import open_ledger
from tests.facts import ALL_SCOPES, a_consent, a_said_conversation, a_turn, a_visitor, a_voted_battle, an_end
from tests.releasing import CODE, an_order, bytes_of, manifest_of, release

FORMATS = ["chat-1m", "arena-battles", "full"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger in a file, that nobody changes: 40 conversations and 20 battles."""
    url = f"sqlite:///{tmp_path_factory.mktemp('ledger')}/ledger.sqlite3"
    asyncio.run(_fill(url))
    return url


async def _fill(url: str) -> None:
    async with open_ledger(url) as ledger:
        for number in range(20):
            consent = await a_visitor(ledger)
            await a_voted_battle(ledger, consent)
            for place in range(2):
                said = f"Tell me about the number {number}.", f"It is {number} and {place}. " * (1 + number)
                await a_said_conversation(ledger, consent, said)


def _child(url: str, out: Path, **given: Any) -> subprocess.Popen[str]:
    told = json.dumps({"url": url, "out": str(out), **given})
    command = [sys.executable, "-m", "tests.release_child", told]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def _run(url: str, out: Path, **given: Any) -> int:
    """Make a release in another process; return how often it said something."""
    child = _child(url, out, **given)
    said, problem = child.communicate(timeout=150)
    assert child.returncode == 0, problem
    return int(said)


@pytest.fixture(scope="module")
def whole(url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], int]:
    """A release that nobody interrupted, and how often it said something."""
    out = tmp_path_factory.mktemp("whole") / "out"
    said = _run(url, out, format=FORMATS, canaries=3)
    return bytes_of(out), said


@pytest.fixture(scope="module")
def killed_early(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that was killed while it read, for copies."""
    out = tmp_path_factory.mktemp("killed") / "out"
    _child(url, out, kill_after=2).communicate(timeout=60)
    return out


@pytest.fixture
def begun(killed_early: Path, tmp_path: Path) -> Path:
    """A release that was killed while it read."""
    return shutil.copytree(killed_early, tmp_path / "out")


def _killed_and_resumed(url: str, out: Path, *points: int) -> dict[str, bytes]:
    for point in points:
        child = _child(url, out, format=FORMATS, canaries=3, kill_after=point, resume=out.exists())
        child.communicate(timeout=150)
        assert child.returncode == -signal.SIGKILL
        assert not (out / "manifest.json").exists()
    _run(url, out, format=FORMATS, canaries=3, resume=True)
    return bytes_of(out)


def test_a_release_that_was_killed_is_resumed_to_the_same_bytes(
    url: str, whole: tuple[dict[str, bytes], int], tmp_path: Path
):
    expected, said = whole

    assert _killed_and_resumed(url, tmp_path / "out", 1, said // 3, said // 3) == expected
    assert {each.name for each in (tmp_path / "out").iterdir()} == {
        name for form in FORMATS for name in (form, f"{form}.report.html")
    }


@pytest.mark.torture
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
def test_a_release_that_is_killed_anywhere_is_resumed_to_the_same_bytes(
    url: str, whole: tuple[dict[str, bytes], int], tmp_path: Path, part: int
):
    """Five points each: the process kills itself between two steps of its own."""
    expected, said = whole
    chance = random.Random(part)

    for point in chance.sample(range(1, said + 1), 5):
        out = tmp_path / f"{point}"
        assert _killed_and_resumed(url, out, point) == expected


@pytest.mark.torture
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
def test_processes_that_are_killed_at_any_moment_are_resumed_to_the_same_bytes(
    url: str, whole: tuple[dict[str, bytes], int], tmp_path: Path, part: int
):
    """Five moments each: the parent is killed while its children work; they end with it."""
    expected, _ = whole
    chance = random.Random(part)
    given: dict[str, Any] = {"format": FORMATS, "canaries": 3, "processes": 2}
    began = time.monotonic()
    _run(url, tmp_path / "first", **given)
    seconds = time.monotonic() - began

    for number in range(5):
        out = tmp_path / str(number)
        child = _child(url, out, **given)
        try:
            child.communicate(timeout=chance.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate(timeout=60)
        if not (out.exists() and not (out / ".work").exists()):
            _run(url, out, **given, resume=(out / ".work").exists())
        assert bytes_of(out) == expected


@pytest.mark.parametrize(
    "how",
    [
        {"processes": 3},
        {"shard_conversations": 1000},
        {"engine": "dask", "processes": 2},
        pytest.param({"engine": "ray", "processes": 2}, marks=pytest.mark.timeout(300)),
    ],
    ids=str,
)
def test_whoever_makes_it_the_bytes_are_the_same(
    url: str, whole: tuple[dict[str, bytes], int], tmp_path: Path, how: dict[str, Any]
):
    _run(url, tmp_path / "out", format=FORMATS, canaries=3, **how)

    assert bytes_of(tmp_path / "out") == whole[0]


def test_an_interrupted_release_says_so_and_keeps_what_was_done(url: str, begun: Path):
    with pytest.raises(SetupError, match="holds an unfinished release: go on with --resume"):
        release(url, begun)
    with pytest.raises(SetupError, match=r"--resume: .* was begun with other settings [(]seed[)]"):
        release(url, begun, resume=True, seed=43)
    assert (begun / ".work").stat().st_mode & 0o777 == 0o700


def test_another_ledger_is_not_resumed(begun: Path, tmp_path: Path):
    other = f"sqlite:///{tmp_path}/other.sqlite3"
    asyncio.run(_fill(other))

    with pytest.raises(SetupError, match=r"--resume: .* was begun with another ledger"):
        release(other, begun, resume=True)


@pytest.mark.parametrize(
    ("given", "other"),
    [
        ({"key": b"another key"}, "another release key"),
        ({"cohorts": ("school",)}, "other cohorts [(]withheld[)]"),
    ],
)
def test_what_changed_in_the_arena_since_a_release_was_begun_is_said(
    url: str, begun: Path, given: dict[str, Any], other: str
):
    with pytest.raises(SetupError, match=f"was begun with {other}; remove it, or take another --out"):
        release(url, begun, resume=True, **given)


def test_a_release_is_not_resumed_by_other_code(url: str, begun: Path):
    with pytest.raises(SetupError, match=r"begun with other code [(]export[)]; remove it, or take another --out"):
        release(url, begun, resume=True, code={**CODE, "export": "mended meanwhile"})


def test_a_model_that_is_withheld_since_a_release_was_begun_is_said(url: str, begun: Path):
    order = an_order(url, begun, resume=True)
    withheld = order.ingredients.withheld_models | {"echo"}

    with pytest.raises(SetupError, match=r"was begun with other models [(]withheld[)]; remove it"):
        make_release(replace(order, ingredients=replace(order.ingredients, withheld_models=withheld)), Quiet())


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(url: str, tmp_path: Path):
    (tmp_path / "precious").touch()

    for resume in (False, True):
        with pytest.raises(SetupError, match="is not empty"):
            release(url, tmp_path, resume=resume)
    assert [each.name for each in tmp_path.iterdir()] == ["precious"]


def test_a_file_is_no_folder(url: str, tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(SetupError, match="cannot write"):
        release(url, tmp_path / "file")


def test_an_unfinished_release_that_became_read_only_is_one_line(url: str, begun: Path):
    lock = begun / ".work" / "lock"
    lock.unlink()
    lock.mkdir()  # cannot be opened for writing, not even by root

    with pytest.raises(SetupError, match="cannot write"):
        release(url, begun, resume=True)


async def test_what_was_forgotten_during_the_interruption_is_not_released(tmp_path: Path):
    url, out = f"sqlite:///{tmp_path}/ledger.sqlite3", tmp_path / "out"
    async with open_ledger(url) as ledger:
        leaving = await a_visitor(ledger)
        await a_voted_battle(ledger, leaving)
        await a_voted_battle(ledger, await a_visitor(ledger))
    (await asyncio.to_thread(_child, url, out, format=["chat-1m", "arena-battles"], kill_after=6)).wait(60)
    assert (out / ".work" / "read.json").exists()
    async with open_ledger(url) as ledger:
        await forget(ledger, await give_code(ledger, leaving.session_id, 1.0), 7.0)

    await asyncio.to_thread(_run, url, out, format=["chat-1m", "arena-battles"], resume=True)

    counts = [json.loads((out / form / "manifest.json").read_text())["counts"] for form in ("chat-1m", "arena-battles")]
    assert counts == [
        {"read": 4, "released": 2, "dropped": {"forgotten": 2}},
        {"read": 2, "released": 1, "dropped": {"forgotten": 1}},
    ]


@pytest.mark.parametrize("until", ["write chat-1m", "write arena-battles", "finish", "moving"])
def test_what_was_forgotten_after_rows_were_chosen_is_not_released(
    tmp_path: Path, until: str, monkeypatch: pytest.MonkeyPatch
):
    class Cut(Quiet):
        def begin(self, stage: str, total: int, unit: str, done: int = 0) -> None:
            if stage == until:
                raise KeyboardInterrupt

    def cut(work: Work, out: Path) -> None:
        raise KeyboardInterrupt

    url, out, formats = f"sqlite:///{tmp_path}/ledger.sqlite3", tmp_path / "out", ["chat-1m", "arena-battles"]
    code = asyncio.run(_two_battles(url))
    with monkeypatch.context() as patched:
        patched.setattr(making, "publish", cut)
        with pytest.raises(KeyboardInterrupt):
            make_release(an_order(url, out, format=formats), Cut())
    asyncio.run(_forget(url, code))

    make_release(an_order(url, out, format=formats, resume=True), Quiet())

    for form, units in (("chat-1m", 2), ("arena-battles", 1)):
        manifest = manifest_of(out / form)
        rows = sum(pq.read_metadata(file).num_rows for file in (out / form / "data").iterdir())
        assert manifest["counts"] == {"read": 2 * units, "released": units, "dropped": {"forgotten": units}}
        assert (rows, len(manifest["withdrawn"])) == (units, units)


def test_a_release_that_is_cut_while_its_working_folder_is_removed_is_whole_after_all(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def cut(work: Work, out: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(making, "publish", cut)
        with pytest.raises(KeyboardInterrupt):
            release(url, tmp_path / "begun")
    work = Work(tmp_path / "begun" / ".work")
    parts = [each for each in work.folder.rglob("*") if each.is_file() and not each.is_relative_to(work.release)]
    release(url, tmp_path / "whole")

    for number in range(0, len(parts) - 2, max(1, len(parts) // 5)):
        shutil.copytree(tmp_path / "begun", out := tmp_path / f"{number}")
        with monkeypatch.context() as patched:
            patched.setattr(os, "unlink", _dies_after(number, os.unlink))
            with pytest.raises(KeyboardInterrupt):
                release(url, out, resume=True)
        release(url, out, resume=(out / ".work").exists())
        assert bytes_of(out) == bytes_of(tmp_path / "whole")


def _dies_after(number: int, act: Callable[..., None]) -> Callable[..., None]:
    left = iter(range(number))

    def does(*given: Any, **more: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        act(*given, **more)

    return does


async def _two_battles(url: str) -> str:
    """Return the deletion code of who fought one of them."""
    async with open_ledger(url) as ledger:
        leaving = await a_visitor(ledger)
        await a_voted_battle(ledger, leaving)
        await a_voted_battle(ledger, await a_visitor(ledger))
        return await give_code(ledger, leaving.session_id, 1.0)


async def _forget(url: str, code: str) -> None:
    async with open_ledger(url) as ledger:
        await forget(ledger, code, 7.0)


async def test_what_went_on_without_permission_during_the_interruption_is_not_released(tmp_path: Path):
    url, out = f"sqlite:///{tmp_path}/ledger.sqlite3", tmp_path / "out"
    until: dict[str, Any] = {"to": "1970-01-01T00:01:00Z"}
    async with open_ledger(url) as ledger:
        consent = await a_visitor(ledger)
        conversation = await a_said_conversation(ledger, consent)
    (await asyncio.to_thread(_child, url, out, **until, kill_after=6)).wait(60)
    assert (out / ".work" / "read.json").exists()
    async with open_ledger(url) as ledger:
        later = a_consent(consent.session_id, ALL_SCOPES - {Scope.RELEASE}, accepted_at=90.0)
        await ledger.add_consent(later)
        turn = a_turn(conversation.id, later.id, position=1, opened_at=91.0)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id, finished_at=92.0))

    await asyncio.to_thread(_run, url, out, **until, resume=True)

    counts = json.loads((out / "manifest.json").read_text())["counts"]
    assert counts == {"read": 1, "released": 0, "dropped": {"no_release_consent": 1}}


def test_ctrl_c_ends_all_processes_and_keeps_what_was_done(url: str, tmp_path: Path):
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "arena.command",
        "export",
        "release",
        "--store",
        url,
        "--data",
        str(tmp_path / "d"),
    ]
    flags = ["--names", "none", "--processes", "2", "--json", "--out", str(out)]
    with subprocess.Popen([*command, *flags], text=True, stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line)["stage"] == "map":
                break
        os.killpg(child.pid, signal.SIGINT)
        child.communicate(timeout=60)

    assert child.returncode == 130
    assert (out / ".work" / "read.json").exists()


def test_a_cut_reading_begins_anew(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def cut(settings: ReleaseSettings, key: bytes, release: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reading, "canaries", cut)
        with pytest.raises(KeyboardInterrupt):
            release(url, tmp_path / "out")
    assert not (tmp_path / "out" / ".work" / "read.json").exists()

    assert release(url, tmp_path / "out", resume=True)["counts"] == {"read": 80, "released": 80, "dropped": {}}


def test_a_full_disk_is_one_line_and_the_release_goes_on_when_there_is_room(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(settings: ReleaseSettings, key: bytes, release: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(reading, "canaries", full)
        with pytest.raises(ArenaError, match="stopped: No space left on device; when that is mended, go on with --res"):
            release(url, tmp_path / "out")

    assert release(url, tmp_path / "out", resume=True)["counts"]["released"] == 80


@pytest.fixture(scope="module")
def mapped(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that was interrupted before anything was chosen, for copies."""

    class Cut(Quiet):
        def begin(self, stage: str, total: int, unit: str, done: int = 0) -> None:
            if stage == "choose":
                raise KeyboardInterrupt

    out = tmp_path_factory.mktemp("mapped") / "out"
    with pytest.raises(KeyboardInterrupt):
        release(url, out, Cut())
    return out


@pytest.mark.parametrize("part", ["read.json", "ingredients", "mapped/00000/said.json", "mapped/00000/chat-1m.notes"])
@pytest.mark.parametrize("content", [b"", b"\0{"])
def test_a_working_folder_that_somebody_changed_is_one_line(
    url: str, mapped: Path, tmp_path: Path, part: str, content: bytes
):
    shutil.copytree(mapped, tmp_path / "out")
    (tmp_path / "out" / ".work" / part).write_bytes(content)

    with pytest.raises(ArenaError, match=r"missing or damaged: remove .*out and begin anew"):
        release(url, tmp_path / "out", resume=True)


def test_what_was_measured_before_the_interruption_is_told_in_the_same_bytes(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def cut(settings: ReleaseSettings, key: bytes, release: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "measure_quality", partial(measure_quality, each=1))
    release(url, tmp_path / "whole" / "out", measured=True)
    with monkeypatch.context() as patched:
        patched.setattr(reading, "canaries", cut)
        with pytest.raises(KeyboardInterrupt):
            release(url, tmp_path / "cut" / "out", measured=True)
    release(url, tmp_path / "cut" / "out", measured=True, resume=True)

    assert bytes_of(tmp_path / "cut") == bytes_of(tmp_path / "whole")


def test_a_release_that_is_refused_before_anything_was_read_leaves_nothing(url: str, tmp_path: Path):
    with pytest.raises(RecallTooLow, match=r"NAME was not measured|NAME 0"):
        release(url, tmp_path / "out", min_recall={"NAME": 1.0})

    assert list(tmp_path.iterdir()) == []


class _Heard(Quiet):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, Any]]] = []

    def note(self, kind: str, **facts: Any) -> None:
        self.notes.append((kind, facts))


def test_where_nothing_was_begun_resume_says_so_and_begins(url: str, tmp_path: Path):
    first, second = _Heard(), _Heard()

    release(url, tmp_path / "out", first, resume=True)
    with pytest.raises(SetupError, match="out is not empty: it holds a finished release"):
        release(url, tmp_path / "out", second, resume=True)

    assert first.notes == [("nothing_to_resume", {"out": str(tmp_path / "out"), "release": "begins anew"})]
    assert second.notes == []


def test_a_release_that_was_begun_is_resumed_without_a_word(url: str, begun: Path):
    heard = _Heard()

    release(url, begun, heard, format=["chat-1m"], resume=True)

    assert heard.notes == []
