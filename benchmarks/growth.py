"""What a ledger's size costs its writers: a session, a turn and a vote, at ten million turns and at ten thousand.

Fills two SQLite ledgers by plain SQL, then writes to both by turns, through the ledger's own methods, and compares the
medians. About ten minutes and 12 GB of disk in full; `python -m benchmarks.growth 1000000` takes a tenth of both, and
`... 1000000 postgresql` asks PostgreSQL. The goal is for the full size.
"""

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path

from arena.battle import Mode, Outcome
from arena.chat import Ending, Parameters
from arena.ids import new_id
from arena.session import Consent, Scope
from benchmarks._long_ago import BYTES_PER_TURN, fill
from logging_store.facts import (
    BattleFact,
    ConsentFact,
    ConversationFact,
    SessionFact,
    TurnEnd,
    TurnFact,
    VoteFact,
)
from logging_store.ledger import Ledger, open_ledger
from tests.databases import postgres_server

SMALL = 10_000
FULL = 10_000_000
ROUNDS = 300
GOAL = 1.5
OUT = Path(__file__).parent / "out"
WORDS = "a thousand words " * 60

Seconds = dict[str, list[float]]


class Visitor:
    """Opens a session, takes turns in a battle, and votes. What each costs is noted."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.seconds: Seconds = {"session": [], "turn": [], "vote": []}

    async def come(self) -> None:
        """Do all of it once."""
        session, consent, battle = new_id(), new_id(), new_id()
        sides = new_id(), new_id()
        now = time.time()
        agreed = Consent(terms_version="1", scopes=frozenset({Scope.SERVE, Scope.LOG}), language="en", accepted_at=now)
        started = BattleFact(battle, session, Mode.BATTLE, "one", "two", *sides, 0.5, "uniform", now)
        a = ConversationFact(sides[0], session, Mode.BATTLE, "one", now, battle, "a")
        b = ConversationFact(sides[1], session, Mode.BATTLE, "two", now, battle, "b")
        vote = VoteFact(new_id(), battle, session, Outcome.TIE, is_anonymous=True, reasons=(), voted_at=now)

        async def open_session() -> None:
            await self._ledger.add_session(SessionFact(session, new_id() + new_id(), new_id(), now))
            await self._ledger.add_consent(ConsentFact(consent, session, agreed))

        await self._note("session", open_session)
        await self._ledger.add_battle(started, a, b)
        for conversation in (a, b):
            await self._note("turn", lambda conversation=conversation: self._turn(conversation, consent, now))
        await self._note("vote", lambda: self._ledger.cast_vote(battle, lambda _: vote))

    async def _turn(self, conversation: ConversationFact, consent: str, now: float) -> None:
        turn = new_id()
        said = TurnFact(turn, conversation.id, 0, consent, "first", conversation.model, WORDS, Parameters(), now)
        await self._ledger.open_turns(said)
        await self._ledger.finish_turn(TurnEnd(turn, Ending.COMPLETED, now, answer=WORDS))

    async def _note(self, what: str, work: Callable[[], Awaitable[object]]) -> None:
        began = time.perf_counter()
        await work()
        self.seconds[what].append(time.perf_counter() - began)


@asynccontextmanager
async def ledgers(urls: list[str]) -> AsyncGenerator[list[Ledger]]:
    """Open ledgers."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_ledger(url, key=b"key", writer="growth")) for url in urls]


async def compare(small: str, large: str) -> tuple[Seconds, Seconds]:
    """Write to both ledgers by turns; return what it took."""
    async with ledgers([small, large]) as opened:
        visitors = [Visitor(each) for each in opened]
        for number in range(ROUNDS):
            for visitor in visitors if number % 2 else reversed(visitors):
                await visitor.come()
    few, many = (visitor.seconds for visitor in visitors)
    return few, many


async def measure(turns: int, urls: tuple[str, str]) -> dict[str, object]:
    """Fill both ledgers and compare them."""
    small, large = urls
    turns = max(turns, SMALL)
    await fill(small, SMALL)
    began = time.perf_counter()
    await fill(large, turns, lambda done: print(f"{done:>11,} turns, {time.perf_counter() - began:.0f} s", flush=True))
    few, many = await compare(small, large)
    medians = {what: (statistics.median(few[what]), statistics.median(many[what])) for what in few}
    for what, (at_few, at_many) in medians.items():
        print(f"{what:<8} {1000 * at_few:7.2f} ms at {SMALL:,} turns {1000 * at_many:7.2f} ms at {turns:,}")
    ratio = max(at_many / at_few for at_few, at_many in medians.values())
    return {
        "name": "growth",
        "ours": {f"{what}_ms": round(1000 * at_many, 2) for what, (_, at_many) in medians.items()},
        "peers": {f"{what}_ms_at_{SMALL}": round(1000 * at_few, 2) for what, (at_few, _) in medians.items()},
        "turns": turns,
        "ratio": round(ratio, 2),
        "goal": GOAL,
        "met": ratio <= GOAL,
    }


def main(turns: int, kind: str) -> int:
    """Measure in a folder that is removed afterwards. Return the exit code."""
    OUT.mkdir(exist_ok=True)
    needed = BYTES_PER_TURN * turns * (1 if kind == "sqlite" else 2)
    if shutil.disk_usage(OUT).free < 2 * needed:
        print(f"growth needs {needed / 1e9:.0f} GB of disk, and twice that free; say fewer turns", file=sys.stderr)
        return 2
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=OUT))
            small, large = f"sqlite:///{folder}/small.sqlite3", f"sqlite:///{folder}/large.sqlite3"
        else:
            server = stack.enter_context(postgres_server())
            small, large = server.fresh_database(), server.fresh_database()
        print(json.dumps(asyncio.run(measure(turns, (small, large)))))
    return 0


if __name__ == "__main__":
    arguments = [*sys.argv[1:], "", ""]
    sys.exit(main(int(arguments[0] or FULL), arguments[1] or "sqlite"))
