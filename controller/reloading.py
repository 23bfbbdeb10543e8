"""Takes up changes of the configuration while everything goes on."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable

from arena.admin import Reloaded, changed_keys, compare, revision_of
from arena.errors import BrokenConfiguration, SetupError
from controller.admission import Admission
from controller.catalogue import Catalogue
from controller.config import ControllerSettings

logger = logging.getLogger(__name__)

AT_ONCE = frozenset({"models", "limits"})
"""The settings that take effect while we run; all others do with the next start."""


class Reloading:
    """Reads the configuration again when asked, one time after the other, and applies all of it or nothing.

    `read` does what the command line did at the start: it reads file, environment and flags, and raises `SetupError`.
    """

    def __init__(self, read: Callable[[], ControllerSettings]) -> None:
        self._read = read
        self._one_at_a_time = asyncio.Lock()
        self._asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self) -> None:
        """Ask for a reload. Safe in a signal handler; before the start there is nothing to read again."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._asked.set)

    @contextlib.asynccontextmanager
    async def heeded(self, target: "Configured") -> AsyncGenerator[None]:
        """Do what is asked for while inside."""
        self._loop = asyncio.get_running_loop()
        task = asyncio.create_task(self._heed(target))
        try:
            yield
        finally:
            self._loop = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _heed(self, target: "Configured") -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            with contextlib.suppress(BrokenConfiguration):  # it was said
                await self.reload(target)

    async def reload(self, target: "Configured") -> Reloaded:
        """Read the configuration again and apply it. Raises `BrokenConfiguration`; then nothing has changed."""
        async with self._one_at_a_time:
            try:
                wanted = await asyncio.to_thread(self._read)
            except SetupError as error:
                logger.error("The configuration stays as it is: %s", error)  # noqa: TRY400 (the line says it all)
                raise BrokenConfiguration(str(error)) from error
            report = target.apply(wanted)
        logger.info("The configuration was read again: %s", report.sentence())
        return report


class Configured:
    """What the configuration decides while we run."""

    def __init__(self, settings: ControllerSettings, catalogue: Catalogue, admission: Admission) -> None:
        self._started_with = settings
        self._catalogue = catalogue
        self._admission = admission

    @property
    def revision(self) -> str:
        """A digest of the configuration in force."""
        return revision_of(self._catalogue.entries, self._admission.limits)

    def apply(self, wanted: ControllerSettings) -> Reloaded:
        """Apply what can be applied at once; return what changed. Nothing can fail here."""
        added, removed, changed = compare(self._catalogue.entries, wanted.models)
        limits = changed_keys(self._admission.limits, wanted.limits)
        self._catalogue.replace(wanted.models)
        if limits:
            self._admission.take(wanted.limits)
        return Reloaded(
            revision=self.revision,
            added=added,
            removed=removed,
            changed=changed,
            limits=limits,
            needs_restart=self._left(wanted),
        )

    def _left(self, wanted: ControllerSettings) -> tuple[str, ...]:
        keys = (key for key in changed_keys(self._started_with, wanted) if key not in AT_ONCE)
        return tuple("store.url" if key == "store_url" else f"controller.{key}" for key in keys)
