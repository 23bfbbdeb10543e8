"""Takes up changes of `arena.toml` while the arena runs, whoever was asked to: this process or its controller."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from arena.command.crew import Crew
from arena.command.plan import Plan
from arena.command.supervisor import Keeper
from arena.errors import SetupError

LOOK_SECONDS = 1.0
"""How often the controller is asked which configuration it has in force."""
MOST_TELLINGS = 3
"""So often a controller that is behind is told. It may find a mistake where we find none: in the ledger's address."""


class Following:
    """Keeps workers and controller at the configuration that was last found good.

    Two things can begin a change: this process is asked (SIGHUP), or its controller was, and has another revision than
    ours. Then the file is read; if it is good, the crew becomes what it says, and a controller that is behind is told.
    """

    def __init__(
        self,
        plan: Plan,
        again: Callable[[], Plan],
        say: Callable[[str], None],
        revision: Callable[[], Awaitable[str | None]],
    ) -> None:
        self.plan = plan
        """What is in force."""
        self._started = plan
        self._again = again
        self._say = say
        self._revision = revision
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._refused: str | None = None
        """A revision of the controller's with which we could not agree: not tried again until somebody asks."""
        self._told = 0

    def ask(self) -> None:
        """Ask for a reload."""
        self._asked.set()

    def begin(self, crew: Crew, controller: Keeper) -> None:
        """Begin to take up changes, in the background. What was asked for before is done now."""
        self._task = asyncio.create_task(self._follow(crew, controller))

    async def close(self) -> None:
        """Take up no more. What went wrong in it is raised here."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self, crew: Crew, controller: Keeper) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_SECONDS)
            was_asked = self._asked.is_set()
            self._asked.clear()
            theirs = await self._revision()
            if was_asked or theirs == self.plan.revision:
                self._refused, self._told = None, 0
            if was_asked or theirs not in {None, self.plan.revision, self._refused}:
                self._take_up(crew, controller, theirs, was_asked=was_asked)

    def _take_up(self, crew: Crew, controller: Keeper, theirs: str | None, *, was_asked: bool) -> None:
        """Read the file and go by it. A broken one changes nothing, and is told in one line."""
        try:
            plan = self._again()
        except SetupError as error:
            self._refused = theirs
            self._say(f"reload: nothing changed: {error}")
            return
        self._refused = None
        changes = self.plan.changes(plan, self._started)
        self.plan = plan
        if was_asked or changes.is_anything:
            self._say(f"reload: {changes.sentence()}")
        if theirs not in {None, plan.revision}:
            self._tell(controller, theirs)
        crew.become(plan.workers)

    def _tell(self, controller: Keeper, theirs: str | None) -> None:
        controller.ask_to_reload()
        self._told += 1
        if self._told == MOST_TELLINGS:
            self._refused = theirs
            self._say("reload: the controller does not take it up, and has said why; ask again when that is mended")
