"""What holds of a chain, and of the records that its links tell of. Rules only: nothing is read or written here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arena.battle import Mode
from arena.chat import Ending
from logging_store.chain import GENESIS, Event, Link, digest_of, key_mark, mac_of, seal_of
from logging_store.fault import Fault
from logging_store.telling import TABLES, content_of_row

_DIRECT = {"battle_id": None, "side": None, "mode": Mode.DIRECT.value}
"""What a conversation of an imported log says until a vote ties it to another one."""
_NOTHING = "worker first_word_at finish_reason error_code prompt_tokens completion_tokens"
_LOST = dict.fromkeys(_NOTHING.split()) | {"ending": Ending.LOST.value, "answer": "", "reasoning": ""}
"""How a turn ended that was declared lost; its real end may have waited on a disk, and take that place."""


_DOUBTS = 8
"""So many changed links in a row are each faulted once; however many there are, each costs no more than this."""


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """A row of `chains`: where the chain should end."""

    name: str
    key_mark: str
    length: int
    head: str
    seal: str


class Walk:
    """Goes along one chain, link by link, and says what is wrong with it. `key` is the arena's chain key."""

    def __init__(self, key: bytes, name: str, end: ChainEnd | None) -> None:
        self.name = name
        self._key = key
        self._end = end
        self._is_ours = end is None or end.key_mark == key_mark(key)
        self._number = 0
        self._before: tuple[str, ...] = (GENESIS,)
        """What the link before may have said, at most `_DOUBTS` of it; one thing wherever nothing was changed."""

    def step(self, link: Link) -> Iterator[Fault]:
        """Take the next link that is stored."""
        if link.number < 0:
            yield Fault(table_of(link.event), link.record_id, f"its link in {self.name} has no number any more")
            return
        if link.number != self._number:
            yield self._fault(f"of its links, {_span(self._number, link.number)} missing")
            self._before = ()
        fitting = [_mac(self._key, before, link) for before in self._before] if self._is_ours else []
        if fitting and link.mac not in fitting:
            problem = f"its link, number {link.number} of {self.name}, was changed"
            yield Fault(table_of(link.event), link.record_id, problem)
            # where a mac itself was changed, the link after it fits the one that should be there: it is faulted once
            self._before = (link.mac, *fitting)[:_DOUBTS]
        else:
            self._before = (link.mac,)
        self._number = link.number + 1

    def end(self) -> Iterator[Fault]:
        """Say what is wrong with where the stored links end."""
        end = self._end
        if end is None:
            yield self._fault("its links are there, and it is not")
        elif not self._is_ours:
            yield self._fault(
                f"it is sealed under another key (its mark: {end.key_mark}): check it with the key that its writer"
                " had, the file keys/chain.key of that arena, or ARENA_CHAIN_KEY"
            )
        elif end.seal != seal_of(self._key, self.name, end.length, end.head):
            yield self._fault("its seal does not fit: its end was cut off or changed")
        if end is not None and self._number < end.length:
            yield self._fault(f"its end was cut off: {_span(self._number, end.length)} missing")
        elif end is not None and (self._number > end.length or end.head not in self._before):
            yield self._fault("its links go on beyond its end, or do not lead there")

    def _fault(self, problem: str) -> Fault:
        return Fault("chains", self.name, problem)


def content_faults(link: Link, row: Mapping[str, Any] | None, of_record: Sequence[Link]) -> Iterator[Fault]:
    """Say what is wrong with the record that a link tells of: `row` as stored, None if there is none.

    `of_record` are all links of the record, this one among them, in order.
    """
    if problem := _content_problem(link, row, of_record):
        yield Fault(table_of(link.event), link.record_id, problem)


def table_of(event: str) -> str:
    """Return the name of the table that an event's record is in."""
    told = {str(each): table.name for each, table in TABLES.items()}
    return told.get(event, "records" if event == Event.FORGOTTEN else "links")


def _content_problem(link: Link, row: Mapping[str, Any] | None, of_record: Sequence[Link]) -> str:
    if link.event == Event.FORGOTTEN:
        return ""
    if any(each.event == Event.FORGOTTEN and _may_be_after(each, link) for each in of_record):
        return "" if link.salt is None else "it is forgotten, and a salt of it is still there"
    if link.salt is None:
        return "its salt is gone, and no later link says that it was forgotten"
    if row is None:
        return "it was written, and is not there any more"
    alike = [each for each in of_record if each.event == link.event]
    meant = {_place(each): _which(each, row) for each in alike}
    its_own = meant[_place(link)]
    if its_own is None or 0 not in meant.values():
        return "its end was changed after it was written" if link.event == Event.TURN_ENDED else _CHANGED
    is_second = any(which == its_own and place < _place(link) for place, which in meant.items())
    return "it was told of twice" if is_second else ""


_CHANGED = "it was changed after it was written"


def _which(link: Link, row: Mapping[str, Any]) -> int | None:
    """Return which of the contents that the row may have had is the link's: 0 is today's."""
    try:
        content = content_of_row(Event(link.event), row)
        if not all(row[name] == value or isinstance(value, dict | list) for name, value in content.items()):
            return None  # such as 2 for true: nothing of ours writes it so
        contents = [content]
        if link.event == Event.CONVERSATION and content["battle_id"] is not None:
            contents.append(content | _DIRECT)
        if link.event == Event.TURN_ENDED:
            contents.append(content | _LOST | {"finished_at": link.at})
        digests = [digest_of(link.salt or "", each) for each in contents]
    except (TypeError, ValueError, OverflowError):  # somebody wrote what has no form at all
        return None
    return digests.index(link.digest) if link.digest in digests else None


def _mac(key: bytes, before: str, link: Link) -> str:
    try:
        return mac_of(key, before, link)
    except TypeError:  # somebody wrote what is no text
        return ""


def _may_be_after(one: Link, other: Link) -> bool:
    """Clocks of several writers differ: only within one chain it is known what came after what."""
    return one.chain != other.chain or one.number > other.number


def _place(link: Link) -> tuple[str, int]:
    return link.chain, link.number


def _span(first: int, beyond: int) -> str:
    return f"number {first} is" if beyond == first + 1 else f"numbers {first} to {beyond - 1} are"
