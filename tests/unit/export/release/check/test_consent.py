from collections.abc import AsyncIterator
from pathlib import Path

from export.release.check.consent import Read, consent_findings
from export.release.check.made import Made
from export.release.steps import Bundle, Row
from logging_store.facts import Withheld
from logging_store.withholding import Withholding
from tests.unit.export.release.bundles import RELEASE, a_battle_bundle
from tests.unit.export.release.check.folders import DATA, a_release
from tests.unit.export.release.rows import a_row


async def _each(*reads: Read) -> AsyncIterator[Read]:
    for each in reads:
        yield each


def _reads(*bundles: Bundle) -> list[Read]:
    return [row.record for bundle in bundles for row in bundle.rows if isinstance(row, Row)]


async def _found(made: Made, *reads: Read, key: bytes = RELEASE.key, withheld: frozenset[str] = frozenset()):
    return (await consent_findings([made], _each(*reads), key, withheld))[made.folder]


def _a_chat(folder: Path) -> tuple[Made, list[Read], str]:
    bundles = [Bundle((a_row(name),)) for name in ("c1", "c2")]
    return a_release(folder, bundles=bundles), _reads(*bundles), RELEASE.id("chat-1m", "c1")


async def test_what_may_still_be_released_has_no_findings(tmp_path: Path):
    made, reads, _ = _a_chat(tmp_path)

    assert await _found(made, *reads, *_reads(Bundle((a_row("not released"),)))) == []


async def test_what_was_forgotten_since_is_found(tmp_path: Path):
    made, reads, released_id = _a_chat(tmp_path)

    found = await _found(made, Withheld("c1", Withholding.FORGOTTEN), *reads[1:])

    assert found == [f"{released_id}: may not be released any more: forgotten"]


async def test_what_the_ledger_does_not_know_is_found(tmp_path: Path):
    made, reads, released_id = _a_chat(tmp_path)

    assert await _found(made, *reads[1:]) == [f"{released_id}: is of nothing in this ledger"]


async def test_another_key_is_one_finding(tmp_path: Path):
    made, reads, _ = _a_chat(tmp_path)

    assert await _found(made, *reads, key=b"another") == ["none of the ids is of this ledger under its key"]


async def test_a_model_that_is_withheld_now_is_found(tmp_path: Path):
    made, reads, _ = _a_chat(tmp_path)

    found = await _found(made, *reads, withheld=frozenset({"echo"}))

    assert [each.split(": ")[-1] for each in found] == ["model_withheld"] * 2


async def test_a_battle_needs_both_sides(tmp_path: Path):
    bundle = a_battle_bundle()
    made = a_release(tmp_path, "arena-battles", [bundle])
    a, b = _reads(bundle)
    gone = [Withheld(f"c{side}", Withholding.NOT_WANTED, "fight", side) for side in ("a", "b")]
    finding = f"{RELEASE.id('arena-battles', 'ca')}: may not be released any more: not_wanted"

    assert await _found(made, a, b) == await _found(made, b, a) == []
    assert await _found(made, a, gone[1]) == await _found(made, gone[1], a) == [finding]
    assert await _found(made, gone[0], b) == await _found(made, *gone) == [finding]


async def test_data_that_cannot_be_read_is_said_and_not_passed_over(tmp_path: Path):
    made, reads, _ = _a_chat(tmp_path)
    (tmp_path / DATA).write_bytes(b"nothing")

    assert await _found(made, *reads) == ["data: cannot be read, so that consent was not asked for"]
