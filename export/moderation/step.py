"""The steps that join what moderation said to a release's rows."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from arena.errors import ArenaError
from export.canaries.planting import is_canary
from export.moderation.label_store import LabelStore
from export.moderation.store import Choice, VerdictStore
from export.moderation.verdict import MINORS, Verdict
from export.release.steps import Dropped, Row, Step

NOT_MODERATED = "not_moderated"
"""Nobody asked yet about one of the messages: a gap."""
NOT_TAKEN = "moderation_refused"
"""The model was asked, and did not take one of the messages."""
SEXUAL_MINORS = "sexual_minors"


class NotModerated(ArenaError):
    """Messages of the release have no verdict."""

    code = "not_moderated"


def moderated(store: VerdictStore | None, *, require: bool, keep_minors: bool) -> Step:
    """Make the step that gives each message its verdict, None where the store has none; without a store, all none.

    It has to come before anything is redacted: verdicts are of what was said. A conversation in which a message is
    flagged `sexual/minors` is dropped as `sexual_minors`, unless `keep_minors`. With `require`, one with a message that
    has no verdict is dropped as `not_moderated` (see `refuse_gaps`), or as `moderation_refused` where the model took
    none of these; planted identities need none.
    """

    def joined(row: Row) -> Row | Dropped:
        verdicts = tuple(store.find(row.texts)) if store else (None,) * len(row.texts)
        if not keep_minors and _has_minors(verdicts):
            return Dropped(row.ledger_id, SEXUAL_MINORS)
        if require and None in verdicts and not is_canary(row.ledger_id):
            lacking = [text for text, verdict in zip(row.texts, verdicts, strict=True) if verdict is None]
            return Dropped(row.ledger_id, NOT_TAKEN if store and store.refused(lacking) else NOT_MODERATED)
        return replace(row, verdicts=verdicts)

    return joined


def labelled(store: LabelStore) -> Step:
    """Make the step that gives each message what a guard model of our own said of it."""

    def joined(row: Row) -> Row | Dropped:
        return replace(row, guard_labels=tuple(store.find(row.texts)))

    return joined


def _has_minors(verdicts: Iterable[Verdict | None]) -> bool:
    return any(each is not None and each.categories.get(MINORS, False) for each in verdicts)


def refuse_gaps(choice: Choice | None, dropped: Mapping[str, int]) -> None:
    """Refuse a release that requires verdicts if some were never asked for: `NotModerated` says how to fetch them."""
    if conversations := dropped.get(NOT_MODERATED, 0):
        model = f" --model {choice.model}" if choice else ""
        raise NotModerated(
            f"--require-moderation: {conversations} conversations or battles hold messages without a verdict; fetch "
            f"them with `arena export moderate{model}`, remove what was begun in --out, and make the release again"
        )
