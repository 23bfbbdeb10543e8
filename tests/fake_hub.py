"""A hub of data sets for tests: as much of the Hugging Face hub's API as a push needs, in memory."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from typing import Any

import yaml
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

TOKEN = "hf_a_token_for_tests"
LARGE = (".parquet", ".png")
"""What is uploaded as a large file, as the hub decides by `.gitattributes`."""


@dataclass
class FakeHub:
    """Repositories by name, large files by digest, and all that was asked of it."""

    repositories: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    large: dict[str, bytes] = field(default_factory=dict[str, bytes])
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    hang: Callable[[int], bool] = lambda _uploads: False
    """Whether an upload is taken up to its last byte and never answered, by how many there were."""
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    on_hang: Callable[[], None] = lambda: None

    def uploads(self) -> list[str]:
        """The digests of the large files that were sent, in order."""
        return [path.rpartition("/")[2] for method, path in self.asked if method == "PUT" and path.startswith("/lfs/")]

    def files(self, repository: str) -> dict[str, bytes]:
        """What a repository holds by now."""
        return self.repositories[repository]["files"]


def create_hub(hub: FakeHub) -> FastAPI:
    """Make the hub's application."""
    app = FastAPI()

    @app.middleware("http")
    async def careful(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        hub.asked.append((request.method, request.url.path))
        is_storage = request.url.path.startswith("/lfs/") or request.url.path == "/api/validate-yaml"
        if not is_storage and request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": "Invalid username or password."}, 401)
        return await answer(request)

    _serve_repositories(app, hub)
    _serve_files(app, hub)
    _serve_large_files(app, hub)
    return app


def _serve_repositories(app: FastAPI, hub: FakeHub) -> None:
    @app.post("/api/repos/create")
    async def create(request: Request) -> Response:
        asked = await request.json()
        name = f"{asked['organization']}/{asked['name']}"
        url = f"{request.base_url}datasets/{name}"
        if asked["organization"] == "others":
            return _refused(403, "You don't have the rights to create a dataset there")
        if name in hub.repositories:
            return JSONResponse({"error": "You already created this dataset repo", "url": url}, 409)
        hub.repositories[name] = {"private": asked.get("visibility") == "private", "gated": False, "files": {}}
        return JSONResponse({"url": url})

    @app.get("/api/datasets/{owner}/{name}")
    async def about(owner: str, name: str) -> Response:
        found = hub.repositories.get(f"{owner}/{name}")
        if found is None:
            return JSONResponse({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})
        return JSONResponse(
            {"id": f"{owner}/{name}", "private": found["private"], "gated": found["gated"], "sha": "0" * 40}
        )

    @app.put("/api/datasets/{owner}/{name}/settings")
    async def settings(owner: str, name: str, request: Request) -> Response:
        asked = await request.json()
        if "visibility" in asked:
            hub.repositories[f"{owner}/{name}"]["private"] = asked["visibility"] == "private"
        if "gated" in asked:
            hub.repositories[f"{owner}/{name}"]["gated"] = asked["gated"]
        return JSONResponse({})


def _serve_files(app: FastAPI, hub: FakeHub) -> None:
    @app.get("/api/datasets/{owner}/{name}/tree/main")
    async def tree(owner: str, name: str) -> Response:
        return JSONResponse([_entry(path, data) for path, data in hub.files(f"{owner}/{name}").items()])

    @app.post("/api/validate-yaml")
    async def validate(request: Request) -> Response:
        head = (await request.json())["content"].split("---\n")[1]
        known = isinstance(yaml.safe_load(head), dict)
        return JSONResponse({"errors": [], "warnings": []} if known else {"errors": [{"message": "no metadata"}]})

    @app.post("/api/datasets/{owner}/{name}/preupload/main")
    async def modes(owner: str, name: str, request: Request) -> Response:
        there = hub.files(f"{owner}/{name}")
        files = [_mode(each["path"], there) for each in (await request.json())["files"]]
        return JSONResponse({"files": files})

    @app.post("/api/datasets/{owner}/{name}/commit/main")
    async def commit(owner: str, name: str, request: Request) -> Response:
        lines = [json.loads(line) for line in (await request.body()).splitlines()]
        changed = dict(hub.files(f"{owner}/{name}"))
        for line in lines:
            _apply(line["key"], line["value"], changed, hub)
        hub.repositories[f"{owner}/{name}"]["files"] = changed
        oid = sha1(repr(sorted(changed)).encode()).hexdigest()
        return JSONResponse({"commitUrl": f"{request.base_url}{owner}/{name}/commit/{oid}", "commitOid": oid})


def _serve_large_files(app: FastAPI, hub: FakeHub) -> None:
    @app.post("/datasets/{owner}/{repository}/info/lfs/objects/batch")
    async def batch(request: Request) -> Response:
        objects = [_object(each, hub, str(request.base_url)) for each in (await request.json())["objects"]]
        return JSONResponse({"transfer": "basic", "objects": objects})

    @app.put("/lfs/{oid}")
    async def upload(oid: str, request: Request) -> Response:
        data = await request.body()
        if hub.hang(len(hub.uploads())):
            hub.on_hang()
            await hub.hanging.wait()
        assert sha256(data).hexdigest() == oid
        hub.large[oid] = data
        return Response()

    @app.post("/lfs/{oid}/verify")
    async def verify(oid: str) -> Response:
        return Response(status_code=200 if oid in hub.large else 404)


def _refused(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)


def _git(data: bytes) -> str:
    return sha1(f"blob {len(data)}\0".encode() + data).hexdigest()


def _entry(path: str, data: bytes) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "file", "path": path, "size": len(data), "oid": _git(data)}
    if path.endswith(LARGE):
        entry["lfs"] = {"oid": sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return entry


def _mode(path: str, there: dict[str, bytes]) -> dict[str, Any]:
    is_large = path.endswith(LARGE)
    oid = _git(there[path]) if path in there and not is_large else None
    return {"path": path, "uploadMode": "lfs" if is_large else "regular", "shouldIgnore": False, "oid": oid}


def _object(asked: dict[str, Any], hub: FakeHub, base: str) -> dict[str, Any]:
    known = {"oid": asked["oid"], "size": asked["size"]}
    if asked["oid"] in hub.large:
        return known
    place = f"{base}lfs/{asked['oid']}"
    return known | {"actions": {"upload": {"href": place}, "verify": {"href": f"{place}/verify"}}}


def _apply(key: str, value: dict[str, Any], files: dict[str, bytes], hub: FakeHub) -> None:
    if key == "file":
        files[value["path"]] = b64decode(value["content"])
    elif key == "lfsFile":
        files[value["path"]] = hub.large[value["oid"]]
    elif key == "deletedFile":
        del files[value["path"]]
