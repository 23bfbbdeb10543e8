"""A server that speaks the moderations API, the Batch API and Chat Completions, and errs as a test tells it to."""

import json
import threading
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from export.moderation.verdict import CATEGORIES, EXTRA_CATEGORIES, Verdict, verdict_of
from tests.serving import serving

SNAPSHOT = "omni-moderation-2024-09-26"
NAMES = (*CATEGORIES, *EXTRA_CATEGORIES)
PATIENCE = 60.0


def a_result(text: str) -> dict[str, Any]:
    """What this server says of a text: chance, but the same each time. A category is flagged where its name is said."""
    digest = sha256(text.encode()).digest()
    categories = {name: f"<{name}>" in text for name in NAMES}
    scores = {name: digest[at] / 256 + 1e-9 * digest[at + 1] / 3 for at, name in enumerate(NAMES)}
    return {"flagged": any(categories.values()), "categories": categories, "category_scores": scores}


def the_verdict(text: str, model: str = SNAPSHOT) -> Verdict:
    """What comes of it."""
    return verdict_of(model, a_result(text))


@dataclass
class ModerationApi:
    """Answers, and remembers what it was asked."""

    model: str = SNAPSHOT
    faults: dict[str, deque[str]] = field(default_factory=dict[str, deque[str]])
    """By route (`moderations`, `files`, `batches`, `look`, `content`): what goes wrong with the next requests."""
    forbidden: frozenset[str] = frozenset()
    """Texts that are refused with HTTP 400."""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    """Of every good answer."""
    key: str = ""
    """Required, if there is one."""
    looks: int = 1
    """How often a batch is looked at until it is completed."""
    fails: list[str] = field(default_factory=list[str])
    """Codes with which the next batches fail."""
    expires: Counter[str] = field(default_factory=Counter[str])
    """How often a text that is sent in a batch expires in it."""
    guard: Callable[[dict[str, Any]], str] = lambda _: "safe"
    texts: Counter[str] = field(default_factory=Counter[str])
    """Every text that came, and how often."""
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    authorizations: set[str] = field(default_factory=set[str])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    batches: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    url: str = ""
    _numbers: Any = field(default_factory=lambda: count(1))
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def errs(self, route: str, *faults: str) -> "ModerationApi":
        """Let the next requests go wrong: `429`, `500`, `cut`, `few`, `many`, `nonsense`, `lost`, `torn`, ..."""
        self.faults.setdefault(route, deque()).extend(faults)
        return self

    def until(self, is_so: Callable[["ModerationApi"], bool]) -> None:
        """Wait for something to have happened."""
        with self._changed:
            assert self._changed.wait_for(lambda: is_so(self), PATIENCE)

    def fault(self, route: str) -> str:
        waiting = self.faults.get(route)
        return waiting.popleft() if waiting else ""

    def note(self, request: Request, texts: Sequence[str] = ()) -> None:
        with self._changed:
            self.authorizations.add(request.headers.get("authorization", ""))
            self.texts.update(texts)
            self._changed.notify_all()

    def named(self, kind: str) -> str:
        return f"{kind}-{next(self._numbers)}"

    # routes

    async def moderations(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        texts: list[str] = body["input"]
        fault = self.fault("moderations")
        if (broken := _broken(fault)) is not None:
            return broken
        if self.forbidden.intersection(texts):
            return _error(400, "input_too_long")
        self.note(request, texts)
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "invalid_api_key")
        results = [a_result(text) for text in texts]
        results = {"few": results[:-1], "many": [*results, *results]}.get(fault, results)
        if fault == "nameless":
            results[0].pop("flagged")
        content = {"id": "modr-1", "model": self.model, "results": results}
        return JSONResponse(content, headers=self.headers)

    async def upload(self, request: Request) -> Response:
        form = await request.form()
        file: Any = form["file"]
        content = await file.read()
        if (broken := _broken(self.fault("files"))) is not None:
            return broken
        assert form["purpose"] == "batch"
        file_id = self.named("file")
        self.files[file_id] = content
        self.note(request, [json.loads(line)["body"]["input"] for line in content.splitlines()])
        return JSONResponse({"id": file_id, "object": "file", "bytes": len(content), "purpose": "batch"})

    async def create(self, request: Request) -> Response:
        body = await request.json()
        fault = self.fault("batches")
        if fault != "lost" and (broken := _broken(fault)) is not None:
            return broken
        assert body["endpoint"] == "/v1/moderations"
        batch: dict[str, Any] = {
            "id": self.named("batch"),
            "object": "batch",
            "status": "validating",
            "looks": 0,
            "input_file_id": body["input_file_id"],
            "metadata": body.get("metadata"),
        }
        self.batches[batch["id"]] = batch
        self.note(request)
        return _cut() if fault == "lost" else JSONResponse(batch)

    async def listed(self, request: Request) -> Response:
        newest = list(reversed(self.batches.values()))
        after = request.query_params.get("after")
        start = next((at + 1 for at, each in enumerate(newest) if each["id"] == after), 0)
        page = newest[start : start + 2]
        return JSONResponse({"object": "list", "data": page, "has_more": start + 2 < len(newest)})

    async def look(self, request: Request) -> Response:
        if (broken := _broken(self.fault("look"))) is not None:
            return broken
        batch = self.batches.get(request.path_params["id"])
        if batch is None:
            return _error(404, "not_found")
        batch["looks"] += 1
        if batch["status"] == "validating" and batch["looks"] >= self.looks:
            self._complete(batch)
        self.note(request)
        return JSONResponse(batch)

    async def content(self, request: Request) -> Response:
        content = self.files[request.path_params["id"]]
        match self.fault("content"):
            case "cut":
                return _cut()
            case "torn":
                return Response(content[: len(content) * 2 // 3])
            case "half":
                return Response(b"".join(content.splitlines(keepends=True)[::2]))
            case _:
                return Response(content)

    async def delete(self, request: Request) -> Response:
        if (broken := _broken(self.fault("delete"))) is not None:
            return broken
        self.files.pop(request.path_params["id"])
        return JSONResponse({"id": request.path_params["id"], "object": "file", "deleted": True})

    async def chat(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        if (broken := _broken(self.fault("chat"))) is not None:
            return broken
        self.note(request, [body["messages"][-1]["content"]])
        message = {"role": "assistant", "content": self.guard(body)}
        return JSONResponse({"id": "c", "model": body["model"], "choices": [{"index": 0, "message": message}]})

    def _complete(self, batch: dict[str, Any]) -> None:
        if self.fails:
            batch |= {"status": "failed", "errors": {"data": [{"code": self.fails.pop(0), "message": "no"}]}}
            return
        good, bad = [], []
        for line in self.files[batch["input_file_id"]].splitlines():
            asked = json.loads(line)
            text = asked["body"]["input"]
            if self.expires[text] > 0:
                self.expires[text] -= 1
                bad.append({"custom_id": asked["custom_id"], "response": None, "error": {"code": "batch_expired"}})
            elif text in self.forbidden:
                response = {"status_code": 400, "body": {"error": {"code": "input_too_long"}}}
                bad.append({"custom_id": asked["custom_id"], "response": response, "error": None})
            else:
                body = {"id": "m", "model": self.model, "results": [a_result(text)]}
                good.append({"custom_id": asked["custom_id"], "response": {"status_code": 200, "body": body}})
        batch |= {"status": "completed", "request_counts": {"completed": len(good), "failed": len(bad)}}
        for name, lines in (("output_file_id", list(reversed(good))), ("error_file_id", bad)):
            if lines:
                batch[name] = self.named("file")
                self.files[batch[name]] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _broken(fault: str) -> Response | None:
    match fault:
        case "429":
            return _error(429, "rate_limit_exceeded", {"retry-after": "0.01"})
        case "no credit":
            return _error(429, "insufficient_quota")
        case "cut":
            return _cut()
        case "nonsense":
            return Response(b'{"id": "modr', media_type="application/json")
        case fault if fault.isdigit():
            return _error(int(fault), "some_code")
        case _:
            return None


def _error(status: int, code: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"message": "no", "code": code, "type": "t"}}, status, headers)


def _cut() -> Response:
    """An answer that breaks off: fewer bytes than were promised."""

    async def some() -> AsyncGenerator[bytes]:
        yield b'{"id": '

    return StreamingResponse(some(), headers={"content-length": "1000"}, media_type="application/json")


@contextmanager
def a_moderation_api(**given: Any) -> Generator[ModerationApi]:
    """Serve one while inside."""
    api = ModerationApi(**given)
    routes = [
        Route("/v1/moderations", api.moderations, methods=["POST"]),
        Route("/v1/files", api.upload, methods=["POST"]),
        Route("/v1/files/{id}/content", api.content),
        Route("/v1/files/{id}", api.delete, methods=["DELETE"]),
        Route("/v1/batches", api.create, methods=["POST"]),
        Route("/v1/batches", api.listed),
        Route("/v1/batches/{id}", api.look),
        Route("/v1/chat/completions", api.chat, methods=["POST"]),
    ]
    with serving(Starlette(routes=routes)) as url:
        api.url = f"{url}/v1"
        yield api
