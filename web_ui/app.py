"""The page as an application: Gradio's blocks, our own addresses, and what stands before both."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from arena.asgi import BodyLimit
from arena.settings import AsgiApp
from web_ui.config import WebSettings
from web_ui.controller_client import ControllerClient
from web_ui.gate import Gate
from web_ui.metrics import Counted
from web_ui.problems import answer_errors
from web_ui.routes import Services, router
from web_ui.shell import Shell, read_assets


def create_app(settings: WebSettings) -> AsgiApp:
    """Return the page, ready to be served."""
    # Gradio reads this when it is imported, and would otherwise tell its makers about every start.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from web_ui.page import build_page, mount_page  # noqa: PLC0415 (imports Gradio)

    web = settings.web
    controller = ControllerClient(web.controller, settings.page_key)
    blocks, actions = build_page(web, controller, may_chat_unlogged=settings.may_chat_unlogged)
    services = Services(controller, web, actions, read_assets())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with controller.opened():
            yield

    app = FastAPI(title=web.title, openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.services = services
    answer_errors(app)
    app.include_router(router)
    mount_page(app, blocks)
    page = BodyLimit(Shell(Gate(app), web.title, services.assets), web.body_limit)
    return Counted(page, settings.observers, web.trusted_proxies)
