"""`arena web`: the page alone."""

from pathlib import Path
from typing import Annotated

import typer

from arena.settings import Launch
from web_ui.app import create_app
from web_ui.config import WebSettings

command = typer.Typer(help="The page that visitors see.", invoke_without_command=True)


@command.callback()
def serve(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(help="The file with the settings.")] = None,
    data: Annotated[Path, typer.Option(help="The folder for keys.")] = Path("data"),
    controller: Annotated[list[str] | None, typer.Option(help="A controller's address; may be given again.")] = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Serve the page until stopped."""
    launch: Launch = ctx.obj
    given = {"controller": tuple(controller) if controller else None, "host": host, "port": port}
    file = launch.read_config(config)
    web = file.web.model_copy(update={name: one for name, one in given.items() if one is not None})
    settings = WebSettings(
        web=web,
        page_key=launch.data_key(data, "page"),
        observers=file.controller.allowed_networks,
        may_chat_unlogged=file.controller.unlogged_chat,
    )
    listener = launch.listen(web.host, web.port)
    launch.serve(create_app(settings), listener)
