"""`arena worker vllm` as a process of its own, around a fake vLLM that is a process of its own as well."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.engines import engine_worker, gone
from tests.worker_registry import WORKER_KEY


async def test_the_engine_itself_is_registered_under_a_key_of_its_own(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "some/folder/tiny", "--slots", "3") as worker:
        card = await worker.card()
        family = await worker.family()
        async with await worker.ask("repeat one two") as answer:
            told = await answer.text()

        assert (card.models, card.slots, card.is_proxy) == (("tiny",), 3, False)
        assert card.id.startswith("vllm-")
        assert {each.laddr.port for each in family["server"].net_connections() if each.status == "LISTEN"} == {
            int(card.url.rpartition(":")[2])
        }
        assert '"one "' in told
        assert "[DONE]" in told


async def test_no_key_is_in_a_command_line_or_a_log_or_the_engines_environment(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny") as worker:
        card = await worker.card()
        family = await worker.family()
        environment = family["server"].environ()
        lines = [part for each in family.values() for part in each.cmdline()]
        worker.end()
        assert await worker.code() == 0
        told = await worker.rest()

    assert environment["VLLM_API_KEY"] == card.key.get_secret_value()
    assert not any(name.startswith("ARENA_") for name in environment)
    assert WORKER_KEY not in told
    assert card.key.get_secret_value() not in told + " ".join(lines)


async def test_flags_after_two_dashes_are_vllms(tmp_path: Path):
    flags = ("--max-num-seqs", "5", "--fake-word-seconds", "0")
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", "--name", "ours", flags=flags) as worker:
        card = await worker.card()
        words = (await worker.family())["server"].cmdline()

    assert (card.models, card.slots) == (("ours",), 5)
    assert tuple(words[-4:]) == flags


async def test_heartbeats_carry_what_the_engine_says_of_itself(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", flags=("--fake-word-seconds", "0.05")) as worker:
        await worker.tell("waiting", waiting=7)
        async with await worker.ask("repeat " + "word " * 2000):
            while (beat := await worker.registry.beat()).busy == 0:
                pass

    assert (beat.busy, beat.waiting, beat.cache) == (1, 7, 0.25)


@pytest.mark.parametrize("code", [0, 1])
async def test_an_engine_that_ends_unasked_leaves_the_pool_and_comes_back(tmp_path: Path, code: int):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny") as worker:
        before = await worker.card()
        core = (await worker.family())["core"]
        await worker.tell("end", code=code)
        await worker.registry.hears("gone")
        await gone(core)
        await worker.says(f"vLLM for tiny ended with exit code {code}; starting it again in 0.1 s")
        await worker.registry.hears("registered")
        after = await worker.card()

    assert after.id == before.id
    assert after.key.get_secret_value() != before.key.get_secret_value()


async def test_an_engine_that_is_not_well_is_started_anew(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny") as worker:
        family = await worker.family()
        await worker.tell("ill")
        await worker.registry.hears("gone")
        await worker.says("vLLM for tiny is not well; starting it again")
        await gone(*family.values())
        await worker.registry.hears("registered")


async def test_an_engine_that_hangs_is_started_anew(tmp_path: Path):
    hasty = {"ARENA_ENGINE_ANSWER_SECONDS": "0.5"}
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", env=hasty) as worker:
        family = await worker.family()
        family["server"].suspend()
        await worker.says("vLLM for tiny does not answer any more; starting it again")
        await gone(*family.values())
        await worker.registry.hears("registered")


@pytest.mark.parametrize("victim", ["server", "guard"])
async def test_whichever_process_is_killed_none_of_the_others_is_left(tmp_path: Path, victim: str):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny") as worker:
        family = await worker.family()
        family[victim].kill()
        await gone(*family.values())
        await worker.registry.hears("gone")
        await worker.registry.hears("registered")


async def test_a_worker_that_is_killed_takes_its_engine_along(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny") as worker:
        family = await worker.family()
        worker.end(signal.SIGKILL)
        await gone(*family.values())


async def test_a_start_that_takes_long_is_talked_about_and_not_registered(tmp_path: Path):
    permission = tmp_path / "go on"
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", flags=("--fake-wait-for", str(permission))) as worker:
        assert "vLLM for tiny is starting (" in await worker.says("it said last: loading weights")
        assert worker.registry.cards == {}
        permission.touch()
        await worker.card()


async def test_a_start_beyond_the_limit_is_begun_anew(tmp_path: Path):
    never = ("--fake-wait-for", str(tmp_path / "never"))
    async with engine_worker(
        tmp_path, "vllm", "--model", "tiny", flags=never, env={"ARENA_ENGINE_START_SECONDS": "0.5"}
    ) as worker:
        await worker.says("vLLM for tiny is not well 0.5 s after its start; starting it again in 0.1 s")
        await worker.says("starting it again in 0.2 s")


async def test_a_start_that_fails_is_told_in_vllms_words_and_tried_again_ever_later(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", flags=("--fake-code", "1")) as worker:
        await worker.says("vllm | no such weights")
        await worker.says("vLLM for tiny ended with exit code 1; starting it again in 0.1 s")
        await worker.says("starting it again in 0.2 s")
        worker.end()
        assert await worker.code() == 0


async def test_a_command_line_that_vllm_does_not_take_is_one_line_and_exit_code_2(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", flags=("--nonsense",)) as worker:
        assert await worker.code() == 2
        told = await worker.rest()

    assert told.splitlines()[-1] == (
        "arena: vLLM does not take its command line: vllm: error: unrecognized arguments: --nonsense"
    )


async def test_on_sigterm_it_says_that_it_drains_and_leaves_when_running_answers_have_ended(tmp_path: Path):
    seldom = {"ARENA_ENGINE_BEAT_SECONDS": "3600"}
    async with engine_worker(
        tmp_path, "vllm", "--model", "tiny", env=seldom, flags=("--fake-word-seconds", "0.02")
    ) as worker:
        family = await worker.family()
        async with await worker.ask("repeat " + "word " * 50) as answer:
            await answer.content.readline()
            worker.end()
            beat = await worker.registry.beat()
            assert worker.registry.cards
            told = (await answer.content.read()).decode()
        await worker.registry.hears("gone")
        assert await worker.code() == 0
        await gone(*family.values())

    assert beat.is_draining
    assert told.count("word") == 49
    assert told.rstrip().endswith("[DONE]")


async def test_an_answer_that_does_not_end_is_cut_off_at_the_limit(tmp_path: Path):
    short = {"ARENA_ENGINE_DRAIN_SECONDS": "0.3"}
    async with engine_worker(
        tmp_path, "vllm", "--model", "tiny", env=short, flags=("--fake-word-seconds", "0.05")
    ) as worker:
        family = await worker.family()
        async with await worker.ask("repeat " + "word " * 5000) as answer:
            await answer.content.readline()
            worker.end()
            assert await worker.code() == 0
        await gone(*family.values())


async def test_a_second_signal_ends_it_at_once(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", flags=("--fake-word-seconds", "0.05")) as worker:
        family = await worker.family()
        async with await worker.ask("repeat " + "word " * 5000) as answer:
            await answer.content.readline()
            worker.end(signal.SIGINT)
            while not (await worker.registry.beat()).is_draining:
                pass
            worker.end(signal.SIGINT)
            assert await worker.code() == 130
        await gone(*family.values())


async def test_a_key_that_the_controller_does_not_take_is_told(tmp_path: Path):
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", env={"ARENA_WORKER_KEY": "another"}) as worker:
        await asyncio.wait_for(worker.registry.hears("wrong_key"), 20)
        await worker.says("does not take us (wrong_key)")


async def test_all_that_the_engine_writes_can_be_kept(tmp_path: Path):
    kept = tmp_path / "engine.log"
    async with engine_worker(tmp_path, "vllm", "--model", "tiny", "--engine-log", str(kept)) as worker:
        await worker.card()
        worker.end()
        assert await worker.code() == 0

    assert kept.read_text() == "loading weights\n"
