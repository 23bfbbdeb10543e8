"""How much of what strangers' generators make is found: `make bench NAME=redaction`.

Values are Faker's and phonenumbers', or made from the standards; texts and look-alikes were written by somebody who had
not read the recognisers. Texts fall into two halves by their hash: recognisers were mended by the first (`--show` tells
what it misses), and the second is what is stated; it has wordings, vendors and web addresses of its own as well.
"""

import argparse
import hashlib
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random

from benchmarks import _challenge_held as held
from benchmarks import _challenge_keys as keys
from benchmarks._challenge_lookalikes import LOOKALIKES
from benchmarks._challenge_texts import TEXTS
from benchmarks._challenge_values import Value, draws
from export.personal_data.find import find

SLOT = re.compile(r"<<(\w+)>>")
FILL = re.compile(r"<<(hex|b64|uuid):?(\d*)>>")
HALVES = ("tuned", "held")
ALIKE = "look-alikes touched"


def half(text: str) -> str:
    """Say to which half a text belongs."""
    return HALVES[hashlib.sha256(text.encode()).digest()[0] % 2]


def filled(rng: Random, language: str, text: str, side: str) -> tuple[str, list[tuple[int, str, Value]]]:
    """Put values into a text; return it and where what came to stand."""
    makers, out, found, place, size = (
        draws(language, held_half=side == "held"),
        list[str](),
        list[tuple[int, str, Value]](),
        0,
        0,
    )
    for match in SLOT.finditer(text):
        value = makers[match[1]](rng)
        head = text[place : match.start()]
        out += head, value.text
        if value.core:
            found.append((size + len(head) + value.text.index(value.core), match[1], value))
        size += len(head) + len(value.text)
        place = match.end()
    return "".join((*out, text[place:])), found


def left(text: str, start: int, value: Value, covered: set[int]) -> bool:
    """Say whether a fifth and more of a value's letters and digits would be released."""
    seen = [place for place in range(start, start + len(value.core)) if text[place].isalnum()]
    return sum(place not in covered for place in seen) * 5 > len(seen)


def lookalike(rng: Random, text: str) -> str:
    """Fill what is chance in a text without personal data."""

    def fill(match: re.Match[str]) -> str:
        size = int(match[2] or 0)
        made = {
            "hex": keys.hexes(rng, size),
            "b64": "".join(rng.choices(keys.ALNUM + "+/", k=size)),
            "uuid": keys.uuid(rng),
        }
        return made[match[1]]

    return FILL.sub(fill, text)


@dataclass
class Tally:
    """What was put in, and what was found of it, by half and kind."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    found: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    missed: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))

    def add(self, side: str, kind: str, *, hit: bool, line: str) -> None:
        """Count one value or look-alike."""
        self.seen[side, kind] += 1
        self.found[side, kind] += hit
        if side == "tuned" and hit == (kind == ALIKE):
            self.missed[kind].append(line)

    def shares(self, side: str) -> dict[str, float]:
        """Return the share of what was found, by kind."""
        kinds = sorted(kind for half_of, kind in self.seen if half_of == side)
        return {kind: round(self.found[side, kind] / self.seen[side, kind], 3) for kind in kinds}


def measured(seed: int, each: int) -> Tally:
    """Fill every text some times, and say what is found of it."""
    rng, tally = Random(seed), Tally()
    for language, text, side in [
        *((*pair, half(pair[1])) for pair in TEXTS),
        *((*pair, "held") for pair in held.TEXTS),
    ]:
        for _ in range(each):
            message, values = filled(rng, language, text, side)
            covered = {place for span in find(message) for place in range(span.start, span.end)}
            for start, kind, value in values:
                hit = not left(message, start, value, covered)
                around = message[max(0, start - 30) : start + len(value.text) + 15]
                tally.add(side, kind, hit=hit, line=f"{value.group}: {value.core!r} in {around!r}")
    for what, text in ((what, text) for what, texts in LOOKALIKES.items() for text in texts):
        message = lookalike(rng, text)
        spans = [(span.kind.value, span.rule, message[span.start : span.end]) for span in find(message)]
        tally.add(half(text), ALIKE, hit=bool(spans), line=f"{what}: {message[:100]!r} {spans}")
    return tally


def main() -> None:
    """Print recall by kind, and what of look-alikes is touched, for both halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=40, help="how often each text is filled")
    parser.add_argument("--show", action="store_true", help="show what was missed in the half that is looked at")
    options = parser.parse_args()
    tally = measured(options.seed, options.each)
    for kind in sorted({kind for _, kind in tally.seen}):
        print(
            f"{kind:20}"
            + "".join(
                f"  {side} {tally.shares(side).get(kind, 0):.3f} of {tally.seen[side, kind]:5}" for side in HALVES
            )
        )
    for kind, lines in tally.missed.items() if options.show else ():
        print(f"-- {kind}", *lines, sep="\n")
    print(json.dumps({"name": "redaction", **{side: tally.shares(side) for side in HALVES}}))


if __name__ == "__main__":
    main()
