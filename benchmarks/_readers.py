"""Reads a ledger, or FastChat's kind of log, to its end in a process of its own; prints what that took as JSON."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, registry, relationship, selectinload

from logging_store.facts import ConversationRecord
from logging_store.ledger import open_ledger
from logging_store.reading import conversation_records
from logging_store.tables import consents, conversations, sessions, turns

Count = tuple[int, int]
"""Conversations, and characters of what may be released of them."""


def ours(source: str) -> Count:
    """Read with our reader."""
    return asyncio.run(_ours(source))


async def _ours(url: str) -> Count:
    read = chars = 0
    async with open_ledger(url) as ledger, aclosing(conversation_records(ledger)) as records:
        async for record in records:
            read += 1
            if isinstance(record, ConversationRecord):
                chars += sum(len(turn.text) + len(turn.answer) for turn in record.turns)
    return read, chars


def orm(source: str) -> Count:
    """Read with SQLAlchemy's mapped classes, their relations loaded a page at a time."""
    mapped, visit = _mapped()
    loads = [selectinload(mapped.turns), selectinload(mapped.visit).selectinload(visit.consents)]
    query = select(mapped).order_by(mapped.id).options(*loads).execution_options(yield_per=500)
    read = chars = 0
    with Session(create_engine(source)) as session:
        for page in session.scalars(query).partitions():
            for each in page:
                read += 1
                allowed = {consent.id for consent in each.visit.consents if consent.release}
                if all(turn.consent_id in allowed for turn in each.turns):
                    chars += sum(len(turn.text) + len(turn.answer) for turn in each.turns)
    return read, chars


def _mapped() -> tuple[Any, Any]:
    """Return classes for conversations and sessions."""
    classes = registry()
    turn, consent, visit, conversation = (type(name, (), {}) for name in ("Turn", "Consent", "Visit", "Conversation"))
    classes.map_imperatively(turn, turns)
    classes.map_imperatively(consent, consents)
    classes.map_imperatively(visit, sessions, properties={"consents": relationship(consent)})
    related = {"turns": relationship(turn, order_by=turns.c.position), "visit": relationship(visit)}
    classes.map_imperatively(conversation, conversations, properties=related)
    return conversation, visit


def json_lines(source: str) -> Count:
    """Read as FastChat's cleaning does: every line is parsed, and of each conversation the last one is kept."""
    last: dict[str, dict[str, Any]] = {}
    with Path(source).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            last[row["state"]["conv_id"]] = row
    return len(last), sum(len(said or "") for row in last.values() for _, said in row["state"]["messages"])


READERS: dict[str, Callable[[str], Count]] = {"ours": ours, "orm": orm, "json_lines": json_lines}


def peak_megabytes() -> float:
    """Return the most memory that this process held at once (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def written(rows: Iterator[tuple[str, str, list[list[str]]]], file: Path) -> None:
    """Write conversations (id, model, messages) as FastChat logs them: a line a turn, with all that was said so far."""
    with file.open("w", encoding="utf-8") as out:
        for conversation, model, messages in rows:
            for end in range(2, len(messages) + 1, 2):
                state = {"conv_id": conversation, "model_name": model, "messages": messages[:end], "offset": 0}
                row = {"tstamp": 1.5, "type": "chat", "model": model, "state": state, "ip": "203.0.113.7"}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    _, kind, place = sys.argv
    began, cpu_began = time.perf_counter(), time.process_time()
    read, chars = READERS[kind](place)
    took = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu_began}
    print(json.dumps({"read": read, "characters": chars, **took, "megabytes": peak_megabytes()}))
