"""The key under which releases have pseudonyms, for those who look at releases that were made or will be."""

import os
from pathlib import Path

from arena.errors import SetupError
from arena.settings import Launch


def release_key(launch: Launch, data: Path) -> bytes:
    """Return the release key of the arena with this data folder.

    A folder that is not there has none, and one made now would be nobody's: `SetupError`.
    """
    if not data.is_dir() and not os.environ.get("ARENA_RELEASE_KEY"):
        raise SetupError(f"--data: there is no folder {data}, which holds the release key")
    return launch.data_key(data, "release").get_secret_value().encode()
