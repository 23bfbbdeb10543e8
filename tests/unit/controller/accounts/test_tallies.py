from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from controller.accounts.tallies import Tallies
from logging_store.facts import UsageFact
from logging_store.usage import DayTotals
from tests.facts import a_usage

DAYS = st.sampled_from(["2026-11-21", "2026-11-22"])
MODELS = st.sampled_from(["one", "two"])
KEYS = st.sampled_from(["", "k"])
FIRST = "2026-11-21"


class TwoControllersAndOneLedger(RuleBasedStateMachine):
    """Whatever is counted, told, and not told: the ledger gets each fact once, and nobody forgets his own."""

    def __init__(self) -> None:
        super().__init__()
        self.tallies = Tallies(), Tallies()
        self.own: tuple[Counter[tuple[str, str]], ...] = Counter(), Counter()
        self.ledger: Counter[tuple[str, str]] = Counter()
        self.used: Counter[tuple[str, str]] = Counter()
        self.seen: list[dict[str, int]] = [{}, {}]

    @rule(which=st.integers(0, 1), day=DAYS, model=MODELS, key=KEYS, cost=st.integers(0, 10**15))
    def count(self, which: int, day: str, model: str, key: str, cost: int) -> None:
        self.tallies[which].add(a_usage(day=day, model=model, key_id=key, nanodollars=cost))
        self.own[which][day, model] += cost

    @rule(which=st.integers(0, 1), late=st.integers(0, 5), is_lost=st.booleans())
    def tell(self, which: int, late: int, is_lost: bool) -> None:
        tallies, taken = self.tallies[which], self.tallies[which].take()
        for _ in range(late):  # counted while the ledger is being told
            self.count(which, FIRST, "one", "", 1)
        if is_lost:
            tallies.not_told()
            return
        for fact in taken:
            self._write(which, fact)
        spent = {model: cost for (day, model), cost in self.ledger.items() if day == FIRST}
        tokens = {key: used for (day, key), used in self.used.items() if day == FIRST}
        self.seen[which] = spent
        tallies.told(DayTotals(spent, tokens), FIRST)

    def _write(self, which: int, fact: UsageFact) -> None:
        self.ledger[fact.day, fact.model] += fact.nanodollars
        self.used[fact.day, fact.key_id] += fact.prompt_tokens + fact.completion_tokens
        self.own[which][fact.day, fact.model] -= fact.nanodollars

    @invariant()
    def each_knows_the_ledger_as_told_and_what_is_its_own(self) -> None:
        for which in (0, 1):
            for model in ("one", "two"):
                expected = self.seen[which].get(model, 0) + self.own[which][FIRST, model]
                assert self.tallies[which].spent(FIRST, model) == expected
            assert sum(self.tallies[which].spent_by_model(FIRST).values()) == sum(
                self.tallies[which].spent(FIRST, model) for model in ("one", "two")
            )


TestTallies = TwoControllersAndOneLedger.TestCase


def test_tokens_are_counted_by_key_and_a_new_day_begins_with_none():
    tallies = Tallies()
    tallies.add(a_usage(key_id="k"))
    tallies.add(a_usage(key_id="k", model="another"))
    tallies.take()
    tallies.told(DayTotals({"echo": 90}, {"k": 200}), FIRST)
    tallies.add(a_usage(key_id="k"))

    assert [tallies.tokens(FIRST, key) for key in ("k", "")] == [230, 0]
    assert tallies.tokens("2026-11-22", "k") == 0
    assert tallies.spent("2026-11-22", "echo") == 0
