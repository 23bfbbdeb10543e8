"""What `arena ratings` takes of memory."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

_MEASURED = """
import resource, sys
from arena.command.main import main
sys.argv[1:] = ["ratings", "--battles", sys.argv[1]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _write(file: Path, votes: int) -> None:
    dice = np.random.default_rng(1)
    models, winners = pa.array([f"model {each:02d}" for each in range(50)]), pa.array(["model_a", "model_b", "tie"])
    a = dice.integers(0, 50, votes)
    columns = {
        "model_a": models.take(pa.array(a)),
        "model_b": models.take(pa.array((a + dice.integers(1, 50, votes)) % 50)),
        "winner": winners.take(pa.array(dice.integers(0, 3, votes))),
        "judge": pa.array(dice.integers(0, 20_000, votes)).cast(pa.string()),
        "tstamp": np.arange(float(votes)),
    }
    parquet.write_table(pa.table(columns), file, row_group_size=100_000)


async def _mebibytes(file: Path) -> float:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _MEASURED, str(file), stdout=PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return int(out.splitlines()[-1]) / 1024


async def test_a_million_more_votes_cost_less_than_50_mebibytes(tmp_path: Path):
    _write(tmp_path / "few.parquet", 200_000)
    _write(tmp_path / "many.parquet", 1_200_000)

    more = await _mebibytes(tmp_path / "many.parquet") - await _mebibytes(tmp_path / "few.parquet")
    assert more < 50, more
