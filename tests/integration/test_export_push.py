"""A release goes to a hub: private first, gated, resumable, and public by a step of its own."""

import os
import subprocess
import sys
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from huggingface_hub import HfApi, constants
from typer.testing import CliRunner

from arena.errors import ArenaError, SetupError
from export.cli import command
from export.hub.cli import push
from export.hub.push import Hub, HubError
from tests.fake_hub import TOKEN, FakeHub, create_hub
from tests.serving import serving
from tests.written import a_release

REPOSITORY = "arena/conversations"


@dataclass
class Operator:
    """Runs the command, its environment as an operator sets it."""

    url: str
    home: Path
    token: str = TOKEN

    def push(self, folder: Path, *more: str, repository: str = REPOSITORY) -> tuple[int, str]:
        """Run it here; return the exit code and what was said."""
        done = CliRunner(env={"HF_ENDPOINT": self.url, "HF_TOKEN": self.token}).invoke(
            command, ["push", str(folder), repository, *more]
        )
        if isinstance(done.exception, ArenaError):
            return 1, str(done.exception)
        assert done.exception is None, done.exception
        return done.exit_code, done.output

    def begin(self, folder: Path) -> subprocess.Popen[str]:
        """Run it in a process of its own, which can be killed."""
        environment = {
            "HF_ENDPOINT": self.url,
            "HF_TOKEN": self.token,
            "HF_HOME": str(self.home),
            "HOME": str(self.home),
        }
        return subprocess.Popen(
            [Path(sys.executable).with_name("arena"), "export", "push", folder, REPOSITORY],
            env={"PATH": os.environ["PATH"], "HF_HUB_DISABLE_XET": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(autouse=True)
def plain_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What HF_HUB_DISABLE_XET says to a process that begins: our hub knows the older way to upload only."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def operator(hub: FakeHub, tmp_path: Path) -> Generator[Operator]:
    with serving(create_hub(hub)) as url:
        yield Operator(url, tmp_path / "home")
        hub.hanging.set()


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return a_release(tmp_path / "out")


def _here(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_arrives_whole_private_and_gated_and_is_public_only_when_told(
    hub: FakeHub, operator: Operator, release: Path
):
    code, said = operator.push(release, "--gated", "manual")

    assert (code, "private and gated (manual)" in said) == (0, True), said
    assert hub.files(REPOSITORY) == _here(release)
    assert (hub.repositories[REPOSITORY]["private"], hub.repositories[REPOSITORY]["gated"]) == (True, "manual")

    before = len(hub.uploads())
    code, said = operator.push(release, "--public")

    assert (code, "is public now" in said) == (0, True), said
    assert (hub.repositories[REPOSITORY]["private"], hub.repositories[REPOSITORY]["gated"]) == (False, "manual")
    assert len(hub.uploads()) == before

    code, said = operator.push(release)
    assert (code, "is public" in said) == (1, True), said


def test_a_push_that_was_killed_goes_on_where_it_was(hub: FakeHub, operator: Operator, release: Path):
    reached = threading.Event()
    hub.hang, hub.on_hang = (lambda uploads: uploads == 3), reached.set
    process = operator.begin(release)
    assert reached.wait(60), process.communicate(timeout=5)
    process.kill()
    process.communicate(timeout=20)
    assert hub.files(REPOSITORY) == {}, "nothing is seen before everything is there"
    sent = set(hub.large)
    assert len(sent) == 2

    hub.hang = lambda _uploads: False
    first = len(hub.uploads())
    code, said = operator.push(release)

    assert code == 0, said
    assert hub.files(REPOSITORY) == _here(release)
    assert not sent & set(hub.uploads()[first:])


def test_a_new_release_takes_the_place_of_the_old_one_and_leaves_what_is_not_ours(
    hub: FakeHub, operator: Operator, release: Path
):
    others = {".gitattributes": b"*.parquet filter=lfs", "notes/mine.md": b"mine"}
    old = {"data/train-00000-of-00007.parquet": b"old", "side/marks.parquet": b"old"}
    hub.repositories[REPOSITORY] = {"private": True, "gated": "auto", "files": {**others, **old}}

    code, said = operator.push(release)

    assert code == 0, said
    assert hub.files(REPOSITORY) == _here(release) | others


def test_only_what_was_pushed_is_made_public(hub: FakeHub, operator: Operator, release: Path):
    assert operator.push(release)[0] == 0
    hub.files(REPOSITORY)["LICENSE.md"] = b"anything goes"

    code, said = operator.push(release, "--public")

    assert (code, "LICENSE.md differs" in said) == (1, True), said
    assert hub.repositories[REPOSITORY]["private"]


@pytest.mark.parametrize(
    ("repository", "token", "why"),
    [(REPOSITORY, "hf_wrong", "HF_TOKEN"), ("others/theirs", TOKEN, "may not write there")],
)
def test_what_the_hub_refuses_is_said_in_one_line_without_the_token(
    hub: FakeHub, operator: Operator, release: Path, repository: str, token: str, why: str
):
    operator.token = token
    code, said = operator.push(release, repository=repository)

    assert (code, why in said, "\n" in said, token in said) == (1, True, False, False), said
    assert not hub.large


def test_a_hub_that_is_away_is_said_to_be(tmp_path: Path, release: Path):
    code, said = Operator("http://127.0.0.1:9", tmp_path / "home").push(release)

    assert (code, "broke off" in said, "\n" in said) == (1, True, False), said


def test_without_a_token_nothing_is_asked(release: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HF_TOKEN", raising=False)

    with pytest.raises(SetupError, match="HF_TOKEN is not set"):
        push(release, REPOSITORY)


def test_what_is_no_name_of_a_repository_is_told_so(release: Path):
    with pytest.raises(HubError, match="write NAMESPACE/NAME"):
        Hub(HfApi(endpoint="http://127.0.0.1:9", token=TOKEN), "no name").push(
            release, "auto", "", lambda _name, _size: None
        )
