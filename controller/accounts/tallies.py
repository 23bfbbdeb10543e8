"""What was used today: what the ledger told last of all controllers, and what this one has not yet told the ledger."""

from collections import Counter

from logging_store.facts import UsageFact
from logging_store.usage import DayTotals


class Tallies:
    """Counts without waiting. `take`, then either `told` or `not_told`: nothing is lost or counted twice."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], UsageFact] = {}
        self._taken: list[UsageFact] = []
        self._own_spent: Counter[tuple[str, str]] = Counter()
        self._own_tokens: Counter[tuple[str, str]] = Counter()
        self._day = ""
        self._totals = DayTotals({}, {})

    def add(self, more: UsageFact) -> None:
        """Count something."""
        place = (more.day, more.key_id, more.model)
        before = self._rows.get(place)
        self._rows[place] = more if before is None else _sum(before, more)
        self._weigh(more, 1)

    def spent(self, day: str, model: str) -> int:
        """Return the nanodollars that all controllers together, as far as is known, spent on a model."""
        total = self._totals.nanodollars.get(model, 0) if day == self._day else 0
        return total + self._own_spent[day, model]

    def tokens(self, day: str, key_id: str) -> int:
        """Return the tokens that a key used at all controllers together, as far as is known."""
        total = self._totals.tokens.get(key_id, 0) if day == self._day else 0
        return total + self._own_tokens[day, key_id]

    def spent_by_model(self, day: str) -> dict[str, int]:
        """Return the nanodollars spent on each model."""
        own = {model for its_day, model in self._own_spent if its_day == day}
        told = set(self._totals.nanodollars) if day == self._day else set[str]()
        return {model: self.spent(day, model) for model in own | told}

    def take(self) -> list[UsageFact]:
        """Return what the ledger does not know yet. It goes on counting here until the ledger has it."""
        self._taken = list(self._rows.values())
        self._rows = {}
        return self._taken

    def told(self, totals: DayTotals, day: str) -> None:
        """Learn that the ledger has what was taken, and what it holds of this day now, that included."""
        for fact in self._taken:
            self._weigh(fact, -1)
        self._taken = []
        self._totals, self._day = totals, day

    def not_told(self) -> None:
        """Learn that the ledger does not have it: it is taken again next time."""
        for fact in self._taken:
            place = (fact.day, fact.key_id, fact.model)
            since = self._rows.get(place)
            self._rows[place] = fact if since is None else _sum(fact, since)
        self._taken = []

    def _weigh(self, fact: UsageFact, sign: int) -> None:
        _shift(self._own_spent, (fact.day, fact.model), sign * fact.nanodollars)
        _shift(self._own_tokens, (fact.day, fact.key_id), sign * (fact.prompt_tokens + fact.completion_tokens))


def _shift(counts: Counter[tuple[str, str]], place: tuple[str, str], amount: int) -> None:
    counts[place] += amount
    if not counts[place]:
        del counts[place]


def _sum(one: UsageFact, other: UsageFact) -> UsageFact:
    return UsageFact(
        day=one.day,
        key_id=one.key_id,
        model=one.model,
        requests=one.requests + other.requests,
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        nanodollars=one.nanodollars + other.nanodollars,
    )
