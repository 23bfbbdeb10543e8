"""What the tests of the house ask about the repository."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("arena", "controller", "model_worker", "web_ui", "logging_store", "export")


def files(*folders: str) -> list[Path]:
    """Return the files that git knows or would add, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [Path(name) for name in sorted(set(listed.stdout.split("\0"))) if name and (ROOT / name).is_file()]


def code_blocks(file: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language in a Markdown file."""
    return re.findall(rf"^```{language}\n(.*?)^```", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
