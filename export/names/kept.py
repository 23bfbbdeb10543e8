"""Answers that are found out once, as the same is asked again and again."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Asked = TypeVar("_Asked", bound=Hashable)
_Found = TypeVar("_Found")
MOST = 1 << 15
"""Answers of a process; then all are forgotten."""


class Kept(dict[_Asked, _Found], Generic[_Asked, _Found]):
    """Answers to what was asked, each found out once: faster to ask than an `lru_cache`."""

    def __init__(self, find: Callable[[_Asked], _Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, asked: _Asked) -> _Found:
        if len(self) >= MOST:
            self.clear()
        found = self[asked] = self._find(asked)
        return found
