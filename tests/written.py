"""Releases as they lie in a folder, written row by row with pyarrow: what reads them need not wait for a ledger."""

import random
from collections.abc import Sequence
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from export.card.finish import finish
from export.moderation.verdict import CATEGORIES
from export.release.all_forms import FORMS
from export.release.manifest import write_manifest
from export.release.notes import shuffle_key
from export.release.summary import Summary
from export.stats.figures import count

Row = dict[str, Any]
REDACTIONS = pa.schema([("id", pa.string()), ("kind", pa.string()), ("times", pa.int32())])
SCHEMAS: dict[str, pa.Schema] = {name: form.schema for name, form in FORMS.items()}


def moderated(*named: str) -> Row:
    """What moderation says of a text that is these."""
    return {
        "categories": {name: name in named for name in CATEGORIES},
        "category_scores": {name: 0.9 if name in named else 0.01 for name in CATEGORIES},
        "flagged": bool(named),
    }


UNMODERATED: dict[str, Any] = {
    "categories": dict.fromkeys(CATEGORIES),
    "category_scores": dict.fromkeys(CATEGORIES),
    "flagged": None,
}


def said(*texts: str) -> list[dict[str, str]]:
    """Messages in turns, the user first."""
    return [{"content": text, "role": role} for text, role in zip(texts, cycle(("user", "assistant")), strict=False)]


def parts(*texts: str) -> list[Row]:
    """The same in the newer form."""
    return [
        {"role": each["role"], "content": [{"type": "text", "text": each["content"], "image": None, "mimeType": None}]}
        for each in said(*texts)
    ]


def a_conversation(number: int = 0, **given: Any) -> Row:
    """A row of `chat-1m`."""
    messages: list[dict[str, str]] = given.get("conversation", said(f"Hello {number}?", "Hello, NAME_1!"))
    default = {
        "conversation_id": f"{number:032x}",
        "model": "echo",
        "conversation": messages,
        "turn": len(messages) // 2,
        "language": "English",
        "openai_moderation": [UNMODERATED] * len(messages),
        "redacted": any("NAME_" in each["content"] for each in messages),
    }
    return default | given


def a_battle(number: int = 0, **given: Any) -> Row:
    """A row of `arena-battles`."""
    default = {
        "question_id": f"{number:032x}",
        "model_a": "echo",
        "model_b": "doctor",
        "winner": "model_a",
        "judge": f"arena_user_{1:016x}",
        "conversation_a": said("Hi?", "Hi NAME_1."),
        "conversation_b": said("Hi?", "Well."),
        "turn": 1,
        "anony": True,
        "language": "English",
        "tstamp": 1_790_000_000.0,
        "openai_moderation": UNMODERATED,
        "toxic_chat_tag": None,
    }
    return default | given


def a_preference(number: int = 0, **given: Any) -> Row:
    """A row of `preference-140k`."""
    default = {
        "id": f"{number:032x}",
        "evaluation_session_id": f"{1:032x}",
        "evaluation_order": 1,
        "model_a": "echo",
        "model_b": "doctor",
        "winner": "both_bad",
        "conversation_a": parts("Hi?", "Hi NAME_1."),
        "conversation_b": parts("Hi?", "Well."),
        "language": "English",
        "is_code": False,
        "timestamp": 1_790_000_000_000_000,
    }
    return default | given


def a_full(number: int = 0, **given: Any) -> Row:
    """A row of `full`, most of it unknown."""
    default = {"finished_on": date(2026, 9, 21), "turn_ending": ["completed"], "mode": "direct"}
    return a_conversation(number) | default | given


ROWS = {"chat-1m": a_conversation, "arena-battles": a_battle, "preference-140k": a_preference, "full": a_full}


