"""The page's own addresses: the session's cookie, and the streams that do not pass through Gradio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from arena.chat import RegenerateRequest, TurnRequest
from arena.errors import NotFound, SessionRequired
from arena.session import ConsentRequest, Deleted, DeletionRequest, SessionRequest
from arena.settings import Network, WebSection
from arena.word import Word
from web_ui import data_texts
from web_ui.actions import Action
from web_ui.board_files import as_csv, as_json, as_parquet
from web_ui.board_reading import Choice, read_board
from web_ui.controller_client import ControllerClient
from web_ui.relay import Relay
from web_ui.shell import ASSETS, FOREVER, Asset, packed
from web_ui.visitor import COOKIE, Visitor, visitor

YEAR_SECONDS = 365 * 24 * 3600

router = APIRouter()


@dataclass(frozen=True, eq=False)
class Services:
    """What the routes work with."""

    controller: ControllerClient
    web: WebSection
    actions: Mapping[str, Action]
    assets: dict[str, Asset]

    def answers(self, visitor: Visitor, path: str, request: TurnRequest | RegenerateRequest) -> Relay:
        """Return the response that asks the controller at `path` and streams what it answers."""
        return Relay(self.controller.answers(visitor, path, request), 1 / self.web.updates_per_second)


def who(connection: HTTPConnection, trusted: Sequence[Network]) -> Visitor:
    """Return who is at the other end of a connection."""
    peer = connection.client.host if connection.client else ""
    return visitor(connection.cookies, peer, connection.headers.getlist("x-forwarded-for"), trusted)


def _services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


Wired = Annotated[Services, Depends(_services)]


def _asking(request: Request, wired: Wired) -> Visitor:
    return who(request, wired.web.trusted_proxies)


Asking = Annotated[Visitor, Depends(_asking)]
Key = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


@router.get("/health/live")
async def live() -> dict[str, str]:
    """Answer while the process runs."""
    return {"status": "alive"}


@router.get("/visitor/{digest}/{name}")
async def own_file(wired: Wired, request: Request) -> Response:
    """Return one of the page's own files."""
    asset = wired.assets.get(request.url.path)
    if asset is None:
        raise NotFound
    return Response(asset.body, media_type=ASSETS[asset.name], headers={"cache-control": FOREVER})


@router.post("/visitor/session", status_code=204)
async def accept(wired: Wired, visitor: Asking, consent: ConsentRequest) -> Response:
    """Keep what the visitor accepts; open a session if there is none yet, and put it into the cookie."""
    return _with_cookie(wired.web, await _accept(wired, visitor, consent))


@router.post("/visitor/session/delete")
async def delete_mine(wired: Wired, visitor: Asking) -> Response:
    """Have everything of the visitor's session deleted; its cookie goes with it."""
    deleted = await wired.controller.delete_session(visitor)
    response = _deleted(deleted)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=wired.web.cookie_secure)
    return response


@router.post("/visitor/deletions")
async def delete_by_code(wired: Wired, visitor: Asking, request: DeletionRequest) -> Response:
    """Have everything deleted that a code stands for, whoever has it."""
    return _deleted(await wired.controller.delete_by_code(visitor, request))


def _deleted(deleted: Deleted) -> Response:
    return JSONResponse({"said": data_texts.deleted(deleted.conversations)}, headers={"cache-control": "no-store"})


@router.get("/visitor/leaderboard.{kind}")
async def download_board(
    wired: Wired, visitor: Asking, kind: Literal["csv", "json", "parquet"], category: str = "", *, style: bool = False
) -> Response:
    """Return a board of the leaderboard as a file."""
    shown = await read_board(wired.controller, visitor, Choice(category, style))
    listed = await wired.controller.models(visitor)
    write, media = _BOARD_FILES[kind]
    headers = {"content-disposition": f'attachment; filename="leaderboard.{kind}"', "cache-control": "no-store"}
    return Response(write(shown.board, listed.models), media_type=media, headers=headers)


_BOARD_FILES = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
    "parquet": (as_parquet, "application/vnd.apache.parquet"),
}


class Call(Word):
    """What the page's script sends to an action: what the inputs of its event hold."""

    inputs: list[Any]


@router.post("/visitor/actions/{name}")
async def act(wired: Wired, request: Request, visitor: Asking, name: str, call: Call) -> Response:
    """Do what one of the page's events asks for; return what its outputs show then."""
    if name not in wired.actions:
        raise NotFound
    shown = await wired.actions[name].run(visitor, call.inputs)
    return packed(JSONResponse(shown, headers={"cache-control": "no-store"}), request.headers)


@router.post("/visitor/battles/{key}/turns")
async def ask_both(wired: Wired, visitor: Asking, key: Key, turn: TurnRequest) -> Response:
    """Ask both sides; their answers are streamed."""
    return wired.answers(visitor, f"/battles/{key}/turns", turn)


@router.post("/visitor/battles/{key}/regenerate")
async def ask_both_again(wired: Wired, visitor: Asking, key: Key, wish: RegenerateRequest) -> Response:
    """Ask both sides for other answers."""
    return wired.answers(visitor, f"/battles/{key}/regenerate", wish)


@router.post("/visitor/conversations/{key}/turns")
async def ask_one(wired: Wired, visitor: Asking, key: Key, turn: TurnRequest) -> Response:
    """Ask one model; its answer is streamed."""
    return wired.answers(visitor, f"/conversations/{key}/turns", turn)


@router.post("/visitor/conversations/{key}/regenerate")
async def ask_one_again(wired: Wired, visitor: Asking, key: Key, wish: RegenerateRequest) -> Response:
    """Ask one model for another answer."""
    return wired.answers(visitor, f"/conversations/{key}/regenerate", wish)


@router.api_route("/visitor/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
async def nothing(rest: str) -> Response:  # noqa: ARG001 (a name in the address)
    """Say so here: what is not ours would go on to Gradio."""
    raise NotFound


async def _accept(wired: Services, visitor: Visitor, consent: ConsentRequest) -> Visitor:
    """Record the consent in the visitor's session, or in a new one if the controller knows none."""
    if visitor.token:
        try:
            await wired.controller.consent(visitor, consent)
        except SessionRequired:
            pass
        else:
            return visitor
    opened = await wired.controller.open_session(visitor, SessionRequest(cohort=wired.web.cohort))
    fresh = Visitor(address=visitor.address, token=opened.token)
    await wired.controller.consent(fresh, consent)
    return fresh


def _with_cookie(web: WebSection, visitor: Visitor) -> Response:
    response = Response(status_code=204)
    response.set_cookie(
        COOKIE,
        visitor.token,
        max_age=YEAR_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=web.cookie_secure,
    )
    return response
