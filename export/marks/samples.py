"""Prompts that the page itself offers: who sends one pressed a button, and wrote nothing."""

from pathlib import Path

from export.marks.prompt_file import prompts
from export.marks.words import digest, normalised

OFFERED = (
    "Explain why the sky is blue to a ten-year-old.",
    "What is 17% of 2,340, and how did you get there?",
    "I can't decide whether to change my job.",
    "Write four lines about rain in November.",
)
"""Those of our page. Earlier ones stay in this list: the ledger remembers them."""


def sample_prompts(file: Path | None) -> frozenset[int]:
    """Return the digests of what our page offers, and of the prompts in a file.

    Raises:
        SetupError: The file cannot be read.
    """
    listed = prompts(file) if file is not None else ()
    return frozenset(digest(normalised(text)) for text in (*OFFERED, *listed))
