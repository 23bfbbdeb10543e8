"""What is known of a release of one form when its rows are written: for the card, the statistics and the manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Summary:
    """One form's release in numbers. Every mapping is in the order in which it is to be shown.

    `read` = `released` + the sum of `dropped`, exactly. All other counts are of what is released.
    """

    form: str
    date: str
    """The release's, as `2026-10-01`: an input, no wall clock."""
    settings: Mapping[str, Any]
    """What of the operator's settings may be published."""
    recipe: list[str]
    """What was done, in order."""
    versions: Mapping[str, str]
    read: int = 0
    released: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict[str, int])
    users: int = 0
    """Addresses, as far as their keyed hashes tell them apart."""
    models: Mapping[str, int] = field(default_factory=dict[str, int])
    """Conversations by model, in forms of battles sides; the most first."""
    languages: Mapping[str, int] = field(default_factory=dict[str, int])
    """Rows by language, the most first."""
    days: Mapping[str, int] = field(default_factory=dict[str, int])
    """Rows by the UTC day on which the last turn finished, in order."""
    turn_counts: Mapping[int, int] = field(default_factory=dict[int, int])
    """Rows by their number of turns, in order."""
    outcomes: Mapping[str, int] = field(default_factory=dict[str, int])
    """Rows by the vote, in forms of battles."""
    turns: int = 0
    """Pairs of a message and its answer, in forms of battles those of both sides."""
    messages: int = 0
    prompt_chars: int = 0
    answer_chars: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    tokenizer: str | None = None
    """Whose tokens these are; None: an estimate."""
    prompt_lengths: Mapping[int, int] = field(default_factory=dict[int, int])
    """Messages of users by their length: the number of characters' bits, so 7 stands for 64 to 127."""
    answer_lengths: Mapping[int, int] = field(default_factory=dict[int, int])
    redacted: int = 0
    """Rows in which something was replaced."""
    replaced: Mapping[str, int] = field(default_factory=dict[str, int])
    """What was replaced, by kind: occurrences."""
    unsafe: Mapping[str, int] = field(default_factory=dict[str, int])
    """Rows with a message flagged in the category, the most first."""
    flagged: int = 0
    """Rows with a flagged message."""
    moderation: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """`models` (verdicts by model), `messages`, `moderated` (messages with a verdict)."""
    quality: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What `arena export quality` measures, by type and language; empty if nothing was measured."""
    canaries: Mapping[str, int] = field(default_factory=dict[str, int])
    """`planted` and `leaked`."""
    data_files: Mapping[str, int] = field(default_factory=dict[str, int])
    """Rows by the data file's name, such as `data/train-00000-of-00002.parquet`, in order."""
    side_files: Mapping[str, int] = field(default_factory=dict[str, int])
    """Rows by the side file's name."""
    data_bytes: int = 0
    """Of the data files: what is downloaded."""
    arrow_bytes: int = 0
    """Of the rows in memory: Arrow's own count."""
    title: str = ""
    licence: str | None = None
    contact: str | None = None

    @property
    def turns_per_row(self) -> float:
        """The mean, 0 when nothing is released."""
        return self.turns / self.released if self.released else 0.0

    @property
    def tokens_per_prompt(self) -> float:
        """The mean, 0 when nothing is released."""
        return self.prompt_tokens / self.turns if self.turns else 0.0

    @property
    def tokens_per_answer(self) -> float:
        """The mean, 0 when nothing is released."""
        return self.answer_tokens / self.turns if self.turns else 0.0
