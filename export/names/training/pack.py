"""Packs the things written by hand for `lists.py`: `python -m export.names.training.pack`.

With them go the words of the messages without names in scripts without capitals, of which few are in any dictionary.
"""

import sys
from collections import Counter
from pathlib import Path

from export.names import sections
from export.names.lists import MORE
from export.names.tokens import tokens
from export.names.training.material import clean_messages, is_set_aside

OFTEN = 2
"""Messages that a word must be in."""
LISTS = ("gazetteer.txt.xz", "common_names.txt")
"""Of names: what is in one is no mere word."""
SOURCES = ("things_latin.txt", "things_scripts.txt")


def packed() -> dict[str, set[str]]:
    """Return what the files hold, by their sections."""
    found: dict[str, set[str]] = {}
    for name in SOURCES:
        for section, entries in sections.read(Path(__file__).with_name(name), comma=True).items():
            found.setdefault(section, set()).update(entries)
    return found | {"words": words()}


def words() -> set[str]:
    """Return what the model learns from that is no name and has no capitals: without what is set aside."""
    counted: Counter[str] = Counter()
    for _, text in clean_messages():
        if not is_set_aside(text):
            counted.update({token.text for token in tokens(text)})
    listed = {word for name in LISTS for each in sections.read(sections.DATA / name).values() for word in each}
    return {
        word
        for word, count in counted.items()
        if count >= OFTEN
        and "\u0590" <= word[0] < "\u3000"
        and word[0].isalpha()
        and len(word) > 1
        and word not in listed
    }


def main() -> None:
    """Write them."""
    sections.write(MORE, packed(), "Packed by export/names/training/pack.py from the files beside it.")
    sys.stdout.write(f"{MORE.name}: {MORE.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
