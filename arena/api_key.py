"""What a program's key to this arena allows."""

from enum import StrEnum


class KeyScope(StrEnum):
    """For which calls a key is good."""

    MODELS = "models"
    """List the models."""
    CHAT = "chat"
    """Ask them: completions and embeddings."""
    ADMIN = "admin"
    """Look after the arena: workers and the catalogue."""


class KeyPriority(StrEnum):
    """Whose requests wait longer when slots are short. Visitors come before both."""

    CLIENT = "client"
    BATCH = "batch"
