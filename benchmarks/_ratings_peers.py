"""Peers of the ratings, each run by the Python of an environment of its own: `python _ratings_peers.py PEER VOTES.npz`.

Prints the CPU seconds of the best of three fits (one for arena-rank, which compiles anew each time, after a first one),
from names to ratings with what the peer offers as an interval without resampling.
"""

import json
import math
import os
import sys
import time
from collections.abc import Callable
from typing import Any

for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_library] = "1"

ROUNDS = {"evalica": 2, "arena-rank": 1, "fastchat": 2}


def _evalica(frame: Any) -> Callable[[], object]:
    import evalica  # pyright: ignore[reportMissingImports]  # noqa: PLC0415

    said = {"model_a": evalica.Winner.X, "model_b": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    a, b, winners = frame["model_a"].tolist(), frame["model_b"].tolist(), frame["winner"].tolist()
    return lambda: evalica.bradley_terry(a, b, [said[each] for each in winners])


def _evalica_interval(frame: Any) -> Callable[[], object]:
    """Two rounds of the usual hundred: the time is multiplied."""
    import evalica  # pyright: ignore[reportMissingImports]  # noqa: PLC0415

    said = {"model_a": evalica.Winner.X, "model_b": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    a, b, winners = frame["model_a"].tolist(), frame["model_b"].tolist(), frame["winner"].tolist()
    given = a, b, [said[each] for each in winners]
    method: Any = evalica.bradley_terry
    return lambda: evalica.bootstrap(method, *given, n_resamples=2, bootstrap_method="percentile")


def _arena_rank(frame: Any) -> Callable[[], object]:
    from arena_rank.models.bradley_terry import BradleyTerry  # pyright: ignore  # noqa: PLC0415, PGH003
    from arena_rank.utils.data_utils import PairDataset  # pyright: ignore  # noqa: PLC0415, PGH003

    def fit() -> object:
        data = PairDataset.from_pandas(frame)
        model = BradleyTerry(n_competitors=len(data.competitors))
        return model.compute_ratings_and_cis(data, significance_level=0.05)

    return fit


def _fastchat(frame: Any) -> Callable[[], object]:
    """FastChat's method from its formulas: counted (a, b, outcome) rows, ties as half wins, L-BFGS, 100 steps."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415  # pyright: ignore[reportMissingModuleSource]
    from scipy.optimize import minimize  # noqa: PLC0415
    from scipy.special import expit  # noqa: PLC0415

    def fit() -> object:
        coded, names = pd.factorize(pd.concat([frame["model_a"], frame["model_b"]]), sort=True)
        half = len(frame)
        score = frame["winner"].map({"model_a": 1.0, "model_b": 0.0, "tie": 0.5}).to_numpy()
        rows = np.column_stack([coded[:half], coded[half:], score])
        cells, often = np.unique(rows, return_counts=True, axis=0)
        pairs, scores = cells[:, :2].astype(int), cells[:, 2]

        def loss(ratings: Any) -> Any:
            scaled = math.log(10) * ratings
            p = expit(scaled[pairs[:, 0]] - scaled[pairs[:, 1]])
            value = -(often * (np.log(p) * scores + np.log(1 - p) * (1 - scores))).sum()
            pull = -math.log(10) * (scores - p) * often
            size = len(names)
            return value, np.bincount(pairs[:, 0], pull, size) - np.bincount(pairs[:, 1], pull, size)

        return minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"gtol": 1e-6, "maxiter": 100})

    return fit


PEERS = {"evalica": _evalica, "arena-rank": _arena_rank, "fastchat": _fastchat}


def main(peer: str, file: str, what: str = "fit") -> None:
    """Time one peer on the votes in a file."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415  # pyright: ignore[reportMissingModuleSource]

    votes = np.load(file)
    names, winners = votes["names"].astype(object), np.array(["model_a", "model_b", "tie"], object)
    frame = pd.DataFrame(
        {"model_a": names[votes["a"]], "model_b": names[votes["b"]], "winner": winners[votes["winner"]]}
    )
    is_interval = what == "interval"
    fit, seconds = (_evalica_interval if is_interval else PEERS[peer])(frame), list[float]()
    if peer == "arena-rank":
        fit()
    for _ in range(1 if is_interval else ROUNDS[peer]):
        before = time.process_time()
        fit()
        seconds.append(time.process_time() - before)
    print(json.dumps({"seconds": min(seconds) * (50 if is_interval else 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
