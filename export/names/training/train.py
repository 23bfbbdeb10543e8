"""Trains the model and writes it beside the lists: `python -m export.names.training.train`.

The same seed, lists and versions of Faker and crfsuite give the same sentences and so the same model.
"""

import argparse
import lzma
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from pycrfsuite._pycrfsuite import Trainer

from export.names.features import Looker, features
from export.names.lists import lists
from export.names.model import MODEL
from export.names.tokens import tokens
from export.names.training.examples import examples, held_in
from export.names.windows import begins

SEED = 20_26
PARAMETERS = {
    "c1": 0.25,
    "c2": 0.02,
    "max_iterations": 60,
    "feature.minfreq": 4,
    "epsilon": 1e-4,
    "period": 5,
    "delta": 1e-3,
}


def main() -> None:
    """Make the sentences, train, write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.55)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    began = time.monotonic()
    trainer = Trainer(algorithm="lbfgs", params=PARAMETERS, verbose=False)
    count = 0
    known = Looker(lists())
    for example in examples(chosen.seed, chosen.scale):
        words = tokens(example.text)
        looker = Looker(lists(), example.hidden) if example.hidden else known
        looks = [looker.look(word.text) for word in words]
        labels = held_in(example, [word.start for word in words], [word.end for word in words])
        trainer.append(features(looks, begins(words)), labels)
        count += len(words)
    sys.stdout.write(f"{count} words after {time.monotonic() - began:.0f} s\n")
    with TemporaryDirectory() as folder:
        trained = Path(folder) / "model"
        trainer.train(str(trained))
        MODEL.write_bytes(lzma.compress(trained.read_bytes(), preset=9))
    sys.stdout.write(f"{MODEL.name}: {MODEL.stat().st_size} bytes after {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()
