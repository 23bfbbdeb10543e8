"""Whether what stands in a row's single fields can be: pseudonyms, times, languages, names of models, verdicts."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from export.language.names import UNKNOWN, names
from export.moderation.verdict import MINORS
from export.personal_data.find import find
from export.personal_data.redact import Policy
from export.release.check.made import Made
from export.release.times import END

Row = Mapping[str, Any]

_DAY = 86_400.0
_BEFORE, _AFTER = _DAY, 366 * _DAY
"""A vote is for what finished within the release's time. Clocks differ, and a session lasts a year."""
_PSEUDONYM = re.compile(r"[0-9a-f]{32}")
_PSEUDONYMS = {
    "judge": re.compile(r"arena_user_[0-9a-f]{16}"),
    **dict.fromkeys(("evaluation_session_id", "session", "battle"), _PSEUDONYM),
}
_VOTED = ("tstamp", "timestamp", "voted_on")
_SAID = ("system_prompt", "turn_reasoning")
"""Texts, in which personal data is looked for as in messages."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What may stand in the fields of one release."""

    policy: Policy
    start: float
    """When the first vote may have been cast, in unix seconds."""
    end: float
    """Before then the last one was."""
    last_finish: float
    columns: tuple[str, ...]
    """Those that hold words: of models, places, rules, but nothing that was said."""
    settings: Mapping[str, Any]

    @staticmethod
    def of(made: Made) -> "Fields":
        """Return what may stand in those of a release."""
        start, end = made.manifest.inputs.start, made.manifest.inputs.end
        return Fields(
            policy=made.policy,
            start=start.timestamp() - _BEFORE if start else 0.0,
            end=min(END, end.timestamp() + _AFTER) if end else END,
            last_finish=end.timestamp() if end else END,
            columns=tuple(_columns_of_words(made.form.schema)),
            settings=made.manifest.settings,
        )

    def problems(self, row: Row) -> Iterator[str]:
        """Yield what cannot be."""
        for name, form in _PSEUDONYMS.items():
            if (value := row.get(name)) is not None and not form.fullmatch(str(value)):
                yield f"its {name} is no pseudonym"
        if row.get("language") not in languages():
            yield "its language is none that there is" if row.get("language") else "it has no language"
        yield from self._times(row)
        for name in self.columns:
            yield from (f"personal data is in column {name}: {kind}" for kind in self._kinds(row.get(name)))
        yield from self._moderation(row)

    def _times(self, row: Row) -> Iterator[str]:
        for name in _VOTED:
            if name in row and not (row[name] is None and name == "voted_on") and not self._is_of_a_vote(row[name]):
                yield f"its {name} is no time at which it can have been voted on"
        finished = _seconds(row.get("finished_on"))
        if finished is not None and not 0 <= finished < self.last_finish:
            yield "its finished_on is not within the time of the release"

    def _is_of_a_vote(self, value: object) -> bool:
        at = _seconds(value)
        return at is not None and self.start - (_DAY if isinstance(value, date) else 0) <= at < self.end and at >= 0

    def _kinds(self, value: str | Sequence[str | None] | None) -> set[str]:
        texts = [value] if isinstance(value, str) else value or ()
        found = {span.kind for text in texts if text for span in find(text)}
        return {kind.value for kind in found if self.policy.get(kind) != "keep"}

    def _moderation(self, row: Row) -> Iterator[str]:
        entries = _verdicts(row)
        scores = [score for each in entries for score in each["category_scores"].values()]
        if any(score is not None and not math.isfinite(score) for score in scores):
            yield "a score of moderation is no number"
        if self.settings.get("keep-sexual-minors") is False and any(each["categories"][MINORS] for each in entries):
            yield f"it is flagged {MINORS}, which the settings leave out"
        if self.settings.get("require-moderation") and any(each["flagged"] is None for each in entries):
            yield "a message has no verdict, which the settings require"
        tags = [tag for tag in (row.get("toxic_chat_tag") or {}).values() if tag is not None]
        if any(isinstance(leaf, float) and not math.isfinite(leaf) for tag in tags for leaf in tag.values()):
            yield "a tagger's score is no number"


def _columns_of_words(schema: pa.Schema) -> Iterator[str]:
    for field in schema:
        kind = field.type.value_type if pa.types.is_list(field.type) else field.type
        is_known = field.name in {schema.names[0], "language", *_PSEUDONYMS, *_SAID}
        if pa.types.is_string(kind) and not is_known:
            yield field.name


@cache
def languages() -> frozenset[str]:
    """Return all that a release may call a language."""
    return frozenset({UNKNOWN, *names().values()})


def _seconds(value: object) -> float | None:
    """Return a time as unix seconds, of a day its beginning; None if it is none."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    return value if isinstance(value, float) and math.isfinite(value) else None


def _verdicts(row: Row) -> list[Row]:
    """Return what moderation said, as far as it is whole: what is not is told elsewhere."""
    told = row.get("openai_moderation") or ()
    entries = [told] if isinstance(told, Mapping) else told
    return [each for each in entries if each and each["categories"] and each["category_scores"]]
