"""Which batches are under way, and which texts wait in them: kept in the file of verdicts, so that whoever was killed
goes on with them.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from export.moderation.store import holes, some
from export.moderation.verdict import Verdict
from export.moderation.writing import VerdictWriter, commit


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch whose results are not here yet."""

    plan: str
    """Our own name for it: it is written down before the provider hears of it, and goes with it as metadata."""
    requests: int
    batch_id: str | None
    """The provider's name; None where we were interrupted before we heard it."""


class BatchBook:
    """The batches of one model at one provider."""

    def __init__(self, writer: VerdictWriter, base_url: str) -> None:
        self.writer = writer
        self._connection = writer.connection
        self._where = (base_url, writer.asked)

    def open(self) -> list[OpenBatch]:
        """Return the batches that are under way."""
        question = "SELECT plan, requests, batch_id FROM batches WHERE base_url = ? AND model = ? ORDER BY plan"
        return [OpenBatch(*row) for row in self._connection.execute(question, self._where)]

    def waiting(self, keys: Iterable[bytes]) -> set[bytes]:
        """Return those of the texts that are in a batch of this model that is under way."""
        found: set[bytes] = set()
        question = (
            "SELECT w.text FROM waiting w JOIN batches b ON b.plan = w.plan "
            "WHERE b.base_url = ? AND b.model = ? AND w.text IN ({holes})"
        )
        for part in some(list(keys)):
            asked = question.format(holes=holes(len(part)))
            found.update(row[0] for row in self._connection.execute(asked, (*self._where, *part)))
        return found

    def plan(self, keys: Sequence[bytes]) -> str:
        """Write down that these texts are about to be sent, and return the batch's name."""
        plan = secrets.token_hex(16)
        with commit(self._connection):
            self._connection.execute("INSERT INTO batches VALUES (?, ?, ?, ?, NULL)", (plan, *self._where, len(keys)))
            self._connection.executemany("INSERT INTO waiting VALUES (?, ?)", ((key, plan) for key in keys))
        return plan

    def sent(self, plan: str, batch_id: str, file_id: str | None) -> None:
        """Write down by which name the provider knows a batch, and the file that is to be deleted there afterwards."""
        with commit(self._connection):
            self._connection.execute("UPDATE batches SET batch_id = ? WHERE plan = ?", (batch_id, plan))
            if file_id:
                self._note_files([file_id])

    def settle(
        self,
        plan: str,
        verdicts: Sequence[tuple[bytes, Verdict]] = (),
        refused: Sequence[tuple[bytes, str]] = (),
        files: Sequence[str] = (),
    ) -> None:
        """Keep what a batch brought and forget the batch, in one commit. What it did not bring is missing again."""
        with commit(self._connection) as generation:
            self.writer.add_in(generation, verdicts, refused)
            for table in ("waiting", "batches"):
                self._connection.execute(f"DELETE FROM {table} WHERE plan = ?", (plan,))  # noqa: S608 (ours)
            self._note_files(files)

    def keys_of(self, plan: str) -> set[bytes]:
        """Return the texts that wait in a batch."""
        return {row[0] for row in self._connection.execute("SELECT text FROM waiting WHERE plan = ?", (plan,))}

    def remote_files(self) -> list[str]:
        """Return the files that lie at the provider and are to be deleted, but for those of open batches."""
        if self.open():
            return []
        question = "SELECT file_id FROM remote_files WHERE base_url = ? ORDER BY file_id"
        return [row[0] for row in self._connection.execute(question, self._where[:1])]

    def swept(self, file_id: str) -> None:
        """Write down that a file is gone."""
        with commit(self._connection):
            self._connection.execute("DELETE FROM remote_files WHERE file_id = ?", (file_id,))

    def _note_files(self, files: Iterable[str]) -> None:
        self._connection.executemany(
            "INSERT OR IGNORE INTO remote_files VALUES (?, ?)", ((each, self._where[0]) for each in files)
        )
