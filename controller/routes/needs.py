"""What routes need: the services, the caller's session, the caller's address.

All of them are coroutines: plain functions would each be run in a thread.
"""

import re
from typing import Annotated

from fastapi import Depends, Request

from arena.addresses import is_near
from arena.errors import AccessError, NotFound, ShuttingDown
from arena.session import SessionRequest
from controller.access import SESSION_HEADER, Origin, require_key
from controller.services import Services
from logging_store.facts import SessionFact

ID = re.compile(r"[0-9a-f]{32}")


async def services(request: Request) -> Services:
    """Return the services that the application's lifespan has built."""
    found: Services | None = getattr(request.state, "services", None)
    if found is None:
        raise ShuttingDown
    return found


Wired = Annotated[Services, Depends(services)]


def peer(request: Request) -> str:
    """Return the address at the other end of the socket."""
    return request.client.host if request.client else ""


async def address_hash(request: Request, wired: Wired) -> str:
    """Return the pseudonym of the visitor's address."""
    return wired.addresses.hash_of(request.headers, peer(request))


AddressHash = Annotated[str, Depends(address_hash)]


async def origin(request: Request, wired: Wired) -> Origin:
    """Return what is kept of the visitor's address, with a session that is opened now."""
    return wired.addresses.origin(request.headers, peer(request))


From = Annotated[Origin, Depends(origin)]


async def cohort(request: Request, wired: Wired, told: SessionRequest | None = None) -> str:
    """Return the group that the page named. Nobody else is believed."""
    return told.cohort if told is not None and wired.addresses.is_page(request.headers) else ""


Cohort = Annotated[str, Depends(cohort)]


async def session(request: Request, wired: Wired, _: AddressHash) -> SessionFact:
    """Return the caller's session."""
    return await wired.sessions.known(request.headers.get(SESSION_HEADER))


Visitor = Annotated[SessionFact, Depends(session)]


async def known_form(key: str) -> str:
    """Refuse what cannot be an id of ours, before a database has to judge it."""
    if not ID.fullmatch(key):
        raise NotFound
    return key


Key = Annotated[str, Depends(known_form)]


async def observer(request: Request, wired: Wired) -> None:
    """Let only this machine and the workers' networks in: what is counted there tells which models are playing."""
    if not is_near(request.headers, peer(request), wired.settings.allowed_networks):
        raise AccessError


async def worker_key(request: Request, wired: Wired) -> None:
    """Let only workers in."""
    require_key(request.headers, wired.settings.worker_key)
