"""Fetches verdicts by the Batch API: files of many texts, whose results come hours later."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import openai

from arena.errors import ArenaError, ProviderError
from export.moderation.asking import Said
from export.moderation.batch_book import BatchBook, OpenBatch
from export.moderation.batch_file import ENDPOINT, BatchFile, read_results
from export.moderation.calling import CODE, Calls, Refused, Torn
from export.moderation.fetching import HOPELESS, Fetched
from export.moderation.verdict import Verdict
from export.moderation.writing import store_id

_OVER = ("completed", "failed", "expired", "cancelled")
_NO_ROOM = "token_limit_exceeded"
"""So many texts wait already that the provider takes no more for now."""
_KEPT_SECONDS = 3 * 86_400
"""After which the provider itself deletes a file that we could not."""
_PAGES = 50
"""Of the provider's list of batches: where one that was sent is not among the latest 5,000, it is sent again."""


@dataclass(slots=True)
class Batching:
    """Sends batches and collects them."""

    client: openai.AsyncOpenAI
    calls: Calls
    book: BatchBook
    fetched: Fetched
    poll_seconds: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def resume(self) -> None:
        """Find out what became of the batches that somebody was sending when he was interrupted."""
        for batch in self.book.open():
            if batch.batch_id is None:
                found = await self._find(batch.plan)
                if found:
                    self.book.sent(batch.plan, found["id"], found.get("input_file_id"))
                else:
                    self.book.settle(batch.plan)

    async def send(self, file: BatchFile) -> None:
        """Send a file. It is asked about under our own name for it, so that no interruption sends it twice."""
        plan = self.book.plan(list(file.lines))
        content = file.content
        uploaded = await self.calls.must(
            lambda: self.client.files.with_raw_response.create(
                file=(f"{plan}.jsonl", content),
                purpose="batch",
                expires_after={"anchor": "created_at", "seconds": _KEPT_SECONDS},
            )
        )
        batch = await self._create(plan, uploaded["id"])
        self.book.sent(plan, batch["id"], uploaded["id"])
        self.fetched.asked += len(file.lines)

    async def collect(self, until: int = 0) -> None:
        """Wait until no more than so many batches are under way, and keep what the others brought."""
        while len(batches := self.book.open()) > until:
            over = [await self._look(batch) for batch in batches]
            if not any(over):
                await self.sleep(self.poll_seconds)

    async def sweep(self) -> int:
        """Delete our files at the provider, which hold texts. Return how many it did not let us delete."""
        kept = 0
        for file_id in self.book.remote_files():
            try:
                await self.calls.must(lambda each=file_id: self.client.files.with_raw_response.delete(each))
            except ArenaError:
                kept += 1
                continue
            self.book.swept(file_id)
        return kept

    async def _create(self, plan: str, file_id: str) -> Mapping[str, Any]:
        asked = 0

        async def create() -> Any:
            nonlocal asked
            asked += 1
            if asked > 1 and (found := await self._find(plan)):  # only the answer was lost
                return await self.client.batches.with_raw_response.retrieve(found["id"])
            return await self.client.batches.with_raw_response.create(
                completion_window="24h", endpoint=ENDPOINT, input_file_id=file_id, metadata=self._metadata(plan)
            )

        return await self.calls.must(create)

    def _metadata(self, plan: str) -> dict[str, str]:
        return {"arena_store": store_id(self.book.writer.connection), "arena_plan": plan}

    async def _find(self, plan: str) -> Mapping[str, Any] | None:
        """Look for a batch among those that the provider knows."""
        after: str | openai.Omit = openai.omit
        for _ in range(_PAGES):
            listed = await self.calls.must(
                lambda last=after: self.client.batches.with_raw_response.list(limit=100, after=last)
            )
            for each in listed.get("data") or ():
                if each.get("metadata") == self._metadata(plan):
                    return each
            if not listed.get("has_more") or not listed.get("data"):
                return None
            after = str(listed["data"][-1]["id"])
        return None

    async def _look(self, batch: OpenBatch) -> bool:
        """Look after one batch. Return whether it is over."""
        batch_id = batch.batch_id or ""
        found = await self.calls.must(lambda: self.client.batches.with_raw_response.retrieve(batch_id))
        if found.get("status") not in _OVER:
            return False
        files = [found[name] for name in ("input_file_id", "output_file_id", "error_file_id") if found.get(name)]
        if found["status"] == "failed" and not found.get("output_file_id"):
            self.book.settle(batch.plan, files=files)
            self._refused(found)
            return True
        completed = (found.get("request_counts") or {}).get("completed")
        said = await self._results(found.get("output_file_id"), completed)
        said |= await self._results(found.get("error_file_id"), None)
        self._keep(batch, said, files)
        return True

    def _refused(self, found: Mapping[str, Any]) -> None:
        errors = (found.get("errors") or {}).get("data") or []
        codes = sorted({str(each.get("code")) for each in errors if CODE.fullmatch(str(each.get("code")))})
        if codes != [_NO_ROOM] or not self.book.open():
            raise ProviderError(f"{self.calls.who} refused a batch ({', '.join(codes) or 'it does not say why'})")

    async def _results(self, file_id: str | None, whole: int | None) -> dict[bytes, Said]:
        if not file_id:
            return {}

        def download() -> Any:
            return self.client.files.with_raw_response.content(file_id)

        try:
            return await self.calls.call(download, lambda content: read_results(content, whole))
        except (Torn, Refused) as error:
            raise ProviderError(f"{self.calls.who}: {error}, also when it is fetched again") from error

    def _keep(self, batch: OpenBatch, said: Mapping[bytes, Said], files: list[str]) -> None:
        """Keep what was asked about; what nobody asked about is not looked at."""
        wanted = self.book.keys_of(batch.plan)
        verdicts = [(key, each) for key, each in said.items() if key in wanted and isinstance(each, Verdict)]
        refused = [(key, each) for key, each in said.items() if key in wanted and isinstance(each, str)]
        if not verdicts and refused and (len(refused) >= HOPELESS or not self.book.writer.answering()):
            self.book.settle(batch.plan, files=files)
            reasons = ", ".join(sorted({reason for _, reason in refused}))
            raise ProviderError(f"{self.calls.who} takes no text at all ({reasons}), so nothing was recorded")
        self.book.settle(batch.plan, verdicts, refused, files)
        self.fetched.moderated += len(verdicts)
        self.fetched.unmoderated.update(reason for _, reason in refused)
