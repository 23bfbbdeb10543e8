"""Names of persons: text a second on one core, and how many are found, against Presidio over a list of names.

Messages of 550 characters on average, of four kinds. Plain: a message of the bench (English, names that no training
saw) amid plain prose in one of three, plain prose in the rest. Dense: nothing but English messages of the bench, one
after another, so a name or more in each line. Mixed: the same, each line in another of the bench's thirty languages.
Alone: the same, each message in one of them. A megabyte is a million bytes of UTF-8; how many million characters are
looked through is told beside it: up to three times fewer.

The peer is Presidio over a blank spaCy pipeline with an entity ruler that holds the given names of our own gazetteer:
the same lists, as no model is downloaded. It runs on a part of the messages.

A release does more than find: persons are numbered, found again where they are named otherwise, and the text is looked
at anew. What all of it costs is measured on conversations as `benchmarks/export.py` makes them.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from benchmarks._chats import texts as said_to_models
from export.names import sections
from export.names.bench.cases import Case, cases
from export.names.engine import Setting, name_engine
from export.names.lists import Is, lists
from export.names.span import NameEngine
from export.names.step import without_names

GOAL = {"balanced": 3.0, "recall": 0.18}
"""Megabytes of text a second; `balanced` must hold it on each of `HELD_ON`."""
HELD_ON = ("", "dense_", "alone_")
"""Not where each line is in another language: that is told, as it is the slowest, but nobody writes so."""
STEP_GOAL = 350
"""Microseconds a conversation of 2,200 characters in `balanced`, all of it: names' part of the export's 1,200."""
MESSAGES = 3_000
COUNTS: dict[Setting, int] = {"balanced": 3_000, "recall": 600}
"""Messages for each setting."""
TURN = (300, 800)
"""Characters of a prompt and of an answer."""
FOR_PEER = 300
CONVERSATIONS = 1_000
CHARACTERS = 550
SEED = 29

_PROSE = (
    "I have been thinking about the garden and what we could plant there before the summer begins",
    "The report should be clear and short, with a table at the end that shows the three main results",
    "Could you also explain why the second step matters, and what happens if somebody leaves it out",
    "My grandmother used to bake bread every Saturday, and the whole house smelled of it until noon",
    "In Python 3.11 the function returns a list, while version 2 gave back an iterator of 12 items",
    "Please keep the tone friendly, avoid jargon, and do not use more than 250 words in the answer",
    "The train to Vienna leaves at 7:45 and arrives in the evening, so there is time for a long lunch",
    "Compare Docker with Kubernetes for a small team in Berlin, and say what it costs on Azure",
    "We want to see the museums of Paris, Rome and Madrid in May, and eat well without spending much",
)

Found = list[list[tuple[int, int]]]


def messages() -> tuple[list[str], Found]:
    """Make the messages, and where their names stand."""
    chance = random.Random(SEED)
    made: list[tuple[str, list[tuple[int, int]]]] = []
    bench = [case for case in cases("development", SEED, 20) if case.language == "en"]
    for index in range(MESSAGES):
        if index % 3:
            made.append((prose(chance, CHARACTERS), []))
            continue
        case = chance.choice(bench)
        text, names = case.texts[0], case.names[0]
        before = prose(chance, max(60, (CHARACTERS - len(text)) // 2 - 20)) + ".\n"
        after = "\n" + prose(chance, max(60, (CHARACTERS - len(text)) // 2 - 20))
        made.append((before + text + after, [(start + len(before), end + len(before)) for start, end in names]))
    return [text for text, _ in made], [names for _, names in made]


def dense(languages: Literal["en", "each line", "each message"]) -> tuple[list[str], Found]:
    """Make the messages that are full of names, and where these stand: English ones, or in any language."""
    chance = random.Random(SEED)
    bench: dict[str, list[Case]] = {}
    for case in cases("development", SEED, 20):
        bench.setdefault(case.language, []).append(case)
    made: list[tuple[str, list[tuple[int, int]]]] = []
    for index in range(MESSAGES // 3):
        text, names = "", list[tuple[int, int]]()
        language = "en" if languages == "en" else sorted(bench)[index % len(bench)]
        while len(text) < CHARACTERS - 40:
            if languages == "each line":
                language = chance.choice(sorted(bench))
            case = chance.choice(bench[language])
            text += "\n" if text else ""
            names += [(start + len(text), end + len(text)) for start, end in case.names[0]]
            text += case.texts[0]
        made.append((text, names))
    return [text for text, _ in made], [names for _, names in made]


def prose(chance: random.Random, length: int) -> str:
    """Make plain text without names of about that length."""
    text = chance.choice(_PROSE)
    while len(text) < length + chance.randint(-60, 10):
        text += ". " + chance.choice(_PROSE)
    return text


def ours(engine: NameEngine, texts: Sequence[str]) -> tuple[float, Found]:
    """Return the CPU seconds, and what was found."""
    engine.find(texts[:1])
    began = time.process_time()
    found = [engine.find([text])[0] for text in texts]
    return time.process_time() - began, [[(each.start, each.end) for each in row] for row in found]


def presidio(texts: Sequence[str]) -> tuple[float, Found]:
    """Return the same of Presidio, which is installed with the extra of its name."""
    of = lists().of
    gazetteer = sections.read(sections.DATA / "gazetteer.txt.xz")["given"]
    common = sections.read(sections.DATA / "common_names.txt")["given"]
    names = [name for name in (*gazetteer, *common) if not of(name) & (Is.WORD | Is.PLACE | Is.VETO)]
    command = [sys.executable, str(Path(__file__).with_name("_names_peer.py"))]
    asked = json.dumps({"names": sorted(set(names)), "texts": list(texts)})
    run = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    answer = json.loads(run.stdout)
    return answer["seconds"], [[(start, end) for start, end in row] for row in answer["found"]]


def touched(names: Found, found: Found) -> float:
    """Return the share of names of which any part was found."""
    pairs = [(name, row) for gold, row in zip(names, found, strict=True) for name in gold]
    hits = sum(any(start < name[1] and name[0] < end for start, end in row) for name, row in pairs)
    return hits / max(1, len(pairs))


def a_conversation(engine: NameEngine) -> float:
    """Return the CPU microseconds of a conversation of four messages, with all that a release does about names."""
    said = [text[: TURN[index % 2]] for index, text in enumerate(said_to_models(4 * CONVERSATIONS))]
    talks = [said[first : first + 4] for first in range(0, len(said), 4)]
    without_names(engine, talks[0])
    began = time.process_time()
    for talk in talks:
        without_names(engine, talk)
    return (time.process_time() - began) / len(talks) * 1e6


def measure() -> dict[str, object]:
    """Measure all on the same messages."""
    kinds = {
        "": messages(),
        "dense_": dense("en"),
        "mixed_": dense("each line"),
        "alone_": dense("each message"),
    }
    texts, names = kinds[""]
    figures: dict[str, float] = {}
    for setting, count in COUNTS.items():
        began = time.process_time()
        engine = name_engine(setting)
        assert engine is not None
        figures[f"{setting}_seconds_to_build"] = round(time.process_time() - began, 2)
        for kind, (read, standing) in kinds.items():
            seconds, found = ours(engine, read[:count])
            figures[f"{setting}_{kind}megabytes_per_second"] = round(size(read[:count]) / seconds, 3)
            figures[f"{setting}_{kind}million_characters_per_second"] = round(
                sum(map(len, read[:count])) / seconds / 1e6, 3
            )
            figures[f"{setting}_{kind}any"] = round(touched(standing[:count], found), 3)
        if setting == "balanced":
            figures["balanced_microseconds_a_conversation"] = round(a_conversation(engine))
    peer_seconds, peer_found = presidio(texts[:FOR_PEER])
    peer_rate = size(texts[:FOR_PEER]) / peer_seconds
    rate = figures["balanced_megabytes_per_second"]
    slowest = {"recall": figures["recall_megabytes_per_second"]}
    slowest["balanced"] = min(figures[f"balanced_{kind}megabytes_per_second"] for kind in HELD_ON)
    return {
        "name": "names",
        "ours": {**figures, "characters_per_message": round(sum(map(len, texts)) / len(texts))},
        "peers": {
            "presidio_with_our_list_megabytes_per_second": round(peer_rate, 3),
            "presidio_with_our_list_any": round(touched(names[:FOR_PEER], peer_found), 3),
        },
        "ratio": round(rate / peer_rate, 1),
        "goal": {**GOAL, "balanced_microseconds_a_conversation": STEP_GOAL},
        "met": all(slowest[setting] >= goal for setting, goal in GOAL.items())
        and figures["balanced_microseconds_a_conversation"] <= STEP_GOAL,
    }


def size(texts: Sequence[str]) -> float:
    """Return megabytes of UTF-8."""
    return sum(len(text.encode()) for text in texts) / 1e6


if __name__ == "__main__":
    print(json.dumps(measure()))
