"""Keys by which our processes know each other: kept in the data folder, made when missing."""

import os
import secrets
import tempfile
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from pydantic import SecretStr

from arena.errors import SetupError

SHORTEST = 16
"""Characters below which a key can be guessed."""
PLACEHOLDERS = (
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "example",
    "your-",
    "your_",
    "password",
    "...",
    "<",
    "xxxx",
)


def data_key(data: Path, name: str) -> SecretStr:
    """Return the key `name`, from `ARENA_<NAME>_KEY` or `DATA/keys/<name>.key`, made when missing."""
    return _given(name) or _kept(data / "keys" / f"{name}.key")


def period_key(data: Path, name: str, period: str) -> SecretStr:
    """Return a key of one period, from `ARENA_<NAME>_KEY` or `DATA/keys/<name>-<period>.key`, made when missing.

    A key of the time before there were periods becomes the first one's.
    """
    folder = data / "keys"
    return _given(name) or _kept(folder / f"{name}-{period}.key", before=folder / f"{name}.key")


def _given(name: str) -> SecretStr | None:
    given = os.environ.get(f"ARENA_{name.upper()}_KEY", "").strip()
    return SecretStr(given) if given else None


def _kept(file: Path, before: Path | None = None) -> SecretStr:
    """Return the key in a file; a missing one becomes what the file `before` holds, or a new one."""
    try:
        if not file.exists() and not (before and _renamed(before, file)):
            _make(file)
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SetupError(f"{file}: the key cannot be read or made: {reason}") from error
    if not key:
        raise SetupError(f"{file}: the file is empty: delete it, and a new key is made")
    return SecretStr(key)


def _renamed(before: Path, file: Path) -> bool:
    """Let a key go on under another name. Of two processes that do it together both find it there."""
    if not before.exists():
        return False
    with suppress(FileExistsError, FileNotFoundError):  # the other one was first
        os.link(before, file)
    before.unlink(missing_ok=True)
    return file.exists()


def _make(file: Path) -> None:
    """Write a new key. Of two processes that start together one wins, and both then read the same key."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=file.parent)  # mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(secrets.token_hex(32))
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        Path(draft).unlink()


def is_placeholder(secret: SecretStr, *, shortest: int = SHORTEST) -> bool:
    """Whether a secret looks like an example that somebody forgot to replace."""
    text = secret.get_secret_value().lower()
    return len(text) < shortest or len(set(text)) < 4 or any(sign in text for sign in PLACEHOLDERS)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a service that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
