"""Marks of a release: a million sketches compared in one process, and what is found of pairs that are known.

The prompts are made: 8 to 60 words, the common ones common. One in ten is another one with up to two words changed, one
in ten the same as another one, one in twenty of a template with one word of its own. Peer: rensa's own LSH on a part of
the same prompts, pair by pair. The argument is how many; without it, 1,000,000.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rensa import RMinHash, RMinHashLSH  # pyright: ignore[reportAttributeAccessIssue]

from export.marks.mark import MarkSettings, mark
from export.marks.sketch import PERMUTATIONS, SEED, SKETCH_SCHEMA, sketch
from export.marks.words import words

PROMPTS = 1_000_000
FOR_PEER = 50_000
SHARD = 50_000
SIMILAR = 0.7
GOAL = 300.0
"""Seconds of CPU for comparing a million."""
MEGABYTES = 600
_WORDS = [f"w{number}" for number in range(50_000)]
_OFTEN = list(accumulate(1 / (number + 20) for number in range(50_000)))
_TEMPLATE = [
    "write",
    "an",
    "article",
    "of",
    "about",
    "500",
    "words",
    "on",
    "its",
    "use",
    "in",
    "the",
    "chemical",
    "industry",
    "of",
    "the",
    "north",
]


def prompts(count: int) -> Iterator[tuple[list[str], int | None]]:
    """Yield prompts, each with the number of the one it was made from."""
    chance = random.Random(11)
    pool: list[tuple[int, list[str]]] = []
    for number in range(count):
        kind = chance.random()
        if kind < 0.2 and pool:
            origin, said = chance.choice(pool)
            yield (said if kind < 0.1 else _edited(said, chance)), origin
        elif kind < 0.25:
            yield [*_TEMPLATE, *chance.choices(_WORDS, k=chance.randint(1, 4))], None
        else:
            said = chance.choices(_WORDS, cum_weights=_OFTEN, k=chance.randint(8, 60))
            if len(pool) < 10_000:
                pool.append((number, said))
            yield said, None


def _edited(said: list[str], chance: random.Random) -> list[str]:
    edited = list(said)
    for _ in range(chance.randint(0, 2)):
        at = chance.randrange(len(edited))
        edited[at : at + chance.randint(0, 1)] = chance.choices(_WORDS, k=chance.randint(0, 1))
    return edited


def write_sketches(count: int, folder: Path) -> float:
    """Sketch the prompts into files; return the CPU seconds of the sketching alone."""
    seconds, rows = 0.0, list[dict[str, object]]()
    for number, (said, _) in enumerate(prompts(count)):
        text = " ".join(said)
        began = time.process_time()
        made = sketch((text, "This is the answer."))
        seconds += time.process_time() - began
        rows.append(made.columns(f"{number:026}", float(number)))
        if len(rows) == SHARD or number == count - 1:
            pq.write_table(pa.Table.from_pylist(rows, schema=SKETCH_SCHEMA), folder / f"{number:08}.parquet")
            rows.clear()
    return seconds


def compare(folder: Path) -> None:
    """Mark the sketches, and print the figures of this process."""
    began = time.process_time()
    mark(sorted(folder.glob("*.parquet")), folder / "marks", MarkSettings(similar=SIMILAR))
    seconds = time.process_time() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes}))


def quality(found: np.ndarray, count: int) -> tuple[float, float]:
    """Return recall and precision: of pairs made, and of pairs found among what no template made."""
    made = hit = wrong = 0
    for number, (said, origin) in enumerate(prompts(count)):
        if origin is not None:
            made += 1
            hit += found[number] == origin or found[number] == found[origin]
        elif said[: len(_TEMPLATE)] != _TEMPLATE:
            wrong += found[number] != number
    return hit / made, hit / (hit + wrong)


def peer(count: int) -> float:
    """Return the prompts that rensa's own LSH, asked one after another, compares in a second of CPU."""
    said = [" ".join(each) for each, _ in prompts(count)]
    began = time.process_time()
    index = RMinHashLSH(threshold=SIMILAR, num_perm=PERMUTATIONS, num_bands=32)
    kept: dict[int, RMinHash] = {}
    for number, text in enumerate(said):
        minimum = RMinHash(PERMUTATIONS, SEED)
        minimum.update(words(text))
        if not any(kept[other].jaccard(minimum) >= SIMILAR for other in index.query(minimum)):
            index.insert(number, minimum)
            kept[number] = minimum
    return count / (time.process_time() - began)


def measure(count: int, folder: Path) -> dict[str, object]:
    """Measure everything once."""
    sketching = write_sketches(count, folder)
    command = [sys.executable, "-m", "benchmarks.marks", "--compare", str(folder)]
    figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    recall, precision = quality(pq.read_table(folder / "marks", columns=["near_first"])[0].to_numpy(), count)
    rate = count / (sketching + figures["seconds"])
    peer_rate = peer(min(FOR_PEER, count))
    return {
        "name": "marks",
        "ours": {
            "prompts": count,
            "sketches_per_cpu_second": round(count / sketching),
            "compare_cpu_seconds": round(figures["seconds"], 1),
            "compare_megabytes": round(figures["megabytes"]),
            "prompts_per_cpu_second": round(rate),
            "recall": round(recall, 3),
            "precision": round(precision, 3),
        },
        "peers": {"rensa_lsh_prompts_per_cpu_second": round(peer_rate)},
        "ratio": round(rate / peer_rate, 1),
        "goal": GOAL,
        "met": figures["seconds"] <= GOAL * count / PROMPTS and figures["megabytes"] <= MEGABYTES,
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--compare"]:
        compare(Path(sys.argv[2]))
    else:
        wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PROMPTS
        with tempfile.TemporaryDirectory() as place:
            print(json.dumps(measure(wanted, Path(place))))
