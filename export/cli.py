"""`arena export`: what the ledger holds, for others."""

import typer

from export.canaries.cli import canaries
from export.card.cli import card
from export.hub.cli import push
from export.moderation.cli import moderate_command
from export.quality.cli import quality
from export.release.check.cli import check
from export.release.check.diff_cli import diff
from export.release.cli import release

command = typer.Typer(no_args_is_help=True)
command.command("release")(release)
command.command("check")(check)
command.command("diff")(diff)
command.command("card")(card)
command.command("push")(push)
command.command("quality")(quality)
command.command("canaries")(canaries)
command.command("moderate")(moderate_command)


@command.callback()
def export() -> None:
    """Write what the ledger holds for others to read."""
