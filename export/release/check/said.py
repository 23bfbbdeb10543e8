"""Whether rows say what the ledger holds: models, messages but for what was replaced, votes, who cast them."""

import pickle
import sqlite3
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arena.battle import Outcome
from export.card.samples import MARK
from export.release.asides import without_system_prompts
from export.release.check.made import Made, batches
from export.release.check.shape import SAID, Row, said_in
from export.release.forms import ReleaseKey, Unit
from export.release.manifest import MANIFEST
from export.release.normalise import normalise
from export.release.steps import Dropped, apply
from export.release.steps import Row as ReadRow
from export.release.times import is_possible
from logging_store.facts import ConversationRecord, SaidBattle, SaidTurn, Withheld

Read = ConversationRecord | Withheld
Kept = bytes | list[str]
"""A message: a digest of it, or what stands between the marks in it."""

_PEOPLE = ("judge", "evaluation_session_id", "session")
_VOTED = ("winner", "anony", "is_anonymous", "tstamp", "timestamp")


@dataclass(slots=True)
class Said:
    """The rows of one release, in a file by their ids; of messages without a mark no more than digests."""

    made: Made
    key: ReleaseKey
    rows: sqlite3.Connection
    wrong: dict[str, str] = field(default_factory=dict[str, str])
    """By ids: what is not as the ledger says."""
    people: dict[str, str] = field(default_factory=dict[str, str])
    """Pseudonyms by sessions, and the other way round."""
    held: int = 0
    """How many conversations, or battles, the ledger holds by now."""

    def take(self, read: Read) -> None:
        """Compare the row of a conversation, if there is one, with what the ledger says."""
        of_battles = self.made.form.unit is Unit.BATTLE
        self.held += not of_battles or _side(read) == "a"
        if isinstance(read, Withheld) or (of_battles and read.battle is None):
            return
        place = read.battle.conversation_a if of_battles and read.battle else read.conversation.id
        side = _side(read) if of_battles else ""
        its_id = self.key.id(self.made.form.name, place)
        found = self.rows.execute("SELECT row FROM said WHERE id = ?", (its_id + side,)).fetchone()
        if found is None:
            return
        model, messages, more = pickle.loads(zlib.decompress(found[0]))  # noqa: S301 (our own, of this minute)
        problem = self._problem(read, model, messages, more)
        if problem:
            self.wrong.setdefault(its_id, problem)

    def _problem(self, read: ConversationRecord, model: str, messages: Sequence[Kept], more: Row) -> str | None:
        if model != read.conversation.model:
            return "its model is not the ledger's"
        if not _are_said(messages, read):
            return "its messages are not the ledger's"
        if read.battle is not None and more.get("winner") is not None and not _is_voted(more, read.battle):
            return "its vote is not the ledger's"
        if not self._is_whose(read.conversation.session_id, more):
            return "its pseudonym is not that of the same visitor's other rows"
        return None

    def _is_whose(self, session: str, more: Row) -> bool:
        """Tell whether a visitor has one pseudonym, and nobody else has it."""
        who = next((str(more[name]) for name in _PEOPLE if name in more), None)
        if who is None:
            return True
        known = self.people.setdefault(f"session {session}", who), self.people.setdefault(who, session)
        return known == (who, session)

    def findings(self) -> Iterator[str]:
        """Yield each row that is not as the ledger says, and whether more was read than it holds: it only grows."""
        if self.made.manifest.counts.read > self.held:
            yield f"{MANIFEST}: counts: {self.made.manifest.counts.read} were read, the ledger holds {self.held}"
        yield from (f"{its_id}: {problem}" for its_id, problem in sorted(self.wrong.items()))


def _side(read: Read) -> str:
    return (read.side if isinstance(read, Withheld) else read.conversation.side) or ""


