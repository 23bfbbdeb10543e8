"""`arena export`: what the ledger holds, for others."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "release": "export.release.cli:release",
    "check": "export.release.check.cli:check",
    "diff": "export.release.check.diff_cli:diff",
    "card": "export.card.cli:card",
    "push": "export.hub.cli:push",
    "quality": "export.quality.cli:quality",
    "canaries": "export.canaries.cli:canaries",
    "moderate": "export.moderation.cli:moderate_command",
}
"""Where each is: only the one that is asked for is imported, as all together take seconds."""


class _OneByOne(TyperGroup):
    """A command whose subcommands are imported when they are looked at."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (as the library calls it)
        """Return their names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Import one; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        alone = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
        alone.command(cmd_name)(getattr(import_module(module), function))
        return typer.main.get_command(alone)


command = typer.Typer(cls=_OneByOne, no_args_is_help=True)


@command.callback()
def export() -> None:
    """Write what the ledger holds for others to read."""
