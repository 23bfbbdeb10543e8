"""Releases as they lie in a folder, written row by row with pyarrow: what reads them need not wait for a ledger."""

import random
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

CATEGORIES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening"),
    *("self-harm", "self-harm/instructions", "self-harm/intent"),
    *("sexual", "sexual/minors", "violence", "violence/graphic"),
)
_MESSAGE = pa.struct([("content", pa.string()), ("role", pa.string())])
MODERATION = pa.struct(
    [
        ("categories", pa.struct([(name, pa.bool_()) for name in CATEGORIES])),
        ("category_scores", pa.struct([(name, pa.float64()) for name in CATEGORIES])),
        ("flagged", pa.bool_()),
    ]
)
_TOXIC = pa.struct(
    [
        ("roberta-large", pa.struct([("flagged", pa.bool_()), ("probability", pa.float64())])),
        ("t5-large", pa.struct([("flagged", pa.bool_()), ("score", pa.float64())])),
    ]
)
_PART = pa.struct([("type", pa.string()), ("text", pa.string()), ("image", pa.string()), ("mimeType", pa.string())])
_PARTS = pa.list_(pa.struct([("role", pa.string()), ("content", pa.list_(_PART))]))

CHAT_1M = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("model", pa.string()),
        ("conversation", pa.list_(_MESSAGE)),
        ("turn", pa.int64()),
        ("language", pa.string()),
        ("openai_moderation", pa.list_(MODERATION)),
        ("redacted", pa.bool_()),
    ]
)
ARENA_BATTLES = pa.schema(
    [
        ("question_id", pa.string()),
        ("model_a", pa.string()),
        ("model_b", pa.string()),
        ("winner", pa.string()),
        ("judge", pa.string()),
        ("conversation_a", pa.list_(_MESSAGE)),
        ("conversation_b", pa.list_(_MESSAGE)),
        ("turn", pa.int64()),
        ("anony", pa.bool_()),
        ("language", pa.string()),
        ("tstamp", pa.float64()),
        ("openai_moderation", MODERATION),
        ("toxic_chat_tag", _TOXIC),
    ]
)
PREFERENCE = pa.schema(
    [
        ("id", pa.string()),
        ("evaluation_session_id", pa.string()),
        ("evaluation_order", pa.int32()),
        ("model_a", pa.string()),
        ("model_b", pa.string()),
        ("winner", pa.string()),
        ("conversation_a", _PARTS),
        ("conversation_b", _PARTS),
        ("language", pa.string()),
        ("is_code", pa.bool_()),
        ("timestamp", pa.timestamp("us", tz="UTC")),
    ]
)
SCHEMAS = {"chat-1m": CHAT_1M, "arena-battles": ARENA_BATTLES, "preference-140k": PREFERENCE}


def moderated(*named: str) -> dict[str, Any]:
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


def parts(*texts: str) -> list[dict[str, Any]]:
    """The same in the newer form."""
    return [
        {"role": each["role"], "content": [{"type": "text", "text": each["content"], "image": None, "mimeType": None}]}
        for each in said(*texts)
    ]


def a_conversation(number: int = 0, **given: Any) -> dict[str, Any]:
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


def a_battle(number: int = 0, **given: Any) -> dict[str, Any]:
    """A row of `arena-battles`."""
    default = {
        "question_id": f"{number:032x}",
        "model_a": "echo",
        "model_b": "doctor",
        "winner": "model_a",
        "judge": "arena_user_1",
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


def a_preference(number: int = 0, **given: Any) -> dict[str, Any]:
    """A row of `preference-140k`."""
    default = {
        "id": f"{number:032x}",
        "evaluation_session_id": "s",
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


ROWS = {"chat-1m": a_conversation, "arena-battles": a_battle, "preference-140k": a_preference}


def write_rows(folder: Path, form: str, *files: Sequence[dict[str, Any]]) -> list[Path]:
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


def many(form: str, rows: int, seed: int = 7) -> list[dict[str, Any]]:
    """Rows in a mix like traffic: some models and languages are commoner, lengths differ, a few are unsafe."""
    chance = random.Random(seed)
    return [ROWS[form](number, **_some(form, chance)) for number in range(rows)]


def _some(form: str, chance: random.Random) -> dict[str, Any]:
    texts = [" ".join(chance.choices(WORDS, k=int(chance.lognormvariate(3, 1)) + 1)) for _ in range(8)]
    turns = min(4, int(chance.expovariate(0.9)) + 1)
    pick = [min(int(chance.expovariate(0.5)), len(MODELS) - 1) for _ in range(2)]
    some: dict[str, Any] = {"language": chance.choice(LANGUAGES)}
    if form == "chat-1m":
        tags = [
            moderated(chance.choice(CATEGORIES)) if chance.random() < 0.03 else moderated() for _ in range(2 * turns)
        ]
        told = [f"NAME_1 said: {text}" if chance.random() < 0.1 else text for text in texts]
        return (
            some
            | a_conversation(
                chance.getrandbits(100),
                conversation=said(*told[: 2 * turns]),
                openai_moderation=tags,
                model=MODELS[pick[0]],
            )
            | some
        )
    moment = 1_789_000_000 + chance.randrange(40 * 86_400)
    time = {"tstamp": float(moment)} if form == "arena-battles" else {"timestamp": moment * 1_000_000}
    turned = {"turn": turns} if form == "arena-battles" else {}
    make = said if form == "arena-battles" else parts
    return (
        some
        | time
        | turned
        | {
            "model_a": MODELS[pick[0]],
            "model_b": MODELS[pick[1] - 1],
            "winner": chance.choice(("model_a", "model_b", "tie")),
            "conversation_a": make(*texts[: 2 * turns]),
            "conversation_b": make(*texts[: 2 * turns]),
        }
    )
