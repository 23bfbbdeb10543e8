"""The code by which a release is made: two codes in one release would be a release by neither."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

_PACKAGES = ("arena", "export", "logging_store")
_ELSEWHERE = ("arena/command", "export/hub", "export/names/training")
"""What has no part in what stands in a release."""


def code_digests() -> Mapping[str, str]:
    """Return a digest of all files of each of our packages, as they are installed, that releases are made with."""
    return {package: _digest(package) for package in _PACKAGES}


def is_of_releases(name: str) -> bool:
    """Tell whether the file of this name, from the packages' folder, has a part in releases."""
    return not any(name.startswith(f"{each}/") for each in _ELSEWHERE)


def _digest(package: str) -> str:
    digest = sha256()
    for name, file in sorted(_files(package)):
        content = file.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _files(package: str) -> Iterator[tuple[str, Path]]:
    spec = find_spec(package)
    for root in map(Path, (spec.submodule_search_locations if spec else None) or ()):
        for file in root.rglob("*"):
            name = file.relative_to(root.parent).as_posix()
            if file.is_file() and "__pycache__" not in file.parts and is_of_releases(name):
                yield name, file
