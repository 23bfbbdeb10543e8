"""Prints the bench's table: `python -m export.names.bench [recall|balanced] [development|held_out|fresh] [SEED]`."""

import sys

from export.names.bench.measure import Quality, measure_names


def main(setting: str = "recall", part: str = "held_out", seed: str = "1") -> None:
    """Measure, and print a line for each language."""
    if setting not in {"recall", "balanced"} or part not in {"development", "held_out", "fresh"}:
        raise SystemExit(__doc__)
    found = measure_names(setting, int(seed), part)  # pyright: ignore[reportArgumentType]
    rows = [("all", found.together), *found.languages.items()]
    sys.stdout.write("language   any  whole (conversations)  touched (messages)\n")
    for name, quality in rows:
        sys.stdout.write(_line(name, quality))


def _line(name: str, quality: Quality) -> str:
    return (
        f"{name:<9}{quality.any:5.3f}  {quality.whole:5.3f} ({quality.conversations})"
        f"  {quality.touched:5.3f} ({quality.clean_messages})\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
