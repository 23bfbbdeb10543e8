"""Streams at once from something that speaks OpenAI's API: what they took, and how long each word was under way."""

import asyncio
import re
import time
from dataclasses import dataclass, field

import aiohttp
import psutil

WORD = re.compile(rb'"content": ?" (\d+\.\d+)"')
DONE = b"data: [DONE]"


@dataclass
class Seen:
    """What the clients saw. Seconds."""

    words: int = 0
    failed: int = 0
    first_words: list[float] = field(default_factory=list[float])
    """From asking to the first word."""
    under_way: list[float] = field(default_factory=list[float])
    """From the backend's saying a word to the client's reading it."""
    gaps: list[float] = field(default_factory=list[float])
    """Between two words of a stream."""


async def stream(http: aiohttp.ClientSession, url: str, headers: dict[str, str], seen: Seen, **fields: object) -> None:
    """Ask for one stream and read it to its end."""
    body = {"model": "mock-a", "stream": True, "messages": [{"role": "user", "content": "Tell me a story."}], **fields}
    began, last, is_done, rest = time.monotonic(), 0.0, False, b""
    try:
        async with http.post(url + "/v1/chat/completions", json=body, headers=headers) as response:
            response.raise_for_status()
            async for read in response.content.iter_any():
                now = time.monotonic()
                whole, end, rest = (rest + read).rpartition(b"\n\n")
                is_done = is_done or DONE in whole + end
                for said in WORD.findall(whole):
                    seen.words += 1
                    seen.under_way.append(now - float(said))
                    (seen.gaps if last else seen.first_words).append(now - (last or began))
                    last = now
    except (aiohttp.ClientError, TimeoutError):
        is_done = False
    seen.failed += not is_done


async def at_once(http: aiohttp.ClientSession, url: str, headers: dict[str, str], number: int, seen: Seen) -> None:
    """Run so many streams at once."""
    await asyncio.gather(*(stream(http, url, headers, seen) for _ in range(number)))


def cpu_seconds(root: psutil.Process) -> float:
    """Return the CPU time that a process and its children have taken so far, to the microsecond."""
    return sum(_clock(process.pid) for process in [root, *root.children(recursive=True)])


def _clock(pid: int) -> float:
    """Read the CPU clock of a process, all its threads together (Linux: clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def percentile(values: list[float], share: float) -> float:
    """Return the value below which such a share lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")