def write_rows(folder: Path, form: str, *files: Sequence[Row]) -> list[Path]:
    """Write the data files of a release: one file for each list of rows."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    paths = [folder / f"data/train-{number:05}-of-{len(files):05}.parquet" for number in range(len(files))]
    for path, rows in zip(paths, files, strict=True):
        pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMAS[form]), path, compression="zstd")
    return paths


WORDS = ("the", "of", "model", "river", "seven", "please", "write", "code", "in", "python", "for", "a", "garden", "why")
MODELS = (
    "llama-3.1-8b",
    "qwen-2.5-72b",
    "mistral-large",
    "gpt-oss-120b",
    "phi-4",
    "gemma-3-27b",
    "command-a",
    "olmo-2",
)
LANGUAGES = ("English", "English", "English", "Chinese", "Russian", "Spanish", "Portuguese", "German", "unknown")


def many(form: str, rows: int, seed: int = 7) -> list[Row]:
    """Rows in a mix like traffic: some models and languages are commoner, lengths differ, a few are unsafe."""
    chance = random.Random(seed)
    return [ROWS[form](number, **_some(form, chance)) for number in range(rows)]


def _some(form: str, chance: random.Random) -> Row:
    texts = [" ".join(chance.choices(WORDS, k=int(chance.lognormvariate(3, 1)) + 1)) for _ in range(8)]
    texts = [f"NAME_1 said: {text}" if chance.random() < 0.1 else text for text in texts]
    turns = min(4, int(chance.expovariate(0.9)) + 1)
    model, other = (min(int(chance.expovariate(0.5)), len(MODELS) - 1) for _ in range(2))
    tags = [moderated(chance.choice(CATEGORIES)) if chance.random() < 0.03 else moderated() for _ in range(2 * turns)]
    moment = 1_789_000_000 + chance.randrange(40 * 86_400)
    some = {"language": chance.choice(LANGUAGES), "turn": turns, "model": MODELS[model], "model_a": MODELS[model]}
    some |= {"model_b": MODELS[other - 1], "winner": chance.choice(("model_a", "model_b", "tie"))}
    some |= {"openai_moderation": tags if "battles" not in form else moderated(), "tstamp": float(moment)}
    some |= {"timestamp": moment * 1_000_000, "finished_on": date.fromordinal(739_000 + chance.randrange(40))}
    make = parts if form == "preference-140k" else said
    sides = dict.fromkeys(("conversation", "conversation_a", "conversation_b"), make(*texts[: 2 * turns]))
    some |= sides | {"redacted": "NAME_1" in "".join(texts[: 2 * turns])}
    return {name: value for name, value in some.items() if name in SCHEMAS[form].names}


def a_summary(form: str = "chat-1m", **given: Any) -> Summary:
    """What is known of a release."""
    default: dict[str, Any] = {
        "form": form,
        "date": "2026-10-01",
        "settings": {"names": "recall", "pii": "drop", "seed": 42},
        "recipe": ["keep what may be released", "shuffle"],
        "versions": {"chat-arena": "0.1.0"},
        "read": 9,
        "released": 5,
        "dropped": {"no_release_consent": 3, "personal_data_email": 1},
        "users": 4,
        "moderation": {"models": {"omni-moderation-2024-09-26": 10}, "messages": 10, "moderated": 10},
        "quality": {"recall": {"EMAIL": {"recall": 0.999, "cases": 700}, "NAME": {"recall": 0.96, "cases": 90}}},
        "canaries": {"planted": 20, "leaked": 0},
    }
    return Summary(**default | given)


def a_release(folder: Path, form: str = "chat-1m", rows: int | Sequence[Row] = 5, **given: Any) -> Path:
    """Write a whole release, of so many rows or of these: data, what lies beside it, and the manifest."""
    told = many(form, rows) if isinstance(rows, int) else rows
    ordered = sorted(told, key=lambda row: shuffle_key(42, str(next(iter(row.values())))))
    (path,) = write_rows(folder, form, ordered)
    summary = a_summary(form, **{"released": len(told), "read": len(told) + 4, **_counted(path)} | given)
    (folder / "side").mkdir()
    ids = [str(next(iter(row.values()))) for row in told]
    redacted = [name for name, row in zip(ids, told, strict=True) if row.get("redacted")]
    replaced = pa.table({"id": redacted, "kind": ["NAME"] * len(redacted), "times": [1] * len(redacted)}, REDACTIONS)
    pq.write_table(replaced, folder / "side/redactions.parquet")
    pq.write_table(pa.table({"id": ids}), folder / "side/marks.parquet")
    finish(folder, summary)
    write_manifest(folder, summary, {path.relative_to(folder).as_posix(): len(told)}, [])
    return folder


def _counted(path: Path) -> dict[str, Any]:
    """What a release says of its rows in numbers."""
    stats = count([path])
    said: dict[str, Any] = {"redacted": stats.redacted or 0}
    if stats.redacted:
        said["replaced"] = {"NAME": stats.redacted}
    if stats.unsafe is not None:
        numbers = {"messages": stats.unsafe.messages, "moderated": stats.unsafe.moderated}
        said |= {"flagged": stats.unsafe.flagged, "unsafe": stats.unsafe.categories}
        said["moderation"] = {"models": {"omni-moderation-2024-09-26": numbers["moderated"]}, **numbers}
    return said
