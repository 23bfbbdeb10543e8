"""Word lists in files: `[section]`, then entries, with remarks after `#`."""

import lzma
from collections.abc import Iterable, Mapping
from pathlib import Path

DATA = Path(__file__).with_name("data")


def read(path: Path, comma: bool = False) -> dict[str, list[str]]:
    """Return each section's entries: one a line or word, or set off by commas. `.xz` is unpacked."""
    text = lzma.decompress(path.read_bytes()).decode() if path.suffix == ".xz" else path.read_text("utf-8")
    sections: dict[str, list[str]] = {}
    entries: list[str] = sections.setdefault("", [])
    for line in text.split("\n"):
        if line.startswith("["):
            entries = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            entries += [each.strip() for each in line.split(",")] if comma else line.split(" ")
    return {name: [each for each in entries if each] for name, entries in sections.items() if entries}


def write(path: Path, sections: Mapping[str, Iterable[str]], remark: str) -> None:
    """Write sections, sorted: the same entries give the same bytes."""
    parts = [f"# {remark}"]
    for name, entries in sections.items():
        parts += [f"[{name}]", *sorted(set(entries))]
    text = ("\n".join(parts) + "\n").encode()
    path.write_bytes(lzma.compress(text, preset=9) if path.suffix == ".xz" else text)
