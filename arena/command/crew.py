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
        self._before: dict[str, Member] = {}
        """By account: who still serves while the present member settles in."""
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
            if (before := self._before.pop(account, None)) is not None:
                self._let_go(before)
        for account in decided.start:
            self._take_in(posts[account])
        for account in decided.replace:
            self._replace(self._members[account], posts[account])
        return decided

    def _take_in(self, post: Post) -> None:
        if runs_only_once(post.served):
            self._members[post.account] = Member(post, Keeper(post.child, self._say))  # nobody yet, but spoken for
            self._move(self._start_after(frozenset(self._leaving_engines), post))
        else:
            self._move(self._settle_in(self._start(post)))

    def _replace(self, old: Member, post: Post) -> None:
        """Let another worker take a place: after the old one where only one has room, else before it goes."""
        if runs_only_once(post.served) or post.account in self._before:
            self._let_go(old)  # in the second case it has not settled in yet: the one before it still serves
        else:
            self._before[post.account] = old
        self._take_in(post)

    def _let_go(self, member: Member) -> None:
        task = self._move(self._dismiss(member))
        if runs_only_once(member.post.served):
            self._leaving_engines.add(task)
            task.add_done_callback(self._leaving_engines.discard)

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
            await self._settle_in(self._start(post))

    async def _settle_in(self, new: Member) -> None:
        """Wait until the controller knows a new worker; then the one before may go. If it cannot start, that stays."""
        account = new.post.account
        before = self._before.get(account)
        needed = 2 if before is not None and before.models == new.models else 1
        while not await new.keeper.until_ended(LOOK_SECONDS):
            if await self._known(new.models) >= needed:
                break
        if self._members.get(account) is not new:  # not wanted any more: whoever said so has seen to the one before
            return
        before = self._before.pop(account, None)
        if await new.keeper.until_ended(0):
            await self._give_up(new, before)
            return
        new.keeper.started_once = True
        if before is not None:
            await self._dismiss(before)

    async def _give_up(self, new: Member, before: Member | None) -> None:
        del self._members[new.post.account]
        if before is not None:
            self._members[before.post.account] = before
        await self._supervisor.retire(new.keeper)
        reason = new.keeper.last_line.removeprefix(OUR_OWN)
        self._say(f"{new.post.child.name} cannot start: {reason}{'; the one before goes on' if before else ''}")

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
