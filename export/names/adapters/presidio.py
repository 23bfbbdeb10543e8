"""Presidio's analyzer with a language model in a folder."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from export.names.span import NameEngine, NameSpan, united

_MISSING = "presidio: is asked for, and presidio-analyzer is not installed: pip install 'chat-arena[presidio]'"


class Presidio:
    """Asks Presidio for persons, whatever language a text is in: the model decides what it knows."""

    def __init__(self, analyzer: Any, language: str) -> None:
        self._analyzer = analyzer
        self._language = language

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """Return the names in each text."""
        return [self._names(text) for text in texts]

    def _names(self, text: str) -> list[NameSpan]:
        found = self._analyzer.analyze(text=text, language=self._language, entities=["PERSON"])
        return united([NameSpan(each.start, each.end, float(each.score)) for each in found])


def presidio_engine(folder: str) -> NameEngine:
    """Return Presidio with the spaCy model in a folder. Raises ValueError where either is missing."""
    if not (Path(folder) / "meta.json").is_file():
        raise ValueError(f"presidio:{folder} holds no spaCy model: a folder with meta.json is needed")
    try:
        analyzer = import_module("presidio_analyzer")
        nlp = import_module("presidio_analyzer.nlp_engine")
        recognisers = import_module("presidio_analyzer.predefined_recognizers")
        spacy = import_module("spacy")
    except ImportError as error:
        raise ValueError(_MISSING) from error
    language = str(spacy.util.load_meta(Path(folder) / "meta.json")["lang"])
    provider = nlp.NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": language, "model_name": folder}]}
    )
    registry = analyzer.RecognizerRegistry(supported_languages=[language])
    registry.add_recognizer(recognisers.SpacyRecognizer(supported_language=language, supported_entities=["PERSON"]))
    engine = analyzer.AnalyzerEngine(
        registry=registry, nlp_engine=provider.create_engine(), supported_languages=[language]
    )
    return Presidio(engine, language)
