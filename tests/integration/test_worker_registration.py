"""A worker's ties to its controllers."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from pydantic import SecretStr

from arena.worker import Heartbeat, WorkerCard
from model_worker.registration import Registration
from tests.worker_registry import WORKER_KEY, WorkerRegistry

BEAT = 0.02
CARD = WorkerCard(id="demo-1", url="http://127.0.0.1:1", models=("m",), slots=4, key=SecretStr("the card's key"))


@asynccontextmanager
async def controllers(*, started: int = 1, stopped: int = 0) -> AsyncGenerator[list[WorkerRegistry]]:
    all_of_them = [WorkerRegistry() for _ in range(started + stopped)]
    for each in all_of_them:
        await each.start()
    for each in all_of_them[started:]:
        await each.stop()
    try:
        yield all_of_them
    finally:
        for each in all_of_them:
            await each.stop()


@asynccontextmanager
async def registered(*with_these: WorkerRegistry, busy: int = 0) -> AsyncGenerator[Registration]:
    urls = [each.url for each in with_these]
    registration = Registration(
        CARD, urls, SecretStr(WORKER_KEY), pulse=lambda: Heartbeat(busy=busy), beat_seconds=BEAT
    )
    async with aiohttp.ClientSession() as http, registration.kept(http):
        yield registration


async def test_a_worker_registers_beats_and_says_goodbye():
    async with controllers() as (controller,):
        async with registered(controller, busy=3):
            await controller.hears("registered")
            assert controller.cards["demo-1"].key.get_secret_value() == "the card's key"
            await controller.hears("beat")
        await controller.hears("gone")

        assert set(controller.busy) == {3}
        assert controller.cards == {}


async def test_it_registers_with_every_controller():
    async with controllers(started=2) as (one, other), registered(one, other):
        await one.hears("beat")
        await other.hears("beat")


async def test_a_controller_that_does_not_know_it_any_more_is_told_again_at_once():
    async with controllers() as (controller,), registered(controller):
        await controller.hears("beat")
        controller.cards.clear()

        await controller.hears("unknown_worker")
        await controller.hears("registered")


async def test_a_worker_that_drains_tells_every_controller_at_once_and_asks_none_to_take_it_again():
    pulse = Heartbeat()
    async with controllers(started=3) as (one, other, forgetful), aiohttp.ClientSession() as http:
        urls = [each.url for each in (one, other, forgetful)]
        registration = Registration(CARD, urls, SecretStr(WORKER_KEY), pulse=lambda: pulse, beat_seconds=3600)
        async with registration.kept(http):
            for each in (one, other, forgetful):
                await each.hears("registered")
            forgetful.cards.clear()
            pulse = Heartbeat(busy=1, is_draining=True)
            await registration.tell()

            assert await one.beat() == await other.beat() == pulse
            assert forgetful.cards == {}
        await one.hears("gone")
        await other.hears("gone")


async def test_a_restarted_controller_gets_its_worker_back():
    async with controllers() as (controller,), registered(controller):
        await controller.hears("beat")
        await controller.stop()
        await controller.start()

        await controller.hears("registered")
        await controller.hears("beat")


async def test_a_controller_that_starts_later_is_found_and_one_that_is_missing_harms_no_other():
    async with controllers(started=1, stopped=1) as (there, missing), registered(there, missing):
        await there.hears("beat")
        await missing.start()

        await missing.hears("beat")


async def test_what_goes_wrong_is_said_once_per_change(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="model_worker"):
        async with controllers() as (controller,):
            controller.key = "another"
            async with registered(controller):
                for _ in range(3):
                    await controller.hears("wrong_key")
                controller.key = WORKER_KEY
                await controller.hears("beat")

    told = [record.getMessage().removeprefix(f"controller {controller.url} ") for record in caplog.records]
    assert told == ["does not take us (wrong_key)", "knows us", "let us go"]
    assert "key" not in caplog.text.replace("wrong_key", "")


async def test_a_controller_that_ends_first_is_no_reason_for_a_warning(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="model_worker"):
        async with controllers() as (controller,), registered(controller):
            await controller.hears("beat")
            await controller.stop()

    assert caplog.records[-1].getMessage().endswith("is gone already")
    assert all(record.levelno < logging.WARNING for record in caplog.records)


async def test_leaving_tells_the_controllers_before_the_server_stops():
    async with controllers() as (controller,), registered(controller) as registration:
        await controller.hears("beat")
        await asyncio.to_thread(registration.leave)

        await controller.hears("gone")


async def test_a_controller_that_hangs_does_not_keep_a_worker_from_leaving():
    called = asyncio.Event()

    async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        called.set()
        await asyncio.Event().wait()

    silent = await asyncio.start_server(hang, "127.0.0.1", 0)
    registry = WorkerRegistry()
    registry.port = silent.sockets[0].getsockname()[1]
    async with asyncio.timeout(3):
        async with registered(registry):
            await called.wait()
    silent.close()
