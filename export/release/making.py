"""Makes a release: read, map, choose, write, finish. Each stage goes on where it was when it was interrupted."""

import asyncio
import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from arena.errors import ArenaError
from export.canaries.planting import leaked, planted
from export.moderation.label_store import GuardChoice
from export.moderation.step import refuse_gaps
from export.moderation.store import Choice
from export.moderation.toxicity import read_toxicity
from export.personal_data.steps import policy_of
from export.quality.gate import known_types, refuse_below
from export.quality.measuring import measure_quality
from export.release.all_forms import FORMS
from export.release.choosing import Chosen, choose
from export.release.config import ReleaseSettings, release_name
from export.release.engines.choosing import open_engine
from export.release.engines.protocol import Engine
from export.release.finishing import Finish, finish_form, versions
from export.release.forms import ReleaseKey, Unit
from export.release.inputs import check_inputs
from export.release.mapping import MapJob, canary_texts, map_shard, mapped_folder, read_mapped
from export.release.progress import Watcher
from export.release.reading import Source, WasRead, ledger_mark, read_ledger, withdrawn_since
from export.release.recipe import Ingredients, listed
from export.release.shards import shard_file
from export.release.summary import Summary
from export.release.whole import whole_file, write_whole
from export.release.work import Work, is_begun, publish, working_folder
from export.release.writing import WriteJob, Written, data_file, read_written, write_file
from logging_store.ledger import open_ledger

MOST_FAILED = 10
"""So many conversations may break a step in any release, and in a large one this share of it."""
SHARE_FAILED = 0.01


class CanaryLeaked(ArenaError):
    """A planted identity came through."""

    code = "canary_leaked"


class TooManyFailures(ArenaError):
    """A step of the release breaks on too many conversations."""

    code = "too_many_failures"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made, of what, and where."""

    settings: ReleaseSettings
    ingredients: Ingredients
    url: str
    """The ledger's."""
    withheld_cohorts: frozenset[str]
    key: bytes
    out: Path
    code: Mapping[str, str]
    """Digests of the code that makes it, by packages."""
    resume: bool = False
    measured: bool = True
    """Measure the redaction first, for the card and the manifest."""


def make_release(order: Order, watcher: Watcher) -> Sequence[Summary]:
    """Write a release of every form that is asked for into the folder; return what is in each.

    Raises `SetupError` where it cannot begin, `ArenaError` where it cannot go on; what is done stays done, for a run
    that resumes it.
    """
    check_inputs(order.settings)
    identity = {
        "settings": order.settings.steering,
        "models": {
            "withheld": _digest(sorted(order.ingredients.withheld_models)),
            "secret": _digest(sorted(order.ingredients.secret_models)),
        },
        "cohorts": {"withheld": _digest(sorted(order.withheld_cohorts))},
        "verdicts": {"moderation": _model(order.ingredients.verdicts), "guard": _model(order.ingredients.guard)},
        "toxicity file": _tags(order.settings.toxicity),
        "release key": _digest(order.key),
        "ledger": _digest(asyncio.run(_mark(order.url))),
        "versions": versions(),
        "code": order.code,
    }
    was_begun = is_begun(order.out)
    with working_folder(order.out, identity, resume=order.resume) as work:
        if order.resume and not was_begun:
            watcher.note("nothing_to_resume", out=str(order.out), release="begins anew")
        if not work.is_moving:
            quality = _quality(order, work, watcher)
            begun = replace(order, ingredients=_as_begun(work, order.ingredients))
            was_read, withdrawn = asyncio.run(_read(order, work, watcher))
            _Making(begun, work, watcher, was_read, withdrawn, quality).everything()
        summaries = [Summary(**each) for each in json.loads(work.ready.read_text(encoding="utf-8"))]
        publish(work, order.out)
    return summaries


def _as_begun(work: Work, now: Ingredients) -> Ingredients:
    """Return what the release was begun with: verdicts that came since are not looked at."""
    if not work.ingredients.exists():
        with whole_file(work.ingredients) as place:
            place.write_bytes(pickle.dumps(now))
    return pickle.loads(work.ingredients.read_bytes())  # noqa: S301 (our own, in a folder that is ours alone)


def _tags(file: Path | None) -> str:
    """Read a tagger's file, whose mistakes shall stop a release at its beginning, and return its digest."""
    return _digest(sorted(read_toxicity(file).by_id.items()) if file else None)


def _model(choice: Choice | GuardChoice | None) -> str | None:
    return choice.model if choice else None


def _digest(*facts: object) -> str:
    return sha256(repr(facts).encode()).hexdigest()


def _quality(order: Order, work: Work, watcher: Watcher) -> dict[str, Any]:
    """Measure the redaction, unless that was done before. Raises `RecallTooLow` if it is not good enough."""
    settings = order.settings
    known_types(settings.min_recall)
    if not work.quality.exists() and (order.measured or settings.min_recall):
        watcher.begin("measure", 1, "benches")
        work.note(work.quality, measure_quality(settings))
        watcher.advance()
        watcher.end()
    quality = json.loads(work.quality.read_text(encoding="utf-8")) if work.quality.exists() else {}
    refuse_below(quality, settings.min_recall)
    return quality


async def _mark(url: str) -> str:
    async with open_ledger(url) as ledger:
        return await ledger_mark(ledger)


async def _read(order: Order, work: Work, watcher: Watcher) -> tuple[WasRead, dict[str, str]]:
    """Read the ledger, or if that was done, what of it was withdrawn since."""
    async with open_ledger(order.url) as ledger:
        source = Source(ledger, order.settings, order.withheld_cohorts)
        was_done = work.read.exists()
        was_read = await read_ledger(source, work, order.key, watcher)
        return was_read, await withdrawn_since(source) if was_done else {}


