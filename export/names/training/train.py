"""Trains the model and writes it beside the lists: `python -m export.names.training.train`.

The same seed, lists and versions of Faker and crfsuite give the same sentences and so the same model.
"""

import argparse
import lzma
import struct
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pycrfsuite._pycrfsuite import Trainer

from export.names.features import Looker, features
from export.names.lists import lists
from export.names.model import MODEL
from export.names.tokens import tokens
from export.names.training.examples import examples, held_in
from export.names.training.likeness import CrossFit
from export.names.windows import begins

SEED = 20_26
DIGITS = 10
"""Binary digits that are kept of a weight."""
PARAMETERS = {
    "c1": 0.36,
    "c2": 0.02,
    "max_iterations": 60,
    "feature.minfreq": 5,
    "epsilon": 1e-4,
    "period": 5,
    "delta": 1e-3,
}


def rounded(model: bytes) -> bytes:
    """Return a model whose weights have three digits that count: nothing else changes, and it packs far better.

    In crfsuite's form the features' offset stands 28 bytes into the file; a feature is three numbers and a weight.
    """
    (start,) = struct.unpack_from("<I", model, 28)
    (count,) = struct.unpack_from("<I", model, start + 8)
    feature = np.dtype([("kind", "<u4"), ("source", "<u4"), ("target", "<u4"), ("weight", "<f8")])
    features_of_it = np.frombuffer(model, feature, count, start + 12).copy()
    bits = features_of_it["weight"].copy().view(np.uint64)
    drop = np.uint64(52 - DIGITS)
    bits = (bits + (np.uint64(1) << (drop - np.uint64(1)))) >> drop << drop
    features_of_it["weight"] = bits.view(np.float64)
    made = features_of_it.tobytes()
    return model[: start + 12] + made + model[start + 12 + len(made) :]


def main() -> None:
    """Make the sentences, train, write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.55)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=MODEL)
    chosen = parser.parse_args()
    began = time.monotonic()
    trainer = Trainer(algorithm="lbfgs", params=PARAMETERS, verbose=False)
    count = 0
    likeness = CrossFit()
    known = Looker(lists(), likeness)
    for example in examples(chosen.seed, chosen.scale):
        words = tokens(example.text)
        looker = Looker(lists(), likeness, example.hidden) if example.hidden else known
        looks = [looker.look(word.text) for word in words]
        labels = held_in(example, [word.start for word in words], [word.end for word in words])
        trainer.append(features(looks, begins(words)), labels)
        count += len(words)
    sys.stdout.write(f"{count} words after {time.monotonic() - began:.0f} s\n")
    with TemporaryDirectory() as folder:
        trained = Path(folder) / "model"
        trainer.train(str(trained))
        chosen.out.write_bytes(lzma.compress(rounded(trained.read_bytes()), preset=9 | lzma.PRESET_EXTREME))
    sys.stdout.write(f"{MODEL.name}: {chosen.out.stat().st_size} bytes after {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()
