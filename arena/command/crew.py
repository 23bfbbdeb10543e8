"""The workers of an arena, one per account: changed while they run, without cutting a stream."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from arena.command.changes import Steps, runs_only_once, steps
from arena.command.plan import Post
from arena.command.supervisor import OUR_OWN, Keeper, Supervisor

LOOK_SECONDS = 0.5
"""How often the controller is asked whether it knows a new worker."""


@dataclass(frozen=True)
class Member:
    """A worker and who keeps it running."""

    post: Post
    keeper: Keeper

    @property
    def models(self) -> frozenset[str]:
        """What it serves."""
        return frozenset(entry.name for entry in self.post.served)


class Crew:
    """Starts, replaces and dismisses workers. `known` asks how many workers of just these models are registered."""

    def __init__(
        self, supervisor: Supervisor, say: Callable[[str], None], known: Callable[[frozenset[str]], Awaitable[int]]
    ) -> None:
        self._supervisor = supervisor
        self._say = say
        self._known = known
        self._members: dict[str, Member] = {}
        self._moves: set[asyncio.Task[None]] = set()
        self._leaving_engines: set[asyncio.Task[None]] = set()

    @property
    def keepers(self) -> list[Keeper]:
        """Who keeps the present workers."""
        return [member.keeper for member in self._members.values()]

    def begin(self, posts: Sequence[Post]) -> None:
        """Start the first crew. Who cannot start is told by the supervisor."""
        for post in posts:
            self._start(post)

    def become(self, wanted: Sequence[Post]) -> Steps:
        """Begin to be the crew that is wanted; return what is done for it. It goes on in the background."""
        posts = {post.account: post for post in wanted}
        decided = steps(
            {account: member.post.served for account, member in self._members.items()},
            {account: post.served for account, post in posts.items()},
        )
        for account in decided.drain:
            self._let_go(self._members.pop(account))
        for account in (*decided.start, *decided.replace):
            self._take_in(posts[account], self._members.get(account))
        return decided

    def _let_go(self, member: Member) -> None:
        task = self._move(self._dismiss(member))
        if runs_only_once(member.post.served):
            self._leaving_engines.add(task)
            task.add_done_callback(self._leaving_engines.discard)

    def _take_in(self, post: Post, old: Member | None) -> None:
        """Start a worker, and let the one that it replaces go: before it where only one has room, else after it."""
        if not runs_only_once(post.served):
            self._move(self._settle_in(self._start(post), old))
            return
        if old is not None:
            self._let_go(old)
        self._members[post.account] = Member(post, Keeper(post.child, self._say))  # nobody yet, but spoken for
        self._move(self._start_after(frozenset(self._leaving_engines), post))

    def _start(self, post: Post) -> Member:
        self._say(f"{post.child.name}: starting")
        member = Member(post, self._supervisor.start(post.child))
        self._members[post.account] = member
        return member

    async def _start_after(self, leaving: frozenset[asyncio.Task[None]], post: Post) -> None:
        """Start an engine when those that may have its GPU are gone."""
        if leaving:
            await asyncio.wait(leaving)
        present = self._members.get(post.account)
        if present is not None and present.post is post:  # nobody has changed their mind meanwhile
            await self._settle_in(self._start(post), None)

    async def _settle_in(self, new: Member, old: Member | None) -> None:
        """Wait until the controller knows a new worker; then the old one may go. One that cannot start is given up."""
        needed = 2 if old is not None and old.models == new.models else 1
        while await self._known(new.models) < needed:
            if await new.keeper.until_ended(LOOK_SECONDS):
                break
        if not await new.keeper.until_ended(0):
            new.keeper.started_once = True
        elif not new.keeper.is_stopping:
            await self._give_up(new, old)
            return
        if old is not None:
            await self._dismiss(old)

    async def _give_up(self, new: Member, old: Member | None) -> None:
        reason = new.keeper.last_line.removeprefix(OUR_OWN)
        self._say(f"{new.post.child.name} cannot start: {reason}{'; the one before goes on' if old else ''}")
        await self._supervisor.retire(new.keeper)
        if self._members.get(new.post.account) is new:
            del self._members[new.post.account]
            if old is not None:
                self._members[old.post.account] = old

    async def _dismiss(self, member: Member) -> None:
        self._say(f"{member.post.child.name}: ends when its streams have")
        await self._supervisor.retire(member.keeper)
        self._say(f"{member.post.child.name}: gone")

    def _move(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._moves.add(task)
        task.add_done_callback(self._forget_if_well)
        return task

    def _forget_if_well(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            self._moves.discard(task)

    async def close(self) -> None:
        """Let everything be as it is. What went wrong in a move is raised here."""
        for task in self._moves:
            task.cancel()
        results = await asyncio.gather(*self._moves, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result
