"""What an answer costs, in whole billionths of a dollar: they add up exactly, in whatever order and however often."""

from decimal import ROUND_HALF_UP, Decimal

from arena.model import ModelEntry

NANO = 1_000_000_000
MOST_TOKENS = 100_000_000
"""More than any model reads or writes in one answer: a worker that claims more is not believed."""
CHARS_PER_TOKEN = 4
"""Of English text, roughly; for what no worker counted."""


def believable(tokens: int) -> int:
    """Return a number of tokens within what can be true."""
    return min(max(tokens, 0), MOST_TOKENS)


def tokens_in(chars: int) -> int:
    """Estimate the tokens of a text by its length."""
    return -(-chars // CHARS_PER_TOKEN)


def cost(entry: ModelEntry | None, prompt_tokens: int, completion_tokens: int) -> int:
    """Return nanodollars, rounded once; 0 for what has no price."""
    if entry is None or (entry.price_in is None and entry.price_out is None):
        return 0
    # a price per million tokens is a thousand times as many nanodollars per token
    exact = 1000 * (_price(entry.price_in) * prompt_tokens + _price(entry.price_out) * completion_tokens)
    return int(exact.to_integral_value(ROUND_HALF_UP))


def stop_at(entry: ModelEntry) -> int | None:
    """Return the nanodollars a day at which a model is asked no more."""
    return None if entry.dollars_per_day is None else int(Decimal(repr(entry.dollars_per_day)) * NANO)


def _price(dollars: float | None) -> Decimal:
    return Decimal(0) if dollars is None else Decimal(repr(dollars))  # as it was written, not as binary rounds it
