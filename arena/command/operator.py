"""Asks a controller what only the operator may: with nothing but the standard library."""

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from arena.admin import ModelStates, Reloaded, WorkerStates
from arena.command import keys
from arena.error_wire import from_problem
from arena.errors import AccessError, ArenaError, BrokenConfiguration, NotFound, SetupError, UnknownWorker

PATIENCE = 30.0
"""Seconds until a question counts as unanswered."""
VARIABLE = "ARENA_ADMIN_KEY"


def operator_key(data: Path) -> SecretStr:
    """Return the operator's key: from `ARENA_ADMIN_KEY`, else the gateway's key of the data folder. Makes none."""
    if given := os.environ.get(VARIABLE, "").strip():
        return SecretStr(given)
    file = data / "keys" / "gateway.key"
    if not os.environ.get("ARENA_GATEWAY_KEY", "").strip() and not file.exists():
        raise SetupError(f"there is no key at {file}: name the arena's folder with --data, or set {VARIABLE}")
    return keys.data_key(data, "gateway")


class Operator:
    """Speaks to one controller. A refusal is raised as the class that was raised there."""

    def __init__(self, controller: str, key: SecretStr) -> None:
        if not controller.startswith(("http://", "https://")):
            raise SetupError(f"--controller {controller}: write an address such as http://127.0.0.1:21001")
        self._controller = controller.rstrip("/")
        self._key = key
        self._http = _straight()

    def workers(self) -> WorkerStates:
        """Return the workers."""
        return WorkerStates.model_validate(self._call("GET", "/admin/workers"))

    def models(self) -> ModelStates:
        """Return the models."""
        return ModelStates.model_validate(self._call("GET", "/admin/models"))

    def reload(self) -> Reloaded:
        """Let the configuration be read again. A broken one is a `SetupError`."""
        try:
            return Reloaded.model_validate(self._call("POST", "/admin/reload"))
        except BrokenConfiguration as error:
            raise SetupError(str(error)) from error

    def drain(self, worker: str, *, undrain: bool = False) -> None:
        """Send nothing new to a worker, or again."""
        try:
            self._call("POST", f"/admin/workers/{quote(worker, safe='')}/{'undrain' if undrain else 'drain'}")
        except NotFound as error:  # its own words are for workers, or for visitors
            raise UnknownWorker(f"there is no worker {worker} here: `arena models workers` lists them") from error

    def _call(self, method: str, path: str) -> Any:
        headers = {"authorization": f"Bearer {self._key.get_secret_value()}"}
        request = urllib.request.Request(self._controller + path, method=method, headers=headers)  # noqa: S310 (checked)
        try:
            with self._http.open(request, timeout=PATIENCE) as answer:
                body = answer.read()
            return json.loads(body) if body else None
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise ArenaError(f"the controller {self._controller} cannot be reached: {reason}") from error
        except ValueError as error:
            raise ArenaError(f"what answers at {self._controller} is no controller") from error


def _straight() -> urllib.request.OpenerDirector:
    """Return what sends a key neither through a proxy that the environment names nor to where somebody redirects."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
    ):
        opener.add_handler(handler())
    return opener


def _refusal(error: urllib.error.HTTPError) -> ArenaError:
    try:
        problem = from_problem(json.loads(error.read()))
    except (OSError, ValueError):
        problem = ArenaError(f"the controller answered with status {error.code}")
    return (
        SetupError(f"{problem} (the operator's key, or an API key for administration)")
        if isinstance(problem, AccessError)
        else problem
    )
