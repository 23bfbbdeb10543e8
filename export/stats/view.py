"""One view over the data files of any form: who answered, what was said, how long, in which language, how safe."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from export.moderation.verdict import CATEGORIES

MEMORY = "500MB"

SIDES = ("conversation", "conversation_a", "conversation_b")


@contextmanager
def release_view(files: Sequence[Path]) -> Generator[duckdb.DuckDBPyConnection]:
    """Open the files as a view `said`, in bounded memory: what does not fit goes to a temporary folder.

    Its columns: `models`, `turn`, `language`, `prompts` and `answers` (lengths in characters), and where the form has
    them `winner`, `redacted`, `day`, `messages`, `moderated`, `flagged` and `categories` (as `CATEGORIES` lists them).
    """
    schema = pq.read_schema(files[0])
    with (
        TemporaryDirectory() as folder,
        duckdb.connect(
            config={"memory_limit": MEMORY, "temp_directory": f"{folder}/spill", "threads": 2}
        ) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        columns = ", ".join(f"{expression} AS {name}" for name, expression in _columns(schema).items())
        source = ", ".join(_text(each) for each in _plainly_named(files, Path(folder)))
        connection.execute(f"CREATE VIEW said AS SELECT {columns} FROM read_parquet([{source}])")  # noqa: S608 (ours)
        yield connection


def _plainly_named(files: Sequence[Path], folder: Path) -> list[str]:
    """Link the files under names without signs: DuckDB takes brackets and stars in a path for a pattern."""
    links = [folder / f"{number}.parquet" for number in range(len(files))]
    for link, file in zip(links, files, strict=True):
        link.symlink_to(file.resolve())
    return [str(link) for link in links]


def sides_of(schema: pa.Schema) -> list[str]:
    """Return the columns that hold conversations: one, or those of both sides."""
    return [name for name in SIDES if name in schema.names]


def _columns(schema: pa.Schema) -> dict[str, str]:
    """Return what each column of the view is, as SQL over the columns of the files."""
    sides = sides_of(schema)
    columns = {
        "models": "[model]" if "model" in schema.names else "[model_a, model_b]",
        "turn": "turn" if "turn" in schema.names else f"len({_lengths(schema, sides[0], 'user')})",
        "language": "language",
        "prompts": _lengths(schema, sides[0], "user"),
        "answers": " || ".join(_lengths(schema, side, "assistant") for side in sides),
    }
    columns |= {name: name for name in ("winner", "redacted") if name in schema.names}
    return columns | _day(schema) | _moderation(schema)


def _lengths(schema: pa.Schema, side: str, role: str) -> str:
    """Return the lengths of one role's messages. Newer forms hold a message as a list of parts."""
    message = schema.field(side).type.value_type
    is_text = pa.types.is_string(message.field("content").type)
    length = "length(m.content)" if is_text else "coalesce(list_sum([length(p.text) for p in m.content]), 0)"
    return f"[{length} for m in {side} if m.role = '{role}']"


def _day(schema: pa.Schema) -> dict[str, str]:
    for name in ("finished_on", "tstamp", "timestamp"):
        if name in schema.names:
            kind = schema.field(name).type
            return {"day": f"CAST({_moment(name, kind)} AS DATE)"}
    return {}


def _moment(name: str, kind: pa.DataType) -> str:
    return f"to_timestamp({name})" if pa.types.is_floating(kind) or pa.types.is_integer(kind) else name


def _moderation(schema: pa.Schema) -> dict[str, str]:
    if "openai_moderation" not in schema.names:
        return {}
    if pa.types.is_struct(schema.field("openai_moderation").type):  # one for a whole battle
        flags = ", ".join(f"coalesce(openai_moderation.categories.{_name(each)}, false)" for each in CATEGORIES)
        return {
            "messages": "1",
            "moderated": "CAST(openai_moderation.flagged IS NOT NULL AS INTEGER)",
            "flagged": "coalesce(openai_moderation.flagged, false)",
            "categories": f"[{flags}]",
        }
    flags = ", ".join(_any(f"m.categories.{_name(each)}") for each in CATEGORIES)
    return {
        "messages": "len(openai_moderation)",
        "moderated": "len([m.flagged for m in openai_moderation if m.flagged IS NOT NULL])",
        "flagged": _any("m.flagged"),
        "categories": f"[{flags}]",
    }


def _any(what: str) -> str:
    return f"coalesce(list_bool_or([{what} for m in openai_moderation]), false)"


def _name(identifier: str) -> str:
    return f'"{identifier}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
