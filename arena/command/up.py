"""`arena up`: controller, workers, page and ratings on one machine, each its own process, supervised."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from arena.command import probe
from arena.command.crew import Crew
from arena.command.following import Following
from arena.command.launch import Launcher
from arena.command.logs import spoken
from arena.command.plan import Plan, Wishes, make_plan, plan_again
from arena.command.supervisor import OUR_OWN, Child, Keeper, Supervisor
from arena.command.terminal import Terminal
from arena.errors import SetupError

ASK_SECONDS = 0.2
"""How often the processes are asked whether they are up."""
REMIND_SECONDS = 20.0
"""After so long without being ready, say what is missing; and again after as long."""
INTERRUPTED = 130


def up(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(help="Configuration; default: ./arena.toml, else demo models.")] = None,
    data: Annotated[Path, typer.Option(help="Folder of the ledger and the keys; made when missing.")] = Path("data"),
    host: Annotated[str | None, typer.Option(help="Where the page listens.")] = None,
    port: Annotated[int | None, typer.Option(help="The page's port; 0 takes a free one.", min=0, max=65535)] = None,
    controller_port: Annotated[int | None, typer.Option(help="The controller's port.", min=0, max=65535)] = None,
) -> None:
    """Start a whole arena on this machine."""
    launch: Launcher = ctx.obj
    wishes = Wishes(config, data, host, port, controller_port)
    plan = make_plan(launch, wishes)
    raise typer.Exit(asyncio.run(run(plan, lambda: plan_again(launch, wishes, plan))))


async def run(plan: Plan, again: Callable[[], Plan]) -> int:
    """Run the arena until a signal ends it, and return the exit code. `again` reads the configuration again."""
    at, key = plan.controller_at, plan.key
    supervisor = Supervisor(say)
    crew = Crew(supervisor, say, lambda models: probe.workers_for(at.near, at.port, key, models))
    following = Following(plan, again, say, lambda: probe.revision(at.near, at.port, key))
    stopped_by = _catch_signals(supervisor, following)
    starting = asyncio.create_task(_start(following, crew, supervisor))
    try:
        await _until_ready(starting, stopped_by, supervisor)
        number = await stopped_by
        say("stopping: page, then controller, then workers")
        return INTERRUPTED if number == signal.SIGINT else 0
    finally:
        starting.cancel()
        try:
            await following.close()
            await crew.close()
        finally:
            await supervisor.stop()
            say("stopped")


def say(line: str) -> None:
    """Print one line at once. When nobody listens any more, end as if asked to."""
    try:
        print(spoken(line), flush=True)
    except OSError:  # a pipe that nobody reads, a terminal that hung up
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        signal.raise_signal(signal.SIGTERM)


def _catch_signals(supervisor: Supervisor, following: Following) -> asyncio.Future[signal.Signals]:
    """Return what will hold the first signal to end; a second one kills at once. SIGHUP may ask to reload instead."""
    terminal = Terminal()
    loop = asyncio.get_running_loop()
    first: asyncio.Future[signal.Signals] = loop.create_future()

    def caught(number: signal.Signals) -> None:
        if number == signal.SIGHUP and not terminal.has_hung_up():
            following.ask()
        elif first.done():
            supervisor.kill()
        else:
            first.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, caught, number)
    return first


async def _until_ready(
    starting: asyncio.Task[None], stopped_by: asyncio.Future[signal.Signals], supervisor: Supervisor
) -> None:
    """Wait until the arena is ready or a signal came. A child that says that its set-up is wrong ends it all."""
    await asyncio.wait([starting, stopped_by, supervisor.given_up], return_when=asyncio.FIRST_COMPLETED)
    if supervisor.given_up.done():
        hopeless = supervisor.given_up.result()
        raise SetupError(f"{hopeless.child.name} cannot start: {hopeless.last_line.removeprefix(OUR_OWN)}")
    if starting.done():
        await starting
        for keeper in supervisor.keepers:
            keeper.started_once = True


async def _start(following: Following, crew: Crew, supervisor: Supervisor) -> None:
    """Start everything in order, and say `ready` when a battle can be fought."""
    plan = following.plan
    controller, page = plan.controller_at, plan.page_at

    def start(child: Child, where: str = "") -> Keeper:
        say(f"{child.name}: starting{where}")
        return supervisor.start(child)

    keeper = start(plan.controller, f" at {controller.url}")
    await _until(lambda: probe.is_up(controller.near, controller.port, "/health/live"), [keeper])
    say(f"{plan.controller.name}: up")

    crew.begin(plan.workers)
    page_keeper = start(plan.page, f" at {page.url}")
    start(plan.ratings)
    following.begin(crew, keeper)
    await _until(lambda: _can_battle(following.plan), crew.keepers)
    served = await probe.serving(controller.near, controller.port)
    models = following.plan.models
    say(f"workers: {served.models} of {models} models served, {served.battle_models} of them in battles")

    await _until(lambda: probe.is_up(page.near, page.port, "/"), [page_keeper])
    say(f"{plan.page.name}: up")
    say(f"ready: {page.url}")


async def _can_battle(plan: Plan) -> bool:
    served = await probe.serving(plan.controller_at.near, plan.controller_at.port)
    return served.models > 0 and served.battle_models >= plan.battle_models_needed


async def _until(holds: Callable[[], Awaitable[bool]], waited_for: list[Keeper]) -> None:
    """Ask again and again; where the answer stays no, say who is waited for and what they said last."""
    clock = asyncio.get_running_loop()
    remind_at = clock.time() + REMIND_SECONDS
    while not await holds():
        await asyncio.sleep(ASK_SECONDS)
        if clock.time() >= remind_at:
            remind_at += REMIND_SECONDS
            for keeper in waited_for:
                say(f"not ready yet: waiting for {keeper.child.name}, which said last: {keeper.last_line or 'nothing'}")
