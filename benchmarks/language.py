"""In which language a prompt is: how often that is right, and prompts a second of CPU, against others on the same.

The texts are our own and in the repository: a request in each of the 32 commonest languages, the same with code after
it, and first prompts as visitors write them (chatty, misspelt, in capitals, about other languages, with code and logs);
of these, English weighs as much as in real traffic. Named folders are searched for gettext catalogues besides (`*.mo`
in `<language>/LC_MESSAGES`): their strings of 80 characters and more are measured too, language by language.
Peers: FastChat's rule (CLD2 as polyglot asks it), and py3langid by itself.
"""

import gettext
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from export.language.detect import compatible_language, language
from export.language.names import UNKNOWN, names
from export.language.second_opinion import Py3LangId

TEXTS = Path("tests/unit/export/language")
ENGLISH = 0.77
"""Of the prompts in LMSYS-Chat-1M."""
GOAL = 0.97
WITH_CODE = 0.95
LANGUAGES = 90
LONG = 80
EACH = 60
FOR_SPEED = 20_000
CODE = "\n```python\ndef total(items: list[int]):\n    # the sum of all that we were given\n    return sum(items)\n```"
_SAME = {"Norwegian Nynorsk": "Norwegian"}

Rule = Callable[[str], str]
Labelled = Sequence[tuple[str, str]]
"""Languages and texts in them."""


def rules() -> dict[str, Rule]:
    """Load all detectors."""
    second = Py3LangId()

    def py3langid(prompt: str) -> str:
        return names().get(second(prompt)[0], UNKNOWN)

    return {
        "ours": lambda prompt: language(prompt, second, second.among),
        "fastchat": compatible_language,
        "py3langid": py3langid,
    }


def accuracy(rule: Rule, texts: Labelled) -> dict[str, float]:
    """Return for each language the share of its texts that the rule names rightly."""
    hits: defaultdict[str, list[bool]] = defaultdict(list)
    for name, text in texts:
        found = rule(text)
        hits[name].append(_SAME.get(found, found) == _SAME.get(name, name))
    return {name: sum(each) / len(each) for name, each in hits.items()}


def catalogues(folders: Iterable[Path]) -> dict[str, list[tuple[str, str]]]:
    """Return strings of gettext catalogues by language, by the catalogue's name."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(path for folder in folders for path in folder.rglob("*/LC_MESSAGES/*.mo")):
        place = path.parent.parent.name.split(".")[0]
        code = place.replace("-", "_").split("_")[0]
        name = names().get({"he": "iw", "nb": "no", "fil": "tl"}.get(code, code))
        if name is None or "@" in place:
            continue
        strings = {text for key, text in _catalogue(path).items() if len(text) >= LONG and text != key}
        found[path.stem] += [(name, text[:400]) for text in sorted(strings)[:: max(1, len(strings) // EACH)]]
    return found


def _catalogue(path: Path) -> Mapping[object, str]:
    """Return a catalogue's strings, none if Python cannot read its rule for plurals."""
    with path.open("rb") as file:
        try:
            strings: dict[object, str] = dict(vars(gettext.GNUTranslations(file))["_catalog"])
        except (IndexError, ValueError, UnicodeDecodeError):
            return {}
    strings.pop("", None)
    return strings


def mean(shares: Mapping[str, float], chosen: Iterable[str]) -> float:
    """Return the mean over those of the languages that were measured."""
    measured = [shares[name] for name in chosen if name in shares]
    return round(sum(measured) / len(measured), 3) if measured else 0.0


def speed(rule: Rule, texts: Labelled) -> int:
    """Return prompts a second of CPU; texts are joined to 320 characters on average."""
    chance = random.Random(3)
    english = [text for name, text in texts if name == "English"]
    foreign = [text for name, text in texts if name != "English"]
    prompts = [
        "\n".join(chance.choices(english if chance.random() < ENGLISH else foreign, k=chance.choice((1, 1, 2, 3, 8))))
        for _ in range(FOR_SPEED)
    ]
    began = time.process_time()
    for prompt in prompts:
        rule(prompt)
    return round(len(prompts) / (time.process_time() - began))


def of(rule: Rule, requests: Labelled, traffic: Labelled) -> dict[str, float]:
    """Measure one detector on our own texts."""
    shares = accuracy(rule, traffic)
    foreign = [text for text in traffic if text[0] != "English"]
    right = sum(accuracy(rule, [text])[text[0]] for text in foreign)
    return {
        "requests": mean(accuracy(rule, requests), dict(requests)),
        "with_code": mean(accuracy(rule, [(name, text + CODE) for name, text in requests]), dict(requests)),
        "traffic": round(ENGLISH * shares["English"] + (1 - ENGLISH) * right / len(foreign), 3),
        "prompts_per_cpu_second": speed(rule, traffic),
    }


def measure(folders: Sequence[Path]) -> dict[str, object]:
    """Measure everything once."""
    written: dict[str, str] = json.loads((TEXTS / "prompts.json").read_text(encoding="utf-8"))
    traffic: Labelled = [tuple(each) for each in json.loads((TEXTS / "traffic.json").read_text(encoding="utf-8"))]
    detectors = rules()
    results = {name: of(rule, list(written.items()), traffic) for name, rule in detectors.items()}
    for catalogue, texts in sorted(catalogues(folders).items()):
        for name, rule in detectors.items():
            shares = accuracy(rule, texts)
            above = sum(share > 0.5 for share in shares.values())
            top = mean(shares, written)
            print(f"{catalogue:<24} {name:<10} {len(shares):4} languages, {above:4} above half, commonest {top:.3f}")
    ours = results.pop("ours")
    met = ours["requests"] >= GOAL and ours["with_code"] >= WITH_CODE and ours["traffic"] >= GOAL
    return {
        "name": "language",
        "ours": ours,
        "peers": results,
        "ratio": round(ours["prompts_per_cpu_second"] / results["py3langid"]["prompts_per_cpu_second"], 1),
        "goal": GOAL,
        "met": met,
    }


if __name__ == "__main__":
    print(json.dumps(measure([Path(each) for each in sys.argv[1:]])))
