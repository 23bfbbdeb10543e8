"""Personal data by pattern: messages a second on one core, and recall, against Presidio's patterns.

The messages are those of the held-out bench, in plain prose, 550 characters on average; one in three holds personal
data. Presidio runs on a part of the same messages, in an environment of its own under benchmarks/out, which pip makes.
It runs its recognisers without a language model, as its patterns need none. Found is what is touched at all.
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from export.personal_data.bench.cases import Case, cases
from export.personal_data.find import find

PEER = "presidio-analyzer==2.2.366"
ENVIRONMENT = Path("benchmarks/out/presidio")
GOAL = 10.0
MESSAGES = 9_000
FOR_PEER = 900
CHARACTERS = 550
_PROSE = (
    "I have been thinking about the garden and what we could plant there before the summer begins",
    "The report should be clear and short, with a table at the end that shows the three main results",
    "Could you also explain why the second step matters, and what happens if somebody leaves it out",
    "My grandmother used to bake bread every Saturday, and the whole house smelled of it until noon",
    "In Python 3.11 the function returns a list, while version 2 gave back an iterator of 12 items",
    "Please keep the tone friendly, avoid jargon, and do not use more than 250 words in the answer",
    "The train to Vienna leaves at 7:45 and arrives in the evening, so there is time for a long lunch",
)


def messages() -> list[Case]:
    """Make the messages: the bench's cases amid prose, two without anything for each."""
    chance = random.Random(17)
    made: list[Case] = []
    for case in cases(seed=17, half="held_out", each=MESSAGES // 45):
        if case.kind is not None:
            before, after = _prose(chance, CHARACTERS // 2 - 55), _prose(chance, CHARACTERS // 2 - 75)
            start, end = case.start + len(before) + 1, case.end + len(before) + 1
            made += [Case(f"{before}\n{case.text}\n{after}", case.kind, start, end, case.group)]
            made += [Case(_prose(chance, CHARACTERS), None) for _ in range(2)]
    chance.shuffle(made)
    return made


def _prose(chance: random.Random, length: int) -> str:
    text = chance.choice(_PROSE)
    while len(text) < length + chance.randint(-60, 10):
        text += ". " + chance.choice(_PROSE)
    return text


def ours(bench: Sequence[Case]) -> tuple[float, list[list[tuple[int, int]]]]:
    """Return the CPU seconds, and what was found."""
    find(bench[0].text)
    began = time.process_time()
    spans = [find(case.text) for case in bench]
    seconds = time.process_time() - began
    return seconds, [[(each.start, each.end) for each in found] for found in spans]


def presidio(bench: Sequence[Case]) -> tuple[float, list[list[tuple[int, int]]]]:
    """Return the same of Presidio, whose environment is made when there is none."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER], check=True
        )
        (ENVIRONMENT / ".ready").touch()
    command = [str(python), str(Path(__file__).with_name("_presidio.py"))]
    run = subprocess.run(
        command, input=json.dumps([case.text for case in bench]), capture_output=True, text=True, check=True
    )
    answer = json.loads(run.stdout)
    return answer["seconds"], [[(start, end) for start, end in found] for found in answer["found"]]


def recall(bench: Sequence[Case], found: Sequence[Sequence[tuple[int, int]]]) -> dict[str, float]:
    """Return for each kind the share of which any part was found, and of all together as `all`."""
    seen: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    for case, spans in zip(bench, found, strict=True):
        if case.kind is not None:
            is_hit = any(start < case.end and case.start < end for start, end in spans)
            for name in (case.kind.value, "all"):
                seen[name] += 1
                hit[name] += is_hit
    return {name: hit[name] / seen[name] for name in sorted(seen)}


def measure() -> dict[str, object]:
    """Measure both on the same messages."""
    bench = messages()
    part = bench[:FOR_PEER]
    our_seconds, our_found = ours(bench)
    peer_seconds, peer_found = presidio(part)
    our_recall, peer_recall = recall(part, our_found[:FOR_PEER]), recall(part, peer_found)
    for name in our_recall:
        print(f"recall {name:<14} {our_recall[name]:5.2f}   presidio {peer_recall[name]:5.2f}")
    rate, peer_rate = len(bench) / our_seconds, len(part) / peer_seconds
    behind = [name for name in our_recall if our_recall[name] < peer_recall[name]]
    return {
        "name": "patterns",
        "ours": {
            "messages_per_second": round(rate),
            "characters_per_message": round(sum(len(case.text) for case in bench) / len(bench)),
            "recall": round(our_recall["all"], 3),
            "kinds_with_less_recall": behind,
        },
        "peers": {"presidio_messages_per_second": round(peer_rate), "presidio_recall": round(peer_recall["all"], 3)},
        "ratio": round(rate / peer_rate, 1),
        "goal": GOAL,
        "met": rate / peer_rate >= GOAL and not behind,
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
