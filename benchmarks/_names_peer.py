"""Runs in the environment that holds Presidio: reads texts and names, prints CPU seconds and what was found."""

import json
import sys
import time
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer


class Listed(SpacyNlpEngine):
    """A spaCy pipeline that knows the names of a list."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        nlp = spacy.blank("en")
        ruler: Any = nlp.add_pipe("entity_ruler")
        ruler.add_patterns([{"label": "PERSON", "pattern": name} for name in names])
        self.nlp = {"en": nlp}

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        return super().process_text(text, language)


def main() -> None:
    asked = json.load(sys.stdin)
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.add_recognizer(SpacyRecognizer(supported_language="en", supported_entities=["PERSON"]))
    engine = AnalyzerEngine(registry=registry, nlp_engine=Listed(asked["names"]), supported_languages=["en"])
    engine.analyze(text="Hello Ann.", language="en", entities=["PERSON"])
    began = time.process_time()
    found = [engine.analyze(text=text, language="en", entities=["PERSON"]) for text in asked["texts"]]
    seconds = time.process_time() - began
    print(json.dumps({"seconds": seconds, "found": [[(each.start, each.end) for each in row] for row in found]}))


if __name__ == "__main__":
    main()
