"""What a visitor does is answered by a handler of ours."""

import pytest

from arena.errors import RequestError
from web_ui.actions import Action, Updates, remembering
from web_ui.view import View
from web_ui.visitor import Visitor

SOMEBODY = Visitor(address="192.0.2.1")


async def greet(_: Visitor, view: View, name: object) -> Updates:
    return {"line": f"Hello {name}", "view": view.opened("1" * 32), "nobody": 1}


def an_action() -> Action:
    return Action(remembering(greet), inputs=2, outputs=("other", "view", "line"))


async def test_only_what_changes_is_returned_by_its_place():
    shown = await an_action().run(SOMEBODY, [{"key": "0" * 32}, "you"])

    assert shown == {1: {"key": "1" * 32, "aside": ""}, 2: "Hello you"}


async def test_nothing_is_something_that_can_be_shown():
    async def empty(_: Visitor) -> Updates:
        return {"line": None}

    assert await Action(empty, 0, ("line",)).run(SOMEBODY, []) == {0: None}


@pytest.mark.parametrize("inputs", [[], [1], [1, 2, 3]])
async def test_a_call_that_does_not_fit_is_refused(inputs: list[object]):
    with pytest.raises(RequestError):
        await an_action().run(SOMEBODY, inputs)
