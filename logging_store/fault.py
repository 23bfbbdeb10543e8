"""What a check of the ledger finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty record."""

    table: str
    id: str
    problem: str

    def __str__(self) -> str:
        return f"{self.table} {self.id}: {self.problem}"
