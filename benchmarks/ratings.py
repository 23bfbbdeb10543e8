"""Ratings: how fast, and in how much memory, beside evalica, arena-rank and FastChat's method.

All times are CPU seconds on one thread, the best of three. Votes are made at random; the peers get the same ones in the
same run, as lists or a frame of names, each in an environment that this makes under `benchmarks/out/peers` with pip,
once. Like is compared with like: ratings with an interval (evalica has one by resampling only) with ours with robust
errors, and evalica's plain fit with our plain fit. A walk through the three lists is timed too: no fit from lists of
names can be faster. `--only PART` measures but one part: memory, coverage.
"""

import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections import deque
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from export.ratings.threads import use_one_thread

use_one_thread()

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
from pyarrow import parquet  # noqa: E402

from benchmarks._ratings_coverage import coverage  # noqa: E402
from export.ratings import bootstrap, bradley_terry, style  # noqa: E402
from export.ratings.board import make_board  # noqa: E402
from export.ratings.counts import Battles, count_votes  # noqa: E402
from export.ratings.estimate import by_bradley_terry  # noqa: E402

HERE = Path(__file__).parent
PEERS = {
    "evalica": ["evalica==0.4.2", "numpy", "pandas"],
    "arena-rank": ["arena-rank==0.1.1"],
    "fastchat": ["numpy", "pandas", "scipy"],
}
WINNERS = np.array(["model_a", "model_b", "tie"], object)
GOALS = {
    "from_strings_s": 1.0,
    "plain_fit_s": 1.0,
    "from_arrays_s": 1.0,
    "from_counts_s": 0.05,
    "board_s": 0.05,
    "bootstrap_100_s": 3.0,
    "small_s": 0.02,
    "style_s": 0.2,
    "parquet_20m_mib": 1000.0,
    "parquet_20m_per_5m": 4.4,
}
HELD = {"held_sandwich": 0.94, "held_few_votes": 0.94, "held_davidson": 0.94, "held_clustered": 0.9}
"""At least such a share of the intervals must hold the truth, and of all but the clustered ones at most 0.96."""
RATIO = 10.0

Found = TypeVar("Found")


def made(votes: int, models: int) -> Battles:
    """Make votes that follow Bradley and Terry's law, a quarter of them ties; a few models meet most often."""
    dice = np.random.default_rng(7)
    strengths, often = dice.normal(0, 0.6, models), 1 / np.arange(1, models + 1) ** 0.3
    a, b = (dice.choice(models, votes, p=often / often.sum()) for _ in range(2))
    b = np.where(a == b, (b + 1) % models, b)
    won = dice.random(votes) < 1 / (1 + np.exp(strengths[b] - strengths[a]))
    winner = np.where(dice.random(votes) < 0.25, 2, np.where(won, 0, 1))
    return Battles(tuple(f"organisation/model-{each:03d}" for each in range(models)), a, b, winner)


def told(battles: Battles) -> tuple[list[str], list[str], list[str]]:
    """Tell votes in words."""
    names = np.array(battles.models, object)
    return names[battles.a].tolist(), names[battles.b].tolist(), WINNERS[battles.winner].tolist()


def best(work: Callable[[], Found], times: int = 5) -> tuple[float, Found]:
    """Return the fewest CPU seconds that some work took, and what came of it."""
    seconds = list[float]()
    while True:
        before = time.process_time()
        found = work()
        seconds.append(time.process_time() - before)
        if len(seconds) == times:
            return min(seconds), found


def ours() -> dict[str, float]:
    """Measure our own, but for the large file."""
    words = told(made(2_000_000, 300))
    arrays = [np.array(column, object) for column in words]
    walk, _ = best(lambda: [deque(column, 0) for column in words])
    from_strings, _ = best(lambda: by_bradley_terry(count_votes(*words)))
    from_arrays, _ = best(lambda: by_bradley_terry(count_votes(*arrays)))  # pyright: ignore[reportArgumentType]
    plain_fit, _ = best(lambda: bradley_terry.fit(count_votes(*words)))
    counts = count_votes(*words)
    from_counts, _ = best(lambda: by_bradley_terry(counts))
    board, _ = best(lambda: make_board(counts, 0.0))
    fit = bradley_terry.fit(counts)
    rounds, _ = best(lambda: bootstrap.resample(counts, fit, 100, np.random.default_rng(0)), 1)
    few = told(made(33_000, 25))
    small, _ = best(lambda: by_bradley_terry(count_votes(*few)))
    styled, dice = made(140_000, 100), np.random.default_rng(3)
    answers = {name: dice.poisson(mean, (2, 140_000)) for name, mean in [("length", 300), ("headers", 2), ("bold", 5)]}
    features = {name: style.difference(a.astype(float), b.astype(float)) for name, (a, b) in answers.items()}
    with_style, _ = best(lambda: style.fit(styled, features))
    print(f"a walk through three lists of names {walk:9.4f}")
    return {
        "from_strings_s": from_strings,
        "plain_fit_s": plain_fit,
        "from_arrays_s": from_arrays,
        "from_counts_s": from_counts,
        "board_s": board,
        "bootstrap_100_s": rounds,
        "small_s": small,
        "style_s": with_style,
    }


