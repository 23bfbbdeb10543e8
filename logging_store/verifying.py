"""Makes sure that what was forgotten is gone from the files: which files there are, and what is looked for in them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError
from logging_store.columns import storable
from logging_store.engine import parse_url
from logging_store.erasing import NOBODY
from logging_store.ledger import Ledger
from logging_store.tables import tombstones, turns
from logging_store.traces import ForgottenIds, Sought, Trace, traces_in

OUT_OF_REACH = """out of reach of this command, and not searched:
- older backups and dumps; what `restore` and `load` bring back, DATA/tombstones.jsonl takes out again: keep that file
- snapshots of the disk, and freed blocks on it
- the database's logs where they are archived, and its replicas
- releases that are published already; the next ones leave it out and say so in their manifests"""
UNSWEPT = (
    "pieces that no id stands beside any more, of what was forgotten since the last `arena store sweep`: sweep first"
)
NO_PGDATA = "PostgreSQL's own files: search them where they can be read, by `arena store verify-forgotten --pgdata DIR`"

EXCERPT = 40
"""Letters of a piece that is looked for: few enough to lie on one page of a database mostly."""
SHORTEST = 8
"""Letters. Shorter ones are everybody's words."""
MOST_EXCERPTS = 90

_IDS_AT_ONCE = 1_000


@dataclass(slots=True)
class Searched:
    """What a search came to."""

    traces: list[Trace] = field(default_factory=list[Trace])
    unread: list[str] = field(default_factory=list[str])
    """What could not be searched, and why."""
    size: int = 0
    """Bytes that were looked at."""


def places(url: str, data: Path, pgdata: Path | None = None, logs: Iterable[Path] = ()) -> tuple[list[Path], list[str]]:
    """Return the files in which something may be left, and what cannot be searched."""
    found: list[Path] = []
    missing: list[str] = []
    parsed = parse_url(url)
    if parsed.drivername.startswith("sqlite"):
        ledger = Path(parsed.database or "")
        # the file, its logs, and drafts of copies that broke off
        found += [*ledger.parent.glob(f"{ledger.name}*"), *ledger.parent.glob(f".{ledger.name}.*")]
    elif pgdata is None:
        missing.append(NO_PGDATA)
    else:
        found += pgdata.rglob("*")
    found += (data / "spool").rglob("*")
    for log in logs:
        found += log.rglob("*") if log.is_dir() else [log]
    missing += [f"{log}: there is no such file" for log in logs if not log.exists()]
    return sorted({each for each in found if each.is_file()}), missing


def search(files: Sequence[Path], sought: Sought, read: Callable[[int], None] = lambda _: None) -> Searched:
    """Search the files one after the other. It blocks. A file that is gone meanwhile holds nothing."""
    searched = Searched()

    def count(size: int) -> None:
        searched.size += size
        read(size)

    for file in files:
        try:
            searched.traces += traces_in(file, sought, count)
        except FileNotFoundError:
            continue
        except OSError as error:
            searched.unread.append(f"{file}: {error.strerror}")
    return searched


def excerpts(texts: Iterable[str]) -> list[str]:
    """Return pieces of texts by which these would be recognised: of each its beginning, its middle and its end."""
    pieces: dict[str, None] = {}
    for said in texts:
        text = storable(said).strip()
        middle = (len(text) - EXCERPT) // 2
        for piece in (text[:EXCERPT], text[max(middle, 0) :][:EXCERPT], text[-EXCERPT:]):
            if len(piece) >= SHORTEST:
                pieces[piece] = None
    listed = list(pieces)
    return listed[:: max(1, -(-len(listed) // MOST_EXCERPTS))]


async def forgotten_ids(ledger: Ledger) -> ForgottenIds:
    """Return the ids of the turns that were forgotten."""
    found: list[str] = []
    last = ""
    while page := await ledger.database.read(lambda connection, last=last: _page_in(connection, last)):
        found += (turn_id for _, turn_id in page if turn_id is not None)
        last = page[-1][0]
    return ForgottenIds.of(found)


async def said_by_others(ledger: Ledger, phrase: str) -> bool:
    """Whether a turn that stays says this too: then finding it in a file proves nothing."""

    async def ask(connection: AsyncConnection) -> bool:
        place = func.instr if ledger.database.is_sqlite else func.strpos
        said = or_(*(place(column, phrase) > 0 for column in (turns.c.text, turns.c.answer, turns.c.reasoning)))
        return (await connection.execute(select(exists().where(said)))).scalar_one()

    try:
        return await ledger.database.read(ask)
    except LedgerError:  # too large to ask in time: it counts as found
        return False


async def _page_in(connection: AsyncConnection, last: str) -> list[tuple[str, str | None]]:
    page = (
        select(tombstones.c.conversation_id)
        .where(tombstones.c.conversation_id > last)
        .order_by(tombstones.c.conversation_id)
        .limit(_IDS_AT_ONCE)
        .subquery()
    )
    its_own = (turns.c.conversation_id == page.c.conversation_id) & (turns.c.consent_id == NOBODY)
    query = select(page.c.conversation_id, turns.c.id).select_from(page.outerjoin(turns, its_own))
    rows = (await connection.execute(query.order_by(page.c.conversation_id))).all()
    return [(row[0], row[1]) for row in rows]
