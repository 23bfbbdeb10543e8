"""What of the ledger may be released, and why the rest may not: the rule, without any database.

A turn's governing consent is the last one of its session that was given after the turn's own and covers the past; where
there is none, it is the turn's own. A conversation may be released if all its turns may and nothing else speaks
against it.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from arena.session import AgeGroup


class Withholding(StrEnum):
    """Why a conversation may not be released. Where several speak against it, the first of these is counted."""

    FORGOTTEN = "forgotten"
    """Its visitor had it deleted."""
    WITHDRAWN = "consent_withdrawn"
    """Its visitor allowed it once, and later did not, for what was said before as well."""
    NOT_WANTED = "not_wanted"
    """Its visitor does not want this one published."""
    MINOR = "minor"
    """Its visitor said, once at least, to be a minor."""
    NOT_IN_PERIOD = "not_in_period"
    """Its last turn finished before or after the time that was asked for, or never."""
    COHORT = "cohort"
    """Its visitor belongs to a group of which nothing is published."""
    NO_RELEASE_CONSENT = "no_release_consent"
    """A turn of it is under a consent that does not allow it."""


TAKEN_BACK = frozenset({Withholding.FORGOTTEN, Withholding.WITHDRAWN, Withholding.NOT_WANTED, Withholding.MINOR})
"""What can be said after a release, of whatever time: whoever holds that has to delete the conversation."""


class Given(NamedTuple):
    """A consent, as far as a release is concerned."""

    id: str
    release: bool
    covers_past: bool
    age_group: str


@dataclass(frozen=True, slots=True)
class Permission:
    """What the consents of a session come to."""

    covered: frozenset[str] = frozenset()
    """The ids of the consents under which turns may be released."""
    is_given_now: bool = False
    """The latest consent allows it: what counts for a conversation in which nothing was said yet."""
    is_minor: bool = False
    taken_back: frozenset[str] = frozenset()
    """The ids of those under which turns might have been released before the last of them was given."""

    def withdraws(self, consent_ids: Sequence[str]) -> bool:
        """Whether turns under these consents, in their order, might have been released once, and may not any more.

        The first alone might, before the others were said: by it they stand or fall.
        """
        return bool(consent_ids) and consent_ids[0] in self.taken_back

    def covers(self, consent_ids: Sequence[str]) -> bool:
        """Whether turns under these consents may be released, all of them."""
        return self.covered.issuperset(consent_ids) if consent_ids else self.is_given_now


NO_PERMISSION = Permission()
"""What a session without any consent comes to."""


def permission(consents: Sequence[Given]) -> Permission:
    """Return what a session's consents come to, which are in the order in which they were given."""
    last_to_reach_back = max((at for at, each in enumerate(consents) if each.covers_past), default=0)
    earlier, later = consents[:last_to_reach_back], consents[last_to_reach_back:]
    covered = [each.id for each in later if each.release]
    if earlier and later[0].release:
        covered += [each.id for each in earlier]
    is_minor = any(each.age_group == AgeGroup.MINOR for each in consents)
    taken_back = _once_allowed(earlier) if earlier and not later[0].release else frozenset[str]()
    return Permission(frozenset(covered), bool(later) and bool(later[-1].release), is_minor, taken_back)


def _once_allowed(consents: Sequence[Given]) -> frozenset[str]:
    """Return the ids of those under which turns might be released at some time, by their own or by a later one."""
    return frozenset(
        each.id
        for at, each in enumerate(consents)
        if each.release or any(later.release and later.covers_past for later in consents[at + 1 :])
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: all that may be released, or what finished within some time. Unix seconds."""

    withheld_cohorts: Set[str] = frozenset()
    finished_from: float | None = None
    """Inclusive."""
    finished_to: float | None = None
    """Exclusive."""

    @property
    def is_limited(self) -> bool:
        """It is asked for a time."""
        return self.finished_from is not None or self.finished_to is not None

    def why_not(
        self,
        *,
        is_forgotten: bool,
        is_wanted: bool,
        cohort: str,
        permission: Permission,
        consent_ids: Sequence[str],
        finishes: Sequence[float | None],
    ) -> Withholding | None:
        """Return what speaks against the release of a conversation, None if nothing does.

        `consent_ids` are those of its turns, `finishes` when these finished; `permission` is its session's.
        """
        if is_forgotten:
            return Withholding.FORGOTTEN
        if permission.taken_back and permission.withdraws(consent_ids):
            return Withholding.WITHDRAWN
        if not is_wanted:
            return Withholding.NOT_WANTED
        if permission.is_minor:
            return Withholding.MINOR
        if not self._holds(finishes):
            return Withholding.NOT_IN_PERIOD
        if cohort in self.withheld_cohorts:
            return Withholding.COHORT
        return None if permission.covers(consent_ids) else Withholding.NO_RELEASE_CONSENT

    def _holds(self, finishes: Sequence[float | None]) -> bool:
        """Whether the last finish is within the time; a turn that is still open has none."""
        if not self.is_limited:
            return True
        last = max((each for each in finishes if each is not None), default=None)
        if last is None or (self.finished_from is not None and last < self.finished_from):
            return False
        return self.finished_to is None or last < self.finished_to
