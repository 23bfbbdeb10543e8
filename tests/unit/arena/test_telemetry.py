import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest

from arena.telemetry import (
    UNTRACED,
    Attributes,
    Kind,
    Untraced,
    begin_request,
    current_request,
    current_span,
    outgoing,
    outgoing_attempt,
    request_id,
    span,
)


@dataclass
class Noted:
    """A span that remembers what became of it."""

    name: str = "request"
    trace_id: str = "1" * 32
    span_id: str = "2" * 16
    children: list["Noted"] = field(default_factory=list["Noted"])
    ends: list[BaseException | None] = field(default_factory=list[BaseException | None])
    attributes: dict[str, object] = field(default_factory=dict[str, object])
    events: list[str] = field(default_factory=list[str])

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.name}-01"

    def child(self, name: str, kind: Kind, attributes: Attributes) -> "Noted":
        self.children.append(Noted(name, attributes=dict(attributes)))
        return self.children[-1]

    def note(self, attributes: Attributes) -> None:
        self.attributes |= attributes

    def event(self, name: str) -> None:
        self.events.append(name)

    def end(self, error: BaseException | None = None) -> None:
        self.ends.append(error)


async def test_a_callers_id_is_taken_if_it_is_one():
    assert begin_request("Request.1_of-2") == current_request() == request_id("another") == "Request.1_of-2"

    for forged in (None, "", "a b", "a\nb", "ü", "x" * 129):
        assert begin_request(forged) != forged
        assert len(current_request()) == 32


async def test_where_nothing_is_traced_a_span_is_nothing():
    begin_request("r1")

    with span("work", {}) as here:
        assert here is UNTRACED
        assert outgoing() == {"x-request-id": "r1"}


async def test_where_nothing_is_traced_a_callers_trace_is_passed_on():
    stated = f"00-{'a' * 32}-{'b' * 16}-01"
    begin_request("r1", Untraced(stated))
    with span("work", {}):
        assert outgoing() == {"x-request-id": "r1", "traceparent": stated}

    for forged in ("", "x", stated + "\n", stated.upper(), stated + "\r\nx-arena-session: y"):
        assert Untraced(forged).traceparent == ""


async def test_others_are_told_for_which_request_and_span_they_work():
    root = Noted()
    begin_request("r1", root)

    with span("attempt", {}, "client"):
        assert outgoing() == {"x-request-id": "r1", "traceparent": f"00-{'1' * 32}-attempt-01"}

    assert [child.ends for child in root.children] == [[None]]
    assert current_span() is root


async def test_each_attempt_has_an_id_of_its_own_that_begins_like_the_requests():
    begin_request("r" * 128)
    first, second = (outgoing_attempt()["x-request-id"] for _ in range(2))

    assert first != second
    assert first.startswith("r" * 120 + ".")
    assert begin_request(first) == first


async def test_a_task_of_a_request_belongs_to_it():
    begin_request("r1", root := Noted())

    async def work() -> str:
        with span("turn", {}):
            return current_request()

    assert await asyncio.create_task(work()) == "r1"
    assert [child.name for child in root.children] == ["turn"]
    assert current_span() is root


async def test_what_breaks_a_span_ends_it_and_goes_on():
    begin_request("r1", root := Noted())
    error = ValueError("what somebody said")

    with pytest.raises(ValueError, match="said"), span("turn", {}):
        raise error

    assert root.children[0].ends == [error]
    assert current_span() is root


async def test_a_generator_may_be_closed_in_another_task_than_it_began_in():
    begin_request("r1", root := Noted())

    async def words() -> AsyncGenerator[str]:
        with span("answer", {}):
            yield "one"
            yield "two"

    generator = words()
    await asyncio.create_task(anext(aiter(generator)))  # pyright: ignore[reportArgumentType]
    async with aclosing(generator):
        pass

    assert isinstance(root.children[0].ends[0], GeneratorExit)
    assert current_span() is root
