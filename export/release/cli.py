"""`arena export release`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from arena.errors import SetupError
from arena.settings import Launch
from export.release.code import code_digests
from export.release.config import FORMATS, ReleaseSettings, pairs, read_settings
from export.release.making import Order, make_release
from export.release.progress import watching
from export.release.recipe import Ingredients
from export.release.summary import Summary
from logging_store.config import existing_ledger_url

Flag = typer.Option
_SAME = "As in release.toml."


def release(  # noqa: PLR0913, PLR0917 (one for each flag)
    ctx: typer.Context,
    config: Annotated[
        Path | None, Flag(help="A release.toml: its keys are the names of these flags, which override it.")
    ] = None,
    out: Annotated[Path | None, Flag(help="The folder to write; it must be empty or absent.")] = None,
    data: Annotated[Path | None, Flag(help="The data folder. [default: data]")] = None,
    store: Annotated[str | None, Flag(help="A database URL instead of the data folder's file.")] = None,
    arena_config: Annotated[Path | None, Flag(help="The arena.toml that says which models are withheld.")] = None,
    format: Annotated[  # noqa: A002 (the flag's name)
        list[str] | None, Flag(help=f"{', '.join(FORMATS)}; repeatable. [default: chat-1m]")
    ] = None,
    from_: Annotated[str | None, Flag("--from", help="Conversations that finished then or later (UTC).")] = None,
    to: Annotated[str | None, Flag(help="And before then.")] = None,
    date: Annotated[str | None, Flag(help="The release's date. [default: --to, else the last turn's day]")] = None,
    names: Annotated[str | None, Flag(help="recall, balanced or none. [default: recall]")] = None,
    name_engine: Annotated[
        list[str] | None, Flag(help="Besides ours: presidio:FOLDER, gliner:FOLDER, 'openai:URL MODEL'. Repeatable.")
    ] = None,
    public_figures: Annotated[
        bool | None, Flag("--public-figures/--no-public-figures", help="Leave their names as they are.")
    ] = None,
    pii: Annotated[
        str | None, Flag(help="drop or redact: what is done with other personal data. [default: drop]")
    ] = None,
    policy: Annotated[list[str] | None, Flag(help="KIND=drop|redact|keep, for single kinds. Repeatable.")] = None,
    language: Annotated[str | None, Flag(help="default, or compat: FastChat's rule.")] = None,
    moderation: Annotated[Path | None, Flag(help="The store of verdicts. [default: DATA/moderation.sqlite3]")] = None,
    moderation_model: Annotated[str | None, Flag(help="Whose verdicts are taken.")] = None,
    guard: Annotated[str | None, Flag(help="Which guard model's labels go into a side file.")] = None,
    require_moderation: Annotated[
        bool | None, Flag("--require-moderation/--no-require-moderation", help="Make no release with a gap in it.")
    ] = None,
    keep_sexual_minors: Annotated[
        bool | None, Flag("--keep-sexual-minors/--no-keep-sexual-minors", help="Do not leave out what is flagged so.")
    ] = None,
    toxicity: Annotated[Path | None, Flag(help="What a toxicity tagger wrote.")] = None,
    tokenizer: Annotated[Path | None, Flag(help="A tokenizer.json to count tokens with.")] = None,
    min_recall: Annotated[list[str] | None, Flag(help="TYPE=0.97: refuse to release below it. Repeatable.")] = None,
    canaries: Annotated[int | None, Flag(help="Fake identities to plant. [default: 20]")] = None,
    sample_prompts: Annotated[Path | None, Flag(help="Prompts that are marked as samples.")] = None,
    benchmarks: Annotated[list[Path] | None, Flag(help="Files of benchmarks to compare with. Repeatable.")] = None,
    earlier: Annotated[list[Path] | None, Flag(help="An earlier release, to mark what it held. Repeatable.")] = None,
    sample: Annotated[int | None, Flag(help="Release so many rows; the rest is counted as not_sampled.")] = None,
    seed: Annotated[int | None, Flag(help="Of the order and the sample. [default: 42]")] = None,
    licence: Annotated[str | None, Flag(help="A licence for the card instead of the form's own.")] = None,
    title: Annotated[str | None, Flag(help="The data set's name.")] = None,
    contact: Annotated[str | None, Flag(help="Whom to write to.")] = None,
    processes: Annotated[int | None, Flag(help="[default: one a core]")] = None,
    engine: Annotated[str | None, Flag(help="local, dask or ray. [default: local]")] = None,
    scheduler: Annotated[str | None, Flag(help="Where Dask's scheduler or Ray's cluster is reached.")] = None,
    resume: Annotated[bool, Flag("--resume", help="Go on with the release that was interrupted there.")] = False,
    as_json: Annotated[
        bool, Flag("--json", help="Write one JSON object a line on stdout: stages, then the result.")
    ] = False,
) -> None:
    """Write the conversations whose visitors allowed it, without their personal data, for others to read."""
    given = {
        "out": out,
        "data": data,
        "store": store,
        "arena-config": arena_config,
        "format": format,
        "from": from_,
        "to": to,
        "date": date,
        "names": names,
        "name-engine": name_engine,
        "public-figures": public_figures,
        "pii": pii,
        "policy": pairs("policy", policy),
        "language": language,
        "moderation": moderation,
        "moderation-model": moderation_model,
        "guard": guard,
        "require-moderation": require_moderation,
        "keep-sexual-minors": keep_sexual_minors,
        "toxicity": toxicity,
        "tokenizer": tokenizer,
        "min-recall": pairs("min-recall", min_recall),
        "canaries": canaries,
        "sample-prompts": sample_prompts,
        "benchmarks": benchmarks,
        "earlier": earlier,
        "sample": sample,
        "seed": seed,
        "licence": licence,
        "title": title,
        "contact": contact,
        "processes": processes,
        "engine": engine,
        "scheduler": scheduler,
    }
    settings = read_settings(config, given)
    order = _order(ctx.obj, settings, resume)
    with watching(as_json=as_json) as watcher:
        summaries = make_release(order, watcher)
    for each in _said(summaries, order.out, as_json):
        typer.echo(each)


def _order(launch: Launch, settings: ReleaseSettings, resume: bool) -> Order:
    if settings.out is None:
        raise SetupError("--out: name the folder to write")
    arena = launch.read_config(settings.arena_config)
    url = existing_ledger_url(arena.store, settings.data, settings.store)
    ingredients = Ingredients.of(settings, arena.models)
    return Order(
        settings=settings,
        ingredients=ingredients,
        url=url,
        withheld_cohorts=frozenset(arena.export.withheld_cohorts),
        key=launch.data_key(settings.data, "release").get_secret_value().encode(),
        out=settings.out,
        code=code_digests(),
        resume=resume,
    )


def _said(summaries: Sequence[Summary], out: Path, as_json: bool) -> list[str]:
    """Say what was released and what was not."""
    if as_json:
        forms = [_counts(each) for each in summaries]
        return [json.dumps({"event": "released", "out": str(out), "forms": forms})]
    return [_sentence(each, out) for each in summaries]


def _counts(summary: Summary) -> dict[str, Any]:
    counts: dict[str, Any] = {"read": summary.read, "released": summary.released, "dropped": dict(summary.dropped)}
    return {"format": summary.form, "counts": counts, "date": summary.date}


def _sentence(summary: Summary, out: Path) -> str:
    dropped = ", ".join(f"{reason} {number}" for reason, number in sorted(summary.dropped.items()))
    left_out = f" (left out: {dropped})" if dropped else ""
    what = "battles" if summary.form in {"arena-battles", "preference-140k"} else "conversations"
    return f"{summary.form}: released {summary.released} of {summary.read} {what}{left_out} into {out}"