@contextmanager
def said_in_files(releases: Iterable[Made], key: bytes) -> Generator[list[Said]]:
    """Put rows where they are found by their ids: a temporary folder. What cannot be read is passed over."""
    with TemporaryDirectory() as folder:
        kept: list[Said] = []
        try:
            for number, made in enumerate(releases):
                rows = sqlite3.connect(Path(folder) / f"{number}.sqlite3")
                kept.append(Said(made, ReleaseKey(key, made.manifest.date), rows))
                _fill(rows, made)
            yield kept
        finally:
            for each in kept:
                each.rows.close()


async def compared(reads: AsyncIterable[Read], kept: Sequence[Said]) -> AsyncGenerator[Read]:
    """Show each conversation of the ledger to all of these, and pass it on."""
    async for read in reads:
        for each in kept:
            each.take(read)
        yield read


def _fill(rows: sqlite3.Connection, made: Made) -> None:
    rows.execute("PRAGMA synchronous = OFF")
    rows.execute("CREATE TABLE said (id TEXT PRIMARY KEY, row BLOB) WITHOUT ROWID")
    for path in made.data_files:
        try:
            if pq.read_schema(path).equals(made.form.schema):
                for batch in batches(path):
                    rows.executemany("INSERT OR REPLACE INTO said VALUES (?, ?)", _packed(made, batch.to_pylist()))
        except (pa.ArrowException, OSError):
            continue  # that it cannot be read was said
    rows.commit()


def _packed(made: Made, rows: Iterable[Row]) -> Iterator[tuple[str, bytes]]:
    for row in rows:
        more = {name: row[name] for name in (*_VOTED, *_PEOPLE) if name in row}
        for name in SAID:
            if name in row:
                side = "" if name == "conversation" else name[-1]
                model = row[f"model_{side}" if side else "model"]
                kept = [_kept(text) for text in said_in(row, name)]
                content = zlib.compress(pickle.dumps((model, kept, more if side != "b" else {})), 1)
                yield f"{row[made.id_column]}{side}", content


def _kept(text: str) -> Kept:
    pieces = MARK.split(text)
    return pieces if len(pieces) > 1 else _digest(text)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _are_said(messages: Sequence[Kept], read: ConversationRecord) -> bool:
    """Tell whether all pairs of messages stand in the ledger, in this order: it may have gone on, or told more."""
    pairs = (texts for turn in read.turns if turn.is_answered for texts in _texts(read, turn))
    return len(messages) % 2 == 0 and all(
        any(_fits(messages[at], text) and _fits(messages[at + 1], answer) for text, answer in pairs)
        for at in range(0, len(messages), 2)
    )


def _texts(read: ConversationRecord, turn: SaidTurn) -> Iterator[tuple[str, str]]:
    """Yield a turn's two texts as the steps have them before anything is replaced."""
    row = apply([without_system_prompts, normalise], ReadRow(read, (turn,), (turn.text, turn.answer)))
    if not isinstance(row, Dropped):
        yield row.texts[0], row.texts[1]


def _fits(kept: Kept, text: str) -> bool:
    """Tell whether a message is this text, but for what was replaced."""
    if isinstance(kept, bytes):
        return kept == _digest(text)
    first, *middle, last = kept
    place, end = len(first), len(text) - len(last)
    if place > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        place = text.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return True


def _is_voted(more: Row, battle: SaidBattle) -> bool:
    if battle.outcome is None or battle.voted_at is None:
        return False
    named = {str(battle.outcome), *({"tie (bothbad)"} if battle.outcome is Outcome.BOTH_BAD else ())}
    told: Mapping[str, Any] = {
        "anony": battle.is_anonymous,
        "is_anonymous": battle.is_anonymous,
        "tstamp": battle.voted_at,
        "timestamp": _moment(battle.voted_at),
    }
    return more["winner"] in named and all(more[name] == value for name, value in told.items() if name in more)


def _moment(at: float) -> datetime | None:
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None) if is_possible(at) else None
