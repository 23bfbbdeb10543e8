"""Raw shards: what was read, spread over files by a keyed hash, so that both sides of a battle are in one of them."""

import pickle
from collections.abc import Callable, Generator
from dataclasses import fields
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from export.release.steps import Bundle, begin
from export.release.whole import sync
from logging_store.facts import ConversationFact, ConversationRecord, SaidTurn, Withheld

SHARD_CONVERSATIONS = 4_096
"""About so many in one: some 10 MB of text, of which a process holds one at a time."""
_BUFFER_CHARS = 100_000

Read = ConversationRecord | Withheld
Packed = tuple[Any, ...]


def shards_for(conversations: int) -> int:
    """Return how many shards so many conversations get. It does not depend on processes."""
    return max(1, -(-conversations // SHARD_CONVERSATIONS))


def shard_file(folder: Path, shard: int) -> Path:
    """Return where a raw shard is."""
    return folder / f"{shard:05}.raw"


class RawShards:
    """Writes raw shards, a little of each at a time; they are there when `close` returns."""

    def __init__(self, folder: Path, shards: int, key: bytes) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._key = blake2b(key, digest_size=32, person=b"raw shards").digest()
        self._waiting: list[list[Packed]] = [[] for _ in range(shards)]
        self._chars = [0] * shards

    def add(self, read: Read) -> None:
        """Put a conversation where its battle is, if it is of one."""
        digest = blake2b(_bundle_id(read).encode(), key=self._key, digest_size=8).digest()
        shard = int.from_bytes(digest, "big") % len(self._waiting)
        self._waiting[shard].append(_pack(read))
        self._chars[shard] += 100 if isinstance(read, Withheld) else _chars(read)
        if self._chars[shard] >= _BUFFER_CHARS:
            self._flush(shard)

    def close(self) -> None:
        """Write what waits, and wait until the disk has it."""
        for shard in range(len(self._waiting)):
            self._flush(shard)
            sync(shard_file(self._folder, shard))
        sync(self._folder)

    def _flush(self, shard: int) -> None:
        with shard_file(self._folder, shard).open("ab") as file:
            pickle.dump(self._waiting[shard], file, protocol=5)
        self._waiting[shard] = []
        self._chars[shard] = 0


def bundles(file: Path) -> Generator[Bundle]:
    """Yield the bundles of a raw shard, in the order of their ids."""
    read = sorted(_all(file), key=lambda each: (_bundle_id(each), _side(each), _id(each)))
    for battle_id, its_own in groupby(read, key=_bundle_id):
        together = list(its_own)
        battle = next((each.battle for each in together if isinstance(each, ConversationRecord) and each.battle), None)
        is_battle = _id(together[0]) != battle_id
        yield Bundle(tuple(map(begin, together)), battle, battle_id if is_battle else None)


def _all(file: Path) -> Generator[Read]:
    with file.open("rb") as packed:
        while packed.peek(1):
            for each in pickle.load(packed):  # noqa: S301 (our own, of this run, in a folder that is ours alone)
                yield _unpack(each)


def _id(read: Read) -> str:
    return read.conversation_id if isinstance(read, Withheld) else read.conversation.id


def _side(read: Read) -> str:
    return (read.side if isinstance(read, Withheld) else read.conversation.side) or ""


def _bundle_id(read: Read) -> str:
    return (read.battle_id if isinstance(read, Withheld) else read.conversation.battle_id) or _id(read)


def _chars(read: ConversationRecord) -> int:
    return sum(len(turn.text) + len(turn.answer) for turn in read.turns)


def _fields_of(kind: type) -> Callable[[Any], Packed]:
    """Return what reads all fields of an object: dataclasses with slots are slow to pickle as they are."""
    return attrgetter(*(field.name for field in fields(kind)))


_OF_FACT, _OF_TURN, _OF_RECORD = _fields_of(ConversationFact), _fields_of(SaidTurn), _fields_of(ConversationRecord)


def _pack(read: Read) -> Packed:
    if isinstance(read, Withheld):
        return (read,)
    fact, turns, *others = _OF_RECORD(read)
    return (_OF_FACT(fact), tuple(map(_OF_TURN, turns)), *others)


def _unpack(packed: Packed) -> Read:
    if len(packed) == 1:
        return packed[0]
    fact, turns, *others = packed
    return ConversationRecord(ConversationFact(*fact), tuple(SaidTurn(*turn) for turn in turns), *others)
