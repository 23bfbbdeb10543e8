"""GLiNER with a model in a folder."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from export.names.span import NameEngine, NameSpan, united

LABEL = "person"
THRESHOLD = 0.4
PIECE = 1_200
"""Characters that are asked about at once: the models see about 384 words."""
_MISSING = "gliner: is asked for, and gliner is not installed: pip install gliner (it brings torch)"


class Predicts(Protocol):
    """The part of GLiNER's model that is called."""

    def predict_entities(self, text: str, labels: list[str], *, threshold: float) -> Sequence[Mapping[str, Any]]:
        """Return entities with `start`, `end`, `label` and `score`."""
        ...


class Gliner:
    """Asks a GLiNER model for persons."""

    def __init__(self, model: Predicts) -> None:
        self._model = model

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """Return the names in each text."""
        return [self._names(text) for text in texts]

    def _names(self, text: str) -> list[NameSpan]:
        found = [
            NameSpan(start + each["start"], start + each["end"], float(each["score"]))
            for start, piece in pieces(text)
            for each in self._model.predict_entities(piece, [LABEL], threshold=THRESHOLD)
            if each["label"] == LABEL
        ]
        return united(found)


def pieces(text: str, size: int = PIECE) -> list[tuple[int, str]]:
    """Cut a text at spaces into pieces of at most `size` characters, each with where it begins."""
    found: list[tuple[int, str]] = []
    start = 0
    while start < len(text):
        end = len(text) if len(text) - start <= size else text.rfind(" ", start + 1, start + size)
        end = end if end > start else min(len(text), start + size)
        found.append((start, text[start:end]))
        start = end
    return found


def gliner_engine(folder: str) -> NameEngine:
    """Return GLiNER with the model in a folder. Raises ValueError where either is missing."""
    if not Path(folder).is_dir():
        raise ValueError(f"gliner:{folder} is no folder")
    try:
        module = import_module("gliner")
    except ImportError as error:
        raise ValueError(_MISSING) from error
    return Gliner(module.GLiNER.from_pretrained(folder, local_files_only=True))