@dataclass(frozen=True, slots=True)
class _Making:
    """A release on its way, after the ledger was read."""

    order: Order
    work: Work
    watcher: Watcher
    was_read: WasRead
    withdrawn: Mapping[str, str]
    quality: Mapping[str, Any]

    def everything(self) -> None:
        """Do all that is left to do."""
        settings = self.order.settings
        key = ReleaseKey(self.order.key, release_name(settings, self.was_read.date))
        with open_engine(settings) as engine:
            self._map(engine, key)
            canaries = self._canaries()
            self.watcher.begin("choose", len(settings.format), "forms")
            chosen = choose(self.work, settings, key, self.was_read.shards, self.withdrawn)
            self.watcher.advance(len(settings.format))
            self.watcher.end()
            for each in chosen.values():
                refuse_gaps(self.order.ingredients.verdicts, each.counts["dropped"])
            written = {form: self._write(engine, form, chosen[form]) for form in settings.format}
        self._check(chosen)
        self.watcher.begin("finish", len(settings.format), "forms")
        summaries: list[Summary] = []
        for form in settings.format:
            summaries.append(self._finish(form, chosen[form], written[form], canaries))
            self.watcher.advance()
        self.watcher.end()
        write_whole(self.work.ready, json.dumps([asdict(each) for each in summaries]))

    def _map(self, engine: Engine, key: ReleaseKey) -> None:
        order, work = self.order, self.work
        job = MapJob(
            raw=work.raw.absolute(),
            into=work.mapped.absolute(),
            ingredients=order.ingredients,
            forms=order.settings.format,
            key=key,
            seed=order.settings.seed,
            benchmarks=tuple(each.absolute() for each in order.settings.benchmarks),
            toxicity=order.settings.toxicity and order.settings.toxicity.absolute(),
        )
        shards = range(self.was_read.shards)
        done = [read_mapped(work.mapped, each) for each in shards if mapped_folder(work.mapped, each).exists()]
        self.watcher.begin(
            "map", self.was_read.conversations, "conversations", sum(each.conversations for each in done)
        )
        failed = {failure.ledger_id for each in done for failure in each.failures}
        missing = [each for each in shards if not mapped_folder(work.mapped, each).exists()]
        for mapped in engine.run(partial(map_shard, job), missing):
            failed |= {each.ledger_id for each in mapped.failures}  # one may break more than one form
            shard_file(work.raw, mapped.shard).unlink(missing_ok=True)
            for each in mapped.failures:
                self.watcher.note("failed", conversation=each.ledger_id, step=each.step, error=each.error)
            if len(failed) > max(MOST_FAILED, SHARE_FAILED * self.was_read.conversations):
                raise TooManyFailures(f"{len(failed)} conversations broke a step of the release: that is no accident")
            self.watcher.advance(mapped.conversations)
        self.watcher.end()

    def _canaries(self) -> dict[str, int]:
        """Look for the planted identities in what would be released. One that came through stops the release."""
        settings = self.order.settings
        policy = policy_of(settings.pii, settings.policy)
        key, release = self.order.key, self.was_read.date
        canaries = planted(key, release, settings.canaries, policy, names=settings.names != "none")
        texts = [each for shard in range(self.was_read.shards) for each in canary_texts(self.work.mapped, shard)]
        if found := leaked(canaries, texts):
            raise CanaryLeaked(f"{len(found)} planted identities came through all steps: nothing was released")
        return {"planted": len(canaries), "leaked": 0}

    def _write(self, engine: Engine, form: str, chosen: Chosen) -> list[Written]:
        work = self.work
        job = WriteJob(
            form, work.mapped.absolute(), chosen.plan, self._folder(form).absolute(), work.written.absolute()
        )
        files = range(len(chosen.plan.files))
        done = [each for each in (read_written(job, file) for file in files) if each is not None]
        self.watcher.begin(f"write {form}", chosen.counts["released"], "rows", sum(each.rows for each in done))
        there = {each.file for each in done}
        for written in engine.run(partial(write_file, job), [file for file in files if file not in there]):
            done.append(written)
            self.watcher.advance(written.rows)
        self.watcher.end()
        return sorted(done, key=lambda each: each.file)

    def _folder(self, form: str) -> Path:
        """Return where a form's folder grows: one form is the whole release, several have a folder each."""
        return self.work.release if len(self.order.settings.format) == 1 else self.work.release / form

    def _check(self, chosen: Mapping[str, Chosen]) -> None:
        """See that every conversation is accounted for."""
        for form, each in chosen.items():
            if FORMS[form].unit is Unit.CONVERSATION and each.counts["read"] != self.was_read.conversations:
                raise ArenaError(
                    f"{form}: {self.was_read.conversations} were read, {each.counts['read']} accounted for"
                )

    def _finish(self, form: str, chosen: Chosen, written: list[Written], canaries: Mapping[str, int]) -> Summary:
        folder = self._folder(form)
        names = [data_file(Path(), each.file, len(written)).as_posix() for each in written]
        made = Finish(
            form=form,
            settings=self.order.settings,
            date=self.was_read.date,
            recipe=listed(self.order.ingredients),
            chosen=chosen,
            data_files={name: each.rows for name, each in zip(names, written, strict=True)},
            arrow_bytes=sum(each.arrow_bytes for each in written),
            canaries=canaries,
            quality=self.quality,
        )
        return finish_form(made, self.work.chosen, folder)
