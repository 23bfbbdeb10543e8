"""What a whole release costs: CPU of all processes for a million conversations, their memory; rows written a second.

Makes ledgers of several sizes with `chat-1m` in mind (two turns of 1,100 characters on average), releases each, and
reckons a million from the largest. Linear: from the smallest to the largest, the cost of a conversation may grow by a
tenth. `make bench NAME=export ARGS=1000000` measures a million as it is: 5 GB of disk, and long; ARGS=4000 is a glance.
No figure is better than its sample: `conversations` says of how many it is.

The writer's peer is Hugging Face's `datasets`, on the same rows and one core: rows to Parquet.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._big_ledger import make_ledger
from benchmarks._chats import texts
from export.release.chat_1m import SCHEMA
from export.release.parquet import group_ends, parquet_writer

SAMPLE = 50_000
MILLION = 1_000_000
GOALS = {"balanced": 20 * 60, "recall": 4 * 3600}
"""CPU seconds for a million."""
MEMORY_GOAL = 2_000
"""MB of all processes together, at any one time."""
WRITER_GOAL = 15_000
"""Rows a second on one core."""
LINEAR_GOAL = 1.1
WRITTEN = 20_000
TEXTS = 40_000
"""Different ones: fewer would come again while they are still remembered, as people's words do not."""
OUT = Path(__file__).parent / "out"
LOOKED_EVERY = 0.2
"""Seconds."""


def export(ledger: Path, out: Path, names: str) -> dict[str, float]:
    """Make a release with a process a core; return its CPU seconds, its time and the memory of the whole tree."""
    arguments = ["export", "release", "--data", str(ledger), "--out", str(out), "--names", names]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "arena.command", *arguments], stdout=subprocess.DEVNULL) as child:
        megabytes = _watched(child)
    if child.returncode:
        raise SystemExit(child.returncode)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": round(cpu, 1), "s": round(time.perf_counter() - began, 1), "mb": megabytes}


def _watched(child: subprocess.Popen[bytes]) -> int:
    """Wait for a process; return the most memory that its tree held at once, each shared page counted in parts."""
    most = 0
    done = threading.Event()
    threading.Thread(target=lambda: (child.wait(), done.set()), daemon=True).start()
    while not done.wait(LOOKED_EVERY):
        most = max(most, _tree_bytes(child.pid))
    return most // 1_000_000


def _tree_bytes(pid: int) -> int:
    try:
        parent = psutil.Process(pid)
        return sum(each.memory_full_info().pss for each in (parent, *parent.children(recursive=True)))
    except psutil.Error:
        return 0


def writing(rows: list[dict[str, Any]], folder: Path) -> dict[str, float]:
    """Return rows a second: ours and the peer's."""
    return {
        "rows_per_s": _rate(len(rows), lambda: _write(rows, folder / "ours.parquet")),
        "datasets_rows_per_s": _rate(len(rows), lambda: _write_as_datasets(rows, folder)),
    }


def _rate(rows: int, work: Callable[[], object]) -> float:
    best = 0.0
    for _ in range(2):
        began = time.process_time()
        work()
        best = max(best, rows / (time.process_time() - began))
    return round(best)


def _write(rows: Sequence[dict[str, Any]], path: Path) -> None:
    with parquet_writer(path, SCHEMA) as writer:
        for start, stop in group_ends([1] * len(rows)):
            writer.write_table(pa.Table.from_pylist(list(rows[start:stop]), schema=SCHEMA))


def _write_as_datasets(rows: list[dict[str, Any]], folder: Path) -> None:
    from datasets import Dataset, Features  # noqa: PLC0415 (it takes seconds to import, and needs its folder first)

    features = Features.from_arrow_schema(SCHEMA)
    made = Dataset.from_generator(lambda: iter(rows), features=features, cache_dir=str(folder / str(time.time_ns())))
    assert isinstance(made, Dataset)
    made.to_parquet(folder / "theirs.parquet")


def measure(folder: Path, conversations: int) -> dict[str, object]:
    """Make the ledgers, and releases of them."""
    sizes = (conversations // 5, conversations)
    said = texts(TEXTS)
    for size in sizes:
        (folder / f"{size}").mkdir()
        make_ledger(folder / f"{size}" / "ledger.sqlite3", size, said)
    ours: dict[str, Any] = {}
    for names, goal in GOALS.items():
        few, many = (
            _told(names, size, export(folder / f"{size}", folder / f"{names}-{size}", names)) for size in sizes
        )
        million = many["cpu_s"] * MILLION / conversations
        ours[names] = {
            **many,
            "cpu_minutes_a_million": round(million / 60, 1),
            "linear": round((many["cpu_s"] - few["cpu_s"]) / (sizes[1] - sizes[0]) * sizes[0] / few["cpu_s"], 2),
            "met": million <= goal and many["mb"] <= MEMORY_GOAL,
        }
    rows = pq.read_table(folder / f"balanced-{conversations}" / "data").slice(0, WRITTEN).to_pylist()
    written = writing(rows, folder)
    print(f"writing: {written['rows_per_s']:,.0f} rows/s, datasets {written['datasets_rows_per_s']:,.0f}")
    met = all(each["met"] for each in ours.values()) and written["rows_per_s"] >= WRITER_GOAL
    return {
        "name": "export",
        "ours": {**ours, "writer_rows_per_s": written["rows_per_s"]},
        "peers": {"datasets_rows_per_s": written["datasets_rows_per_s"]},
        "conversations": conversations,
        "rows_written": len(rows),
        "goal": {"cpu_s_a_million": GOALS, "mb": MEMORY_GOAL, "writer_rows_per_s": WRITER_GOAL},
        "met": met,
    }


def _told(names: str, size: int, cost: dict[str, float]) -> dict[str, float]:
    print(f"{names:<9} {size:>9,}: {cost['cpu_s']:8.1f} s CPU, {cost['s']:7.1f} s, {cost['mb']:6,.0f} MB", flush=True)
    return cost


def main(conversations: int) -> None:
    """Measure in a folder that is removed afterwards."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HOME": folder, "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
        print(json.dumps(measure(Path(folder), conversations)))


if __name__ == "__main__":
    main(int([*sys.argv[1:], SAMPLE][0]))
