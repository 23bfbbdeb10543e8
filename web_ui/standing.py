"""Which of several controllers is asked: a rule over what is known of them. No I/O; time is an argument."""

import math
from collections.abc import Sequence

RETURN_SECONDS = 30.0
"""A controller that was away has to be well for so long before it is preferred again: who comes and goes is let be."""


class Standing:
    """The controllers as named, the one that is asked now, and since when each of them is well."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = tuple(dict.fromkeys(url.rstrip("/") for url in urls))
        self._well_since: dict[str, float | None] = dict.fromkeys(self._urls, -math.inf)
        self._asked = self._urls[0]

    @property
    def urls(self) -> tuple[str, ...]:
        """All of them, as named."""
        return self._urls

    @property
    def asked(self) -> str:
        """The one that is asked first now."""
        return self._asked

    def order(self) -> list[str]:
        """Return whom to ask, one after the other: the one that is asked now, who is well, and at last the others."""
        return sorted(self._urls, key=lambda url: (url != self._asked, self._well_since[url] is None))

    def failed(self, url: str) -> None:
        """Hear that one could not be asked. If it was the one that is asked, another one is from now on."""
        self._well_since[url] = None
        if url == self._asked:
            self._asked = next((each for each in self._urls if self._well_since[each] is not None), url)

    def seen_well(self, url: str, now: float) -> None:
        """Hear that one can serve, in monotonic seconds. Who was named earlier is asked again after a while."""
        since = self._well_since[url]
        since = self._well_since[url] = now if since is None else since
        is_sought = self._well_since[self._asked] is None
        is_back = self._is_before(url) and now - since >= RETURN_SECONDS
        if is_sought or is_back:
            self._asked = url

    def _is_before(self, url: str) -> bool:
        return self._urls.index(url) < self._urls.index(self._asked)
