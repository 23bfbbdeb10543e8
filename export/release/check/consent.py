"""Whether all that is released may still be: asked of the ledger, by ids made anew under the release key."""

from collections.abc import AsyncIterable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from export.release.check.made import Made, batches
from export.release.forms import ReleaseKey, Unit
from logging_store.facts import ConversationRecord, Withheld

Read = ConversationRecord | Withheld
_MAY = ""


def released_ids(made: Made) -> Iterator[str]:
    """Yield the id of each row."""
    for path in made.data_files:
        yield from _ids(path, made.id_column)


def _ids(path: Path, column: str) -> Iterator[str]:
    for batch in batches(path, [column]):
        if batch.num_columns:  # a file of other columns has none of this name
            yield from map(str, batch.column(0).to_pylist())


@dataclass(slots=True)
class _Known:
    """What the ledger says of one release's ids."""

    made: Made
    released: frozenset[bytes]
    reasons: dict[bytes, str] = field(default_factory=dict[bytes, str])
    """By ids that are released: why they may not be, or empty."""
    battles: dict[str, tuple[bytes | None, str]] = field(default_factory=dict[str, tuple[bytes | None, str]])
    """Of battles of which one side was read: the id, if that was side A, and its reason."""

    def take(self, read: Read, reason: str, key: ReleaseKey) -> None:
        """Take what the ledger says of one conversation."""
        conversation_id, battle_id, side = _which(read)
        if self.made.form.unit is Unit.CONVERSATION:
            self._decide(_short(key.id(self.made.form.name, conversation_id)), reason)
        elif battle_id is not None:
            name = _short(key.id(self.made.form.name, conversation_id)) if side == "a" else None
            other, its_reason = self.battles.pop(battle_id, (None, None))
            if its_reason is None:
                self.battles[battle_id] = name, reason
            elif (known := name or other) is not None:
                self._decide(known, reason or its_reason)

    def _decide(self, name: bytes, reason: str) -> None:
        if name in self.released:
            self.reasons[name] = reason

    def findings(self) -> Iterator[str]:
        """Yield each id that may not be released, or that the ledger does not know."""
        unknown = self.released - self.reasons.keys()
        if self.released and len(unknown) == len(self.released):
            yield "none of the ids is of this ledger under its key"
            return
        yield from (f"{each.hex()}: is of nothing in this ledger" for each in sorted(unknown))
        for name, reason in sorted(self.reasons.items()):
            if reason != _MAY:
                yield f"{name.hex()}: may not be released any more: {reason}"


async def consent_findings(
    releases: Iterable[Made], reads: AsyncIterable[Read], key: bytes, withheld_models: Set[str]
) -> Mapping[Path, list[str]]:
    """Return by folders which rows may not be released any more: the ledger is read once for all of them."""
    known: list[_Known] = []
    found: dict[Path, list[str]] = {}
    for made in releases:
        try:
            known.append(_Known(made, frozenset(map(_short, released_ids(made)))))
        except (pa.ArrowException, OSError):
            found[made.folder] = ["data: cannot be read, so that consent was not asked for"]
    async for read in reads:
        reason = _reason(read, withheld_models)
        for each in known:
            each.take(read, reason, ReleaseKey(key, each.made.manifest.date))
    return found | {each.made.folder: list(each.findings()) for each in known}


def _reason(read: Read, withheld_models: Set[str]) -> str:
    if isinstance(read, Withheld):
        return str(read.reason)
    return "model_withheld" if read.conversation.model in withheld_models else _MAY


def _which(read: Read) -> tuple[str, str | None, str | None]:
    if isinstance(read, Withheld):
        return read.conversation_id, read.battle_id, read.side
    return read.conversation.id, read.conversation.battle_id, read.conversation.side


def _short(released_id: str) -> bytes:
    """Return an id as bytes, which take half the memory; what is no id stays distinguishable."""
    try:
        return bytes.fromhex(released_id)
    except ValueError:
        return released_id.encode()
