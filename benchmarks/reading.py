"""Reading a whole ledger out for export: conversations a second from SQLite, and the memory it takes.

A ledger is generated: a million conversations (or as many as the argument says) of two turns on average, 1 KB of text a
turn, of which a tenth may not be released. Each reader has a process of its own. Peers, on the first 50,000 of the same
conversations: SQLAlchemy's mapped classes, and JSON lines as FastChat writes and reads them.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from benchmarks._big_ledger import make_ledger
from benchmarks._readers import written

CONVERSATIONS = 1_000_000
FOR_PEERS = 50_000
GOAL = 30_000
"""Conversations a second."""
MEGABYTES = 300


def read(kind: str, place: str) -> dict[str, Any]:
    """Read in a process of its own; return its figures."""
    command = [sys.executable, "-m", "benchmarks._readers", kind, place]
    figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    figures["rate"] = figures["read"] / figures["seconds"]
    print(f"{kind:<12} {figures['read']:>9,} read {figures['rate']:>9,.0f} a second {figures['megabytes']:>7.0f} MB")
    return figures


def messages_of(file: Path) -> Iterator[tuple[str, str, list[list[str]]]]:
    """Yield the conversations of a ledger, each as (id, model, messages)."""
    query = "SELECT conversation_id, model, text, answer FROM turns ORDER BY conversation_id, position"
    with closing(sqlite3.connect(file)) as connection:
        for conversation, its_own in groupby(connection.execute(query), key=itemgetter(0)):
            rows = list(its_own)
            said = [message for *_, text, answer in rows for message in (["USER", text], ["ASSISTANT", answer])]
            yield conversation, rows[0][1], said


def measure(conversations: int, folder: Path) -> dict[str, object]:
    """Measure everything once."""
    big, small, log = folder / "big.sqlite3", folder / "small.sqlite3", folder / "log.json"
    make_ledger(small, min(FOR_PEERS, conversations))
    written(messages_of(small), log)
    alchemy, lines = read("orm", f"sqlite:///{small}"), read("json_lines", str(log))
    make_ledger(big, conversations)
    ours = read("ours", f"sqlite:///{big}")
    return {
        "name": "reading",
        "ours": {
            "conversations_per_second": round(ours["rate"]),
            "conversations_per_cpu_second": round(ours["read"] / ours["cpu_seconds"]),
            "conversations": ours["read"],
            "peak_megabytes": round(ours["megabytes"]),
        },
        "peers": {
            "sqlalchemy_conversations_per_second": round(alchemy["rate"]),
            "json_lines_conversations_per_second": round(lines["rate"]),
            f"json_lines_peak_megabytes_for_{lines['read']}": round(lines["megabytes"]),
        },
        "ratio": round(ours["rate"] / alchemy["rate"], 1),
        "goal": GOAL,
        "met": ours["rate"] >= GOAL and ours["megabytes"] <= MEGABYTES,
    }


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else CONVERSATIONS
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(measure(wanted, Path(place))))
