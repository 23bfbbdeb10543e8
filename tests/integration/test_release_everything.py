"""Everybody was here, each in another way: what of whom is in which form, and that nothing else is in any file."""

import asyncio
import struct
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from export.cli import command
from export.release.all_forms import FORMS
from export.release.forms import ReleaseKey
from export.release.making import make_release
from export.release.progress import Quiet
from export.release.recipe import Ingredients
from logging_store.ledger import open_ledger
from tests.everybody import BATTLES, CONVERSATIONS, MODELS, TAKEN_BACK, WORD, Everybody, change_minds, everybody
from tests.launches import FakeLaunch
from tests.releasing import an_order, manifest_of


def _order(url: str, out: Path, **given: Any) -> Any:
    key = FakeLaunch(MODELS).data_key(Path(), "release").get_secret_value().encode()
    order = an_order(url, out, key=key, cohorts=("school",), format=list(FORMS), canaries=3, **given)
    return replace(order, ingredients=Ingredients.of(order.settings, MODELS))


def _texts(file: Path) -> str:
    """Everything that is in a file, as it is and as it is read."""
    raw = file.read_bytes().decode("latin-1")
    if file.suffix != ".parquet":
        return raw
    return raw + repr(pq.read_metadata(file).metadata) + repr(pq.read_table(file).to_pylist())


def _files(out: Path, form: str) -> dict[str, str]:
    """Everything that was written for a form, by its name."""
    files = [*(each for each in (out / form).rglob("*") if each.is_file()), out / f"{form}.report.html"]
    return {each.relative_to(out).as_posix(): _texts(each) for each in files}


def _rows(out: Path, form: str) -> list[dict[str, Any]]:
    return [row for file in sorted((out / form / "data").glob("*.parquet")) for row in pq.read_table(file).to_pylist()]


def _check(out: Path, url: str) -> dict[str, set[str]]:
    """Return what is found, by form."""
    arguments = ["check", str(out), "--store", url, "--data", str(out.parent)]
    said = CliRunner().invoke(command, arguments, obj=FakeLaunch(MODELS), catch_exceptions=False)
    lines = [line.split(": ", 1) for line in said.stdout.splitlines() if ": " in line and line.split(": ")[0] in FORMS]
    assert said.exit_code == (1 if lines else 0), said.output
    return {form: {rest for name, rest in lines if name == form} for form in FORMS}


def _counted(reasons: Mapping[str, str]) -> dict[str, Any]:
    dropped = Counter(reason for reason in reasons.values() if reason)
    released = len(reasons) - dropped.total()
    return {"read": len(reasons), "released": released, "dropped": dict(sorted(dropped.items()))}


def _digests(form: str, places: Iterable[str], key: bytes) -> list[str]:
    ids = [ReleaseKey(key, "").id(form, place) for place in places]
    return sorted(sha256(each.encode()).hexdigest() for each in ids)


def _exact(text: str, times: Sequence[float]) -> list[float]:
    """Return the times that stand in a text, as a number of seconds or as eight bytes."""
    packed = [struct.pack("<d", at).decode("latin-1") for at in times]
    micro = [struct.pack("<q", round(at * 1e6)).decode("latin-1") for at in times]
    return [
        at
        for at, *marks in zip(times, packed, micro, strict=True)
        if any(mark in text for mark in (str(int(at)), *marks))
    ]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("ledger_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.torture)], indirect=True)
def test_of_everybody_who_was_here_exactly_what_may_go_out_is_in_each_form(ledger_url: str, tmp_path: Path):
    all_of, unsaid, times = asyncio.run(everybody(ledger_url, tmp_path))
    out, second = tmp_path / "out", tmp_path / "second"
    order = _order(ledger_url, out, date="2026-10-01")

    make_release(order, Quiet())
    make_release(_order(ledger_url, second, date="2027-01-01", earlier=[out]), Quiet())

    assert _check(out, ledger_url) == {form: set() for form in FORMS}
    for folder in (out, second):
        for form in FORMS:
            expected, reasons = all_of.words[form], all_of.battles if form in BATTLES else all_of.reasons
            files = _files(folder, form)
            manifest = manifest_of(folder / form)
            assert set(WORD.findall(repr(_rows(folder, form)))) == expected
            assert [name for name, text in files.items() if not expected.issuperset(WORD.findall(text))] == []
            assert manifest["counts"] == _counted(reasons)
            gone = [place for place, reason in reasons.items() if reason in TAKEN_BACK]
            assert manifest["withdrawn"] == _digests(form, gone, order.key)
            assert [(name, each) for name, text in files.items() for each in unsaid if each in text] == []
            if form in CONVERSATIONS:
                assert [name for name, text in files.items() if _exact(text, times)] == []
                assert not any("datetime.datetime" in text for text in files.values())
    _nothing_joins(out, second)

    changed = asyncio.run(_later(ledger_url, all_of))
    make_release(_order(ledger_url, tmp_path / "third", date="2027-04-01"), Quiet())

    found = _check(out, ledger_url)
    for form in FORMS:
        must_go = _must_go(all_of, form, changed, order.key)
        assert found[form] == {f"{name}: may not be released any more: {reason}" for name, reason in must_go.items()}
        withdrawn = {name for name, reason in must_go.items() if reason in TAKEN_BACK}
        told = set(manifest_of(tmp_path / "third" / form)["withdrawn"])
        assert {name for name in must_go if sha256(name.encode()).hexdigest() in told} == withdrawn
    assert _check(tmp_path / "third", ledger_url) == {form: set() for form in FORMS}


def _nothing_joins(out: Path, second: Path) -> None:
    ids = [{row[FORMS[form].schema.names[0]] for row in _rows(out, form)} for form in FORMS]
    people = [
        {row[column] for row in _rows(folder, form)}
        for form, column in (
            ("full", "session"),
            ("arena-battles", "judge"),
            ("preference-140k", "evaluation_session_id"),
        )
        for folder in (out, second)
    ]
    battles = {row["battle"] for row in _rows(out, "full")} - {None}
    everything = [*ids, *people, battles]
    assert all(everything)
    assert len(set[str]().union(*everything)) == sum(map(len, everything))


async def _later(url: str, all_of: Everybody) -> dict[str, str]:
    async with open_ledger(url) as ledger:
        return await change_minds(replace(all_of, ledger=ledger))


def _must_go(all_of: Everybody, form: str, changed: Mapping[str, str], key: bytes) -> dict[str, str]:
    """Return by released ids why rows of a form must go, now that people changed their minds."""
    reasons = all_of.battles if form in BATTLES else all_of.reasons
    gone = {place: reason for who, reason in changed.items() for place in all_of.places[who]}
    release = ReleaseKey(key, "")
    return {release.id(form, place): gone[place] for place, reason in reasons.items() if not reason and place in gone}
