"""Presidio's patterns over messages: run by the Python of an environment that has Presidio, and nothing of ours.

Reads a JSON list of texts; writes the CPU seconds, and for each text where something was found.
"""

import json
import logging
import sys
import time

from presidio_analyzer import AnalyzerEngine  # pyright: ignore[reportMissingImports]
from presidio_analyzer.nlp_engine import NoOpNlpEngine  # pyright: ignore[reportMissingImports, reportAttributeAccessIssue]

THRESHOLD = 0.35
"""Below 0.4, where its telephone numbers are."""


def main() -> None:
    logging.disable(logging.CRITICAL)
    texts: list[str] = json.load(sys.stdin)
    engine = AnalyzerEngine(nlp_engine=NoOpNlpEngine([{"lang_code": "en", "model_name": "none"}]))
    engine.analyze(texts[0], "en", score_threshold=THRESHOLD)
    began = time.process_time()
    found = [
        [(each.start, each.end) for each in engine.analyze(text, "en", score_threshold=THRESHOLD)] for text in texts
    ]
    json.dump({"seconds": time.process_time() - began, "found": found}, sys.stdout)


if __name__ == "__main__":
    main()