def peer_seconds(peer: str, file: Path, *what: str) -> float:
    """Make the peer's environment if there is none yet, and time it there."""
    home = HERE / "out" / "peers" / peer
    python, ready = home / "bin" / "python", home / ".ready"
    if not ready.exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[peer]], check=True)
        ready.touch()
    command = [python, HERE / "_ratings_peers.py", peer, file, *what]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": ""})
    return json.loads(said.stdout.splitlines()[-1])["seconds"]


def _write(file: Path, votes: int) -> None:
    some = made(500_000, 300)
    names, dice = pa.array(some.models), np.random.default_rng(5)
    columns = {"model_a": names.take(pa.array(some.a)), "model_b": names.take(pa.array(some.b))}
    columns["winner"] = pa.array(WINNERS.tolist()).take(pa.array(some.winner))
    writer = None
    for start in range(0, votes, len(some.a)):
        judges = pa.array(dice.integers(0, votes // 20, len(some.a))).cast(pa.string())
        table = pa.table({**columns, "judge": judges, "tstamp": 1.7e9 + start + np.arange(float(len(some.a)))})
        writer = writer or parquet.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
    if writer:
        writer.close()


def of_a_file(votes: int) -> tuple[float, float]:
    """Return CPU seconds and peak MiB of the whole command on a Parquet file of votes with voters and times."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "votes.parquet"
        _write(file, votes)
        run = [sys.executable, "-m", "benchmarks.ratings", "--one-file", str(file)]
        said = subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, kibibytes = json.loads(said.splitlines()[-1])
    return seconds, kibibytes / 1024


def _one_file(file: str) -> None:
    from export.ratings.analysis import analyse  # noqa: PLC0415
    from export.ratings.reading import read_votes  # noqa: PLC0415
    from export.ratings.recipe import Recipe  # noqa: PLC0415

    analyse(read_votes([Path(file)]), Recipe())
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss]))


def memory() -> dict[str, float]:
    """Measure the large file, and a quarter of it."""
    five, _ = of_a_file(5_000_000)
    twenty, mebibytes = of_a_file(20_000_000)
    return {"parquet_20m_mib": mebibytes, "parquet_20m_per_5m": twenty / five}


def peers() -> dict[str, float]:
    """Measure the peers."""
    with TemporaryDirectory() as folder:
        file, votes = Path(folder) / "votes.npz", made(2_000_000, 300)
        np.savez(file, names=np.array(votes.models), a=votes.a, b=votes.b, winner=votes.winner)
        found = {peer: peer_seconds(peer, file) for peer in PEERS}
        return {**found, "evalica with its interval": peer_seconds("evalica", file, "interval")}


def _show(found: dict[str, float]) -> bool:
    """Print figures beside their goals; return whether all are met."""
    for name, figure in found.items():
        print(f"{name:<31} {figure:9.4f}  goal {GOALS.get(name, HELD.get(name, 0))}")
    fast = all(figure <= GOALS[name] for name, figure in found.items() if name in GOALS)
    sure = (
        HELD[name] <= share <= (1 if "clustered" in name else 0.96) for name, share in found.items() if name in HELD
    )
    return fast and all(sure)


def measure() -> dict[str, object]:
    """Measure everything once."""
    found = ours()
    others = peers()
    found |= memory() | coverage()
    is_met = _show(found)
    for name, seconds in others.items():
        like = "plain_fit_s" if name == "evalica" else "from_strings_s"
        print(f"{name:<31} {seconds:9.2f}  {seconds / found[like]:.1f} times our {like}")
    with_interval = min(seconds for name, seconds in others.items() if name != "evalica") / found["from_strings_s"]
    plain = others["evalica"] / found["plain_fit_s"]
    return {
        "name": "ratings",
        "ours": {name: round(figure, 4) for name, figure in found.items()},
        "peers": {f"{name.replace(' ', '_')}_s": round(seconds, 2) for name, seconds in others.items()},
        "ratio": round(with_interval, 1),
        "ratio_of_plain_fits": round(plain, 1),
        "goal": RATIO,
        "met": min(with_interval, plain) >= RATIO and is_met,
    }


PARTS: dict[str, Callable[[], dict[str, float]]] = {"memory": memory, "coverage": coverage}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--one-file"]:
        _one_file(sys.argv[2])
    elif sys.argv[1:2] == ["--only"]:
        _show(PARTS[sys.argv[2]]())
    else:
        print(json.dumps(measure()))
