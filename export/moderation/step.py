"""The steps that join what moderation said to a release's rows."""

from collections.abc import Iterable
from dataclasses import replace

from export.moderation.label_store import LabelStore
from export.moderation.store import Choice, VerdictStore
from export.moderation.verdict import MINORS, Verdict
from export.release.steps import Dropped, Row, Step

NOT_MODERATED = "not_moderated"
SEXUAL_MINORS = "sexual_minors"


def moderated(store: VerdictStore | None, *, require: bool, keep_minors: bool) -> Step:
    """Make the step that gives each message its verdict, None where the store has none; without a store, all none.

    It has to come before anything is redacted: verdicts are of what was said. With `require`, a conversation with a
    message that has none is dropped as `not_moderated`; one in which a message is flagged `sexual/minors` is dropped
    as `sexual_minors`, unless `keep_minors`.
    """

    def joined(row: Row) -> Row | Dropped:
        verdicts = tuple(store.find(row.texts)) if store else (None,) * len(row.texts)
        if not keep_minors and _has_minors(verdicts):
            return Dropped(row.ledger_id, SEXUAL_MINORS)
        if require and None in verdicts:
            return Dropped(row.ledger_id, NOT_MODERATED)
        return replace(row, verdicts=verdicts)

    return joined


def labelled(store: LabelStore) -> Step:
    """Make the step that gives each message what a guard model of our own said of it."""

    def joined(row: Row) -> Row | Dropped:
        return replace(row, guard_labels=tuple(store.find(row.texts)))

    return joined


def _has_minors(verdicts: Iterable[Verdict | None]) -> bool:
    return any(each is not None and each.categories.get(MINORS, False) for each in verdicts)


def gap(choice: Choice | None, conversations: int) -> str:
    """Say, for a release with `--require-moderation`, what is missing and which command fetches it."""
    model = f" --model {choice.model}" if choice else ""
    return (
        f"{conversations} conversations hold messages without a verdict: "
        f"`arena export moderate{model}` fetches them; leave out --require-moderation to release them without"
    )
