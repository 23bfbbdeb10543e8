"""The notebook in docs/, run from its first cell to its last."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from export.ratings.counts import Battles
from tests.unit.export.ratings.made import published

NOTEBOOK = Path(__file__).parents[2] / "docs" / "leaderboard.ipynb"
_WINNERS = ("model_a", "model_b", "tie (bothbad)")


def _write_release(folder: Path, battles: Battles) -> None:
    """Write votes as a release of battles holds them."""
    (folder / "data").mkdir(parents=True)
    columns = {
        "model_a": [battles.models[each] for each in battles.a],
        "model_b": [battles.models[each] for each in battles.b],
        "winner": [_WINNERS[each] for each in battles.winner],
        "anony": [True] * len(battles.a),
    }
    named: dict[str, list[Any]] = {"model_a": ["x"], "model_b": ["y"], "winner": ["model_a"], "anony": [False]}
    for number, part in enumerate((columns, named)):
        parquet.write_table(pa.table(part), folder / "data" / f"train-{number:05d}-of-00002.parquet")


def test_the_notebook_finds_the_board_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    _write_release(tmp_path / "release", published("mtbench_human").battles)
    monkeypatch.setenv("RELEASE_DIR", str(tmp_path / "release"))
    names: dict[str, Any] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)

    assert "6 models, largest difference" in capsys.readouterr().out
    expected = published("mtbench_human").expected["bt_mle_converged"]["rating"]
    assert names["ratings"] == pytest.approx(expected, abs=0.01)
