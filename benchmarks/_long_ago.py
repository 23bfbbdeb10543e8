"""Fills a ledger with as many turns as years would bring: plain SQL, step by step, in the order of time.

Texts and digests are short, so that the rows' number is what counts. The links are of the right number and order, and
would not pass a check.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import text

from logging_store.engine import open_database, parse_url
from logging_store.ledger import open_ledger

TURNS_PER_BATTLE = 8
"""Four on each side; each session has two battles, each battle its vote."""
BATTLES_AT_ONCE = 25_000
BEGIN_MS = 1_500_000_000_000
APART_MS = 1000
"""Between one battle's start and the next one's."""
BYTES_PER_TURN = 1200
"""On disk, all that belongs to it included; measured, and rounded up."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database says what generates rows."""

    number: str
    """A numbered list from {first} to before {beyond}, its column called i."""
    record: str
    """A record's id, from milliseconds and a number."""
    chance: str
    """24 hex digits."""
    day: str
    """The day of {ms}."""


SQLITE = Dialect(
    number=(
        "(WITH RECURSIVE n(i) AS (VALUES({first}) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {beyond})"
        " SELECT i FROM n)"
    ),
    record="printf('%012x%020x', {ms}, {n})",
    chance="lower(hex(randomblob(12)))",
    day="date(({ms}) / 1000, 'unixepoch')",
)
POSTGRESQL = Dialect(
    number="generate_series(CAST({first} AS bigint), {beyond} - 1) AS n(i)",
    record="lpad(to_hex({ms}), 12, '0') || lpad(to_hex({n}), 20, '0')",
    chance="substr(md5(random()::text), 1, 24)",
    day="to_char(to_timestamp(({ms}) / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
)


class Filler:
    """Writes what so many battles leave behind."""

    def __init__(self, dialect: Dialect) -> None:
        self._sql = dialect

    def statements(self, first: int, beyond: int) -> Iterator[str]:
        """Yield what writes the battles from `first` to before `beyond`; both are even."""
        yield from self._visits(first, beyond)
        yield from self._battles(first, beyond)
        yield from self._turns(TURNS_PER_BATTLE * first, TURNS_PER_BATTLE * beyond)

    def _visits(self, first: int, beyond: int) -> Iterator[str]:
        sessions, opened = (first // 2, beyond // 2), f"{BEGIN_MS} + i * {2 * APART_MS}"
        session, at = self._id(opened, "i"), f"({opened}) / 1000.0"
        token = f"{self._sql.chance} || {self._sql.chance}"
        address = self._sql.chance
        yield self._into("sessions", sessions, id=session, token_hash=token, address_hash=address, opened_at=at)
        scopes = dict.fromkeys(("serve", "log", "release", "share"), "TRUE")
        terms = {"terms_version": "'1'", "language": "'en'", "accepted_at": at}
        yield self._into("consents", sessions, id=session, session_id=session, **terms, **scopes)
        for number, event in ((2, "session"), (3, "consent")):
            yield self._link(event, sessions, opened, session, f"{4 * TURNS_PER_BATTLE} * 2 * i + {number}")

    def _battles(self, first: int, beyond: int) -> Iterator[str]:
        battles, opened = (first, beyond), f"{BEGIN_MS} + i * {APART_MS}"
        battle, at = self._id(opened, "i"), f"({opened}) / 1000.0"
        owner = self._id(f"{BEGIN_MS} + i / 2 * {2 * APART_MS}", "i / 2")
        a, b = self._id(opened, "2 * i"), self._id(opened, "2 * i + 1")
        shared = {"session_id": owner, "mode": "'battle'", "opened_at": at}
        drawn = {"model_a": "'one'", "model_b": "'two'", "policy": "'uniform'"}
        yield self._into("battles", battles, id=battle, conversation_a=a, conversation_b=b, **drawn, **shared)
        for side, its_id, model in (("'a'", a, "'one'"), ("'b'", b, "'two'")):
            yield self._into("conversations", battles, id=its_id, model=model, battle_id=battle, side=side, **shared)
        said = {"outcome": "'tie'", "is_anonymous": "TRUE", "reasons": "'[]'", "voted_at": at}
        yield self._into("votes", battles, id=battle, battle_id=battle, session_id=owner, **said)
        told = ((6, "battle", battle), (7, "conversation", a), (10, "conversation", b), (14, "vote", battle))
        for number, event, record in told:
            yield self._link(event, battles, opened, record, f"{4 * TURNS_PER_BATTLE} * i + {number}")

    def _turns(self, first: int, beyond: int) -> Iterator[str]:
        battle, turns = f"i / {TURNS_PER_BATTLE}", (first, beyond)
        of_battle = f"{BEGIN_MS} + {battle} * {APART_MS}"
        of_turn = f"{of_battle} + i % {TURNS_PER_BATTLE} * 100"
        turn, at = self._id(of_turn, "i"), f"({of_turn}) / 1000.0"
        consent = self._id(f"{BEGIN_MS} + {battle} / 2 * {2 * APART_MS}", f"{battle} / 2")
        of_whom = {"conversation_id": self._id(of_battle, f"2 * ({battle}) + i % 2"), "consent_id": consent}
        by_whom = {"position": f"i % {TURNS_PER_BATTLE} / 2", "controller": "'controller'", "model": "'one'"}
        asked = {"text": "'What is it?'", "parameters": "'{}'", "opened_at": at, "finished_at": at}
        ended = {"ending": "'completed'", "finish_reason": "'stop'", "answer": "'It is this.'", "reasoning": "''"}
        yield self._into("turns", turns, id=turn, **of_whom, **by_whom, **asked, **ended)
        for place, event in enumerate(("turn_opened", "turn_ended")):
            yield self._link(event, turns, of_turn, turn, f"4 * i + {place}")

    def _link(self, event: str, span: tuple[int, int], ms: str, record: str, number: str) -> str:
        chain = f"'controller/' || {self._sql.day.format(ms=ms)}"
        told = {"chain": chain, "number": number, "event": f"'{event}'", "record_id": record, "at": f"({ms}) / 1000.0"}
        return self._into("links", span, **told, salt=self._sql.chance, digest=self._sql.chance, mac=self._sql.chance)

    def _id(self, ms: str, number: str) -> str:
        return self._sql.record.format(ms=f"({ms})", n=f"({number})")

    def _into(self, table: str, span: tuple[int, int], **columns: str) -> str:
        rows = self._sql.number.format(first=span[0], beyond=span[1])
        return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {rows}"


async def fill(url: str, turns: int, told: Callable[[int], None] = lambda _: None) -> None:
    """Make a ledger of so many turns, rounded to whole sessions. `told` how many there are so far."""
    async with open_ledger(url):
        pass
    battles = 2 * round(turns / TURNS_PER_BATTLE / 2)
    async with open_database(parse_url(url)) as database:
        filler = Filler(SQLITE if database.is_sqlite else POSTGRESQL)
        for first in range(0, battles, BATTLES_AT_ONCE):
            beyond = min(first + BATTLES_AT_ONCE, battles)
            async with database.writer.begin() as connection:
                for statement in filler.statements(first, beyond):
                    await connection.execute(text(statement.replace(":", "\\:")))
            told(TURNS_PER_BATTLE * beyond)
        if not database.is_sqlite:
            async with database.writer.begin() as connection:
                await connection.execute(text("ANALYZE"))  # as it does in time by itself
