"""How often a visitor's screen changes."""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable

from arena.chat import ChatEvent, Queued, ReasoningDelta, TextDelta


def joined(events: Iterable[ChatEvent]) -> list[ChatEvent]:
    """Return the events with the text of each side in one piece per run; each side's own order is kept.

    Of several places in line that come together only the last is passed on.
    """
    result: list[ChatEvent] = []
    last: dict[tuple[str, object], int] = {}
    for event in events:
        key = (event.kind, getattr(event, "side", None))
        at = last.get(key)
        match event, result[at] if at is not None else None:
            case TextDelta() as more, TextDelta() as begun if at is not None:
                result[at] = TextDelta(side=more.side, text=begun.text + more.text)
            case ReasoningDelta() as more, ReasoningDelta() as begun if at is not None:
                result[at] = ReasoningDelta(text=begun.text + more.text)
            case Queued(), Queued() if at is not None:
                result[at] = event
            case _:
                last[key] = len(result)
                result.append(event)
    return result


async def paced(
    batches: AsyncIterable[list[ChatEvent]], seconds: float, pause: Callable[[float], Awaitable[object]]
) -> AsyncGenerator[list[ChatEvent]]:
    """Pass batches on, the first text at once, then with a pause of `seconds` after each that holds text.

    While it pauses it does not read, so that what arrives meanwhile gathers below and comes as one batch: a pause costs
    one timer, not one wake-up for each word.
    """
    async for batch in batches:
        yield batch
        if any(isinstance(event, TextDelta | ReasoningDelta) for event in batch):
            await pause(seconds)
