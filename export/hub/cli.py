"""`arena export push`: a release goes to a hub of data sets."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from arena.errors import SetupError
from export.release.manifest import names_in

HUB = "https://huggingface.co"


class Gating(StrEnum):
    """Who lets readers in."""

    AUTO = "auto"
    MANUAL = "manual"


def push(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A finished release, of one form.")],
    repository: Annotated[str, typer.Argument(metavar="REPO", help="NAMESPACE/NAME on the hub.")],
    gated: Annotated[
        Gating, typer.Option(help="auto: whoever accepts the terms; manual: whom you let in.")
    ] = Gating.AUTO,
    public: Annotated[bool, typer.Option("--public", help="Push nothing: let everybody see what was pushed.")] = False,
) -> None:
    """Push a release into a private, gated repository; look at it there; then make it public with --public.

    The token is read from HF_TOKEN; HF_ENDPOINT names another hub.
    """
    # half a second and more to load, which other commands need not wait
    from huggingface_hub import HfApi  # noqa: PLC0415
    from huggingface_hub.utils import disable_progress_bars  # noqa: PLC0415

    from export.hub.checking import publishable  # noqa: PLC0415
    from export.hub.push import Hub  # noqa: PLC0415

    manifest = publishable(folder, rows=not public)
    token = os.environ.get("HF_TOKEN", "").strip()
    if not token:
        raise SetupError("HF_TOKEN is not set: it holds the token that may write to the repository")
    disable_progress_bars()
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or HUB
    hub = Hub(HfApi(endpoint=endpoint, token=token), repository)
    if public:
        hub.publish(folder)
        typer.echo(f"{endpoint}/datasets/{repository} is public now, and gated")
        return
    with _progress(folder) as on_file:
        message = f"Release of {manifest.get('date', '')}, form {manifest['format']}"
        pushed = hub.push(folder, gated.value, message, on_file)
    typer.echo(f"pushed {pushed.files} files to {pushed.url}, private and gated ({gated}); commit {pushed.commit}")
    typer.echo(f"look at it there, then: arena export push {folder} {repository} --public")


@contextmanager
def _progress(folder: Path) -> Generator[Callable[[str, int], None]]:
    """Show how much is there, on a terminal; elsewhere nothing."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        total = sum((folder / name).stat().st_size for name in names_in(folder))
        bar = progress.add_task("uploading", total=total)
        yield lambda name, size: progress.update(bar, advance=size, description=name)
