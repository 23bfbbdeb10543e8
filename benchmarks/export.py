"""What a whole release costs: CPU of all its processes for a million conversations, their memory; how fast rows go out.

`make bench NAME=export` releases a few thousand conversations (two turns of 1,100 characters on average) and more of
them: what does not grow with them is start-up, and a million is reckoned from the rest. That is a glance of minutes.
In full, each measured as it is:

- `ARGS="balanced 100000 1000000"`: a million, and how many times the cost of a tenth it is (7 GB of disk)
- `ARGS="recall 50000"`: times twenty
- `ARGS="none 2000 20000"`: all but the names

Ledgers are made once and kept in `benchmarks/out/ledgers`. CPU is that of the process and all its children, as the
system counts it. The writer's peer is Hugging Face's `datasets`, on the same rows and one core: rows to Parquet.
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
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import _big_ledger, _chats
from export.release.chat_1m import SCHEMA
from export.release.parquet import group_ends, parquet_writer

GLANCE = {"balanced": (2_000, 20_000), "recall": (300, 1_500)}
"""Conversations."""
MILLION = 1_000_000
GOALS = {"balanced": 20 * 60, "recall": 4 * 3600}
"""CPU seconds for a million."""
MEMORY_GOAL = 2_000
"""MB of all processes together, at any one time."""
WRITER_GOAL = 15_000
"""Rows a second on one core."""
LINEAR_GOAL, FROM = 11, 100_000
"""So many times a tenth's cost a million may have; in fewer than these conversations start-up hides it."""
WRITTEN = 20_000
TEXTS = 40_000
"""Different ones: fewer would come again while they are still remembered, as people's words do not."""
OUT = Path(__file__).parent / "out"
LOOKED_EVERY = 0.5
"""Seconds."""


def ledger(conversations: int) -> Path:
    """Return the folder of a ledger, which is made unless it is there as today's generator makes it."""
    made_by = sha256(b"".join(Path(str(each.__file__)).read_bytes() for each in (_big_ledger, _chats))).hexdigest()[:8]
    folder = OUT / "ledgers" / f"{conversations}-{made_by}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as half:
            made = Path(half) / "made"
            made.mkdir()
            _big_ledger.make_ledger(made / "ledger.sqlite3", conversations, _chats.texts(TEXTS))
            made.rename(folder)
    return folder


def export(data: Path, out: Path, names: str) -> dict[str, float]:
    """Make a release with a process a core; return its CPU seconds, its time and the memory of the whole tree."""
    arguments = ["export", "release", "--data", str(data), "--out", str(out), "--names", names]
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


def whole(names: str, sizes: Sequence[int], folder: Path) -> dict[str, Any]:
    """Release ledgers of these sizes; return what the largest one cost, and what a million costs by them."""
    costs = [_told(names, size, export(ledger(size), folder / f"{names}-{size}", names)) for size in sizes]
    (few, many), (least, most) = (sizes[0], sizes[-1]), (costs[0], costs[-1])
    each = (most["cpu_s"] - least["cpu_s"]) / (many - few) if many > few else most["cpu_s"] / many
    million = most["cpu_s"] + each * (MILLION - many)
    found = {
        **most,
        "conversations": many,
        "cpu_ms_a_conversation": round(1000 * each, 3),
        "start_up_cpu_s": round(most["cpu_s"] - each * many, 1),
        "cpu_minutes_a_million": round(million / 60, 1),
        "times_a_tenth": round(most["cpu_s"] / least["cpu_s"], 2) if many == 10 * few and few >= FROM else None,
    }
    is_linear = (found["times_a_tenth"] or 0) <= LINEAR_GOAL
    found["met"] = million <= GOALS.get(names, float("inf")) and most["mb"] <= MEMORY_GOAL and is_linear
    print(f"{names:<9} a million: {found['cpu_minutes_a_million']:,} CPU minutes", flush=True)
    return found


def _told(names: str, size: int, cost: dict[str, float]) -> dict[str, float]:
    print(f"{names:<9} {size:>9,}: {cost['cpu_s']:8.1f} s CPU, {cost['s']:7.1f} s, {cost['mb']:6,.0f} MB", flush=True)
    return cost


def measure(folder: Path, sizes: dict[str, tuple[int, ...]], *, with_writer: bool) -> dict[str, object]:
    """Make the releases, and write rows of one of them."""
    ours: dict[str, Any] = {names: whole(names, of_names, folder) for names, of_names in sizes.items()}
    peers: dict[str, float] = {}
    met = all(each["met"] for each in ours.values())
    if with_writer:
        names, of_names = next(iter(sizes.items()))
        rows = pq.read_table(folder / f"{names}-{of_names[-1]}" / "data").slice(0, WRITTEN).to_pylist()
        written = writing(rows, folder)
        print(f"writing: {written['rows_per_s']:,.0f} rows/s, datasets {written['datasets_rows_per_s']:,.0f}")
        ours |= {"writer_rows_per_s": written["rows_per_s"], "rows_written": len(rows)}
        peers = {"datasets_rows_per_s": written["datasets_rows_per_s"]}
        met = met and written["rows_per_s"] >= WRITER_GOAL
    goal = {"cpu_s_a_million": GOALS, "mb": MEMORY_GOAL, "writer_rows_per_s": WRITER_GOAL, "times_a_tenth": LINEAR_GOAL}
    return {"name": "export", "ours": ours, "peers": peers, "goal": goal, "met": met}


def main(arguments: Sequence[str]) -> None:
    """Measure in a folder that is removed afterwards."""
    OUT.mkdir(exist_ok=True)
    asked = {arguments[0]: tuple(sorted(map(int, arguments[1:])))} if arguments else GLANCE
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HOME": folder, "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
        print(json.dumps(measure(Path(folder), asked, with_writer=not arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
