"""An answer while it is being written."""

from dataclasses import dataclass, field

from arena.chat import Ending
from controller.worker_client import Piece
from logging_store.facts import TurnEnd


@dataclass
class Draft:
    """What has arrived of one answer so far. Times are unix seconds."""

    turn_id: str
    texts: list[str] = field(default_factory=list[str])
    reasonings: list[str] = field(default_factory=list[str])
    worker: str | None = None
    first_word_at: float | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    error_code: str | None = None

    def take(self, piece: Piece, now: float) -> None:
        """Add the next piece."""
        if piece.text:
            self.texts.append(piece.text)
            self.first_word_at = now if self.first_word_at is None else self.first_word_at
        if piece.reasoning:
            self.reasonings.append(piece.reasoning)
        self.finish_reason = piece.finish_reason or self.finish_reason
        if piece.prompt_tokens is not None:
            self.prompt_tokens = piece.prompt_tokens
        if piece.completion_tokens is not None:
            self.completion_tokens = piece.completion_tokens

    def on_worker(self, worker: str) -> None:
        """Note which worker is writing."""
        self.worker = worker

    def end(self, ending: Ending, now: float) -> TurnEnd:
        """Return what the ledger keeps of it."""
        return TurnEnd(
            turn_id=self.turn_id,
            ending=ending,
            finished_at=now,
            answer="".join(self.texts),
            reasoning="".join(self.reasonings),
            worker=self.worker,
            first_word_at=self.first_word_at,
            finish_reason=self.finish_reason,
            error_code=self.error_code,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
        )
