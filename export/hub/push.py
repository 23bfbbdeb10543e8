"""Brings a release to the hub. What was uploaded before a cut is not sent again; the files appear all at once."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Any, Literal

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError
from huggingface_hub.hf_api import DatasetInfo, RepoFile

from arena.errors import ArenaError
from export.release.manifest import names_in, sha256_of

KIND = "dataset"
OURS = ("data/", "side/", "stats/", "README.md", "LICENSE.md", "croissant.json", "manifest.json")
"""What of a repository belongs to releases: an earlier one's files go when they are not in the new one."""

_TRANSPORT_ERROR: type[BaseException] = HfHubHTTPError.__mro__[1]
"""The root of the errors of whatever HTTP client the library is built on: that changed once already."""

Gate = Literal["auto", "manual"]


class HubError(ArenaError):
    """The hub did not take it."""

    code = "hub_failed"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a push."""

    url: str
    commit: str
    files: int


class Hub:
    """One repository of data sets on a hub."""

    def __init__(self, api: HfApi, repository: str) -> None:
        self._api = api
        self.repository = repository

    def push(self, folder: Path, gate: Gate, message: str, on_file: Callable[[str, int], None]) -> Pushed:
        """Upload a release into a private, gated repository. `on_file` is told each file and its bytes.

        Raises `HubError`: run it again, and it goes on where it was.
        """
        with _speaking_plainly(self.repository):
            self._private_and_gated(gate)
            additions = [
                CommitOperationAdd(path_in_repo=name, path_or_fileobj=folder / name)
                for name in sorted(names_in(folder))
            ]
            for each in additions:
                self._api.preupload_lfs_files(self.repository, [each], repo_type=KIND, free_memory=False)
                on_file(each.path_in_repo, each.upload_info.size)
            commit = self._api.create_commit(
                self.repository, [*additions, *self._outdated(names_in(folder))], commit_message=message, repo_type=KIND
            )
            return Pushed(f"{self._api.endpoint}/datasets/{self.repository}", commit.oid, len(additions))

    def publish(self, folder: Path) -> None:
        """Let everybody see the repository. Raises `HubError` unless it holds exactly this release, gated."""
        with _speaking_plainly(self.repository):
            if not self._about().gated:
                raise HubError(f"{self.repository} is not gated: push the release again")
            self._check_same(folder)
            self._api.update_repo_settings(self.repository, private=False, repo_type=KIND)

    def _about(self) -> DatasetInfo:
        return self._api.dataset_info(self.repository)

    def _private_and_gated(self, gate: Gate) -> None:
        self._api.create_repo(self.repository, private=True, repo_type=KIND, exist_ok=True)
        if not self._about().private:
            raise HubError(
                f"{self.repository} is public: what is pushed there can be read at once. "
                "Make it private in its settings, or push to another one"
            )
        self._api.update_repo_settings(self.repository, gated=gate, repo_type=KIND)

    def _files(self) -> dict[str, RepoFile]:
        tree = self._api.list_repo_tree(self.repository, recursive=True, repo_type=KIND)
        return {each.path: each for each in tree if isinstance(each, RepoFile)}

    def _outdated(self, names: set[str]) -> list[CommitOperationDelete]:
        old = sorted(name for name in self._files() if name.startswith(OURS) and name not in names)
        return [CommitOperationDelete(path_in_repo=name) for name in old]

    def _check_same(self, folder: Path) -> None:
        there, here = self._files(), names_in(folder)
        for name in sorted(here | {name for name in there if name.startswith(OURS)}):
            if name not in there or name not in here or not _is_same(folder / name, there[name]):
                raise HubError(f"{self.repository} does not hold this release: {name} differs. Push it first")


def _is_same(path: Path, there: RepoFile) -> bool:
    """Compare by the digest that the hub knows: SHA-256 of large files, git's of small ones."""
    if there.lfs is not None:
        return there.lfs.sha256 == sha256_of(path)
    data = path.read_bytes()
    return there.blob_id == sha1(f"blob {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()


@contextmanager
def _speaking_plainly(repository: str) -> Generator[None]:
    """Turn the library's errors into one line that says what to do, without the token."""
    try:
        yield
    except HFValidationError as error:
        raise HubError(f"{repository!r} is no repository: write NAMESPACE/NAME") from error
    except RepositoryNotFoundError as error:
        raise HubError(f"{repository} is not there, or the token may not see it") from error
    except HfHubHTTPError as error:
        raise HubError(f"{repository}: {_reason(error)}") from error
    except (_TRANSPORT_ERROR, OSError, RuntimeError, ValueError) as error:
        raise HubError(
            f"the upload to {repository} broke off ({_kinds(error)}); run it again, and it goes on"
        ) from error


def _reason(error: HfHubHTTPError) -> str:
    status = error.response.status_code
    known = {401: "the token is wrong or missing (HF_TOKEN)", 403: "the token may not write there"}
    return known.get(status, f"the hub answered {status}: {error.server_message or 'no reason given'}")


def _kinds(error: BaseException) -> str:
    """Name an error and what caused it, by their kinds: their words may hold addresses that are signed."""
    kinds: Sequence[str] = [type(error).__name__]
    cause: Any = error.__cause__ or error.__context__
    return " after ".join([*kinds, type(cause).__name__] if cause else kinds)
