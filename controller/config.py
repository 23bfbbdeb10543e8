"""What the controller needs to run."""

from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from arena.model import ModelEntry
from arena.settings import ControllerSection, Limits, Resolved


class ControllerSettings(Resolved, ControllerSection):
    """Read once, in the command line; handed down from there."""

    store_url: str
    models: tuple[ModelEntry, ...]
    limits: Limits
    page_key: SecretStr
    """Who holds it may state a visitor's address."""
    worker_key: SecretStr
    """Who holds it may register workers."""
    gateway_key: SecretStr
    """Who holds it may use every public model through `/v1`."""
    pseudonym_key_of: Callable[[str], SecretStr]
    """Returns the key with which addresses are hashed in a period."""
    chain_key: SecretStr
    """What is written to the ledger is linked with it."""
    spool: Path
    """The folder in which turns wait that the ledger does not take; this controller's alone."""
    tombstones: Path | None = None
    """Where it is written down outside the database what was forgotten."""
