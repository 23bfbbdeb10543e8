from pathlib import Path

import pytest
from pydantic import SecretStr

from arena.errors import SetupError
from arena.model import ModelKind
from model_worker.engine.command_line import Wanted, find_program

KEY = SecretStr("the engine's key")


def command(*flags: str, slots: int = 32, model: str = "meta/llama", name: str = "llama") -> str:
    return " ".join(Wanted(model, name, slots, flags).command("vllm", "127.0.0.1", 8001))


def test_the_command_line_names_model_place_and_limit():
    assert command() == (
        "vllm serve meta/llama --served-model-name llama --host 127.0.0.1 --port 8001"
        " --max-num-seqs 32 --disable-uvicorn-access-log"
    )


@pytest.mark.parametrize(
    "flags",
    [
        ("--tensor-parallel-size", "2"),
        ("-tp", "4", "--pipeline-parallel-size", "2", "--distributed-executor-backend", "ray"),
        ("--data-parallel-size", "2", "--gpu-memory-utilization", "0.85"),
        ("--hf-overrides", '{"max_position_embeddings": 4096}'),
    ],
)
def test_vllms_own_flags_are_passed_on_as_they_are(flags: tuple[str, ...]):
    assert command(*flags).endswith(" --disable-uvicorn-access-log " + " ".join(flags))


@pytest.mark.parametrize(
    ("flags", "total", "told"),
    [
        ((), 30, "--max-num-seqs 30"),
        (("--data-parallel-size", "4"), 30, "--max-num-seqs 8"),
        (("--data_parallel_size=4",), 30, "--max-num-seqs 8"),
        (("-dp", "2"), 30, "--max-num-seqs 15"),
        (("--max-num-seqs", "5"), 5, ""),
        (("--max_num_seqs=5", "--data-parallel-size", "2"), 10, ""),
        (("--max-num-seqs", "5", "--max-num-seqs", "7"), 7, ""),
    ],
)
def test_slots_and_vllms_own_limit_agree_over_all_replicas(flags: tuple[str, ...], total: int, told: str):
    assert Wanted("m", "m", 30, flags).total_slots == total
    words = command(*flags, slots=30)
    assert told in words
    assert words.count("max-num-seqs ") == bool(told) + flags.count("--max-num-seqs")


@pytest.mark.parametrize("flag", ["--port", "--host=0.0.0.0", "--api-key", "--served_model_name", "--ssl-keyfile=k"])
def test_what_the_worker_sets_cannot_be_set_again(flag: str):
    with pytest.raises(SetupError, match="is set by the worker itself"):
        Wanted("m", "m", 1, (flag, "x"))


@pytest.mark.parametrize(
    ("flags", "told"),
    [((), ["--runner", "pooling"]), (("--runner=pooling", "--convert", "embed"), [])],
)
def test_a_model_for_embeddings_is_served_by_vllms_pooling_runner(flags: tuple[str, ...], told: list[str]):
    words = Wanted("m", "m", 8, flags, kind=ModelKind.EMBEDDING).command("vllm", "h", 1)

    assert list(words[9:]) == ["--max-num-seqs", "8", *told, "--disable-uvicorn-access-log", *flags]
    assert "--runner" not in Wanted("m", "m", 8).command("vllm", "h", 1)


SEVERAL_GPUS = [
    # One machine: each replica has two GPUs, and half of the slots.
    (
        "--tensor-parallel-size 2 --data-parallel-size 2 --gpu-memory-utilization 0.85",
        "0,1,2,3",
        "--max-num-seqs 16 --disable-uvicorn-access-log",
    ),
    # Several machines joined by Ray, as vLLM documents it: the head node runs `vllm serve`, Ray hands out the GPUs.
    (
        "--tensor-parallel-size 8 --pipeline-parallel-size 2 --distributed-executor-backend ray",
        "",
        "--max-num-seqs 32 --disable-uvicorn-access-log",
    ),
    # Replicas on several machines, placed by Ray.
    (
        "--data-parallel-size 4 --data-parallel-size-local 2 --data-parallel-backend ray",
        "0,1",
        "--max-num-seqs 8 --disable-uvicorn-access-log",
    ),
    ("-tp 4 -pp 2 -dp 2", "0,1,2,3,4,5,6,7", "--max-num-seqs 16 --disable-uvicorn-access-log"),
]


@pytest.mark.parametrize(("flags", "devices", "ours"), SEVERAL_GPUS)
def test_the_whole_command_line_and_environment_for_several_gpus(flags: str, devices: str, ours: str):
    wanted = Wanted("meta/llama", "llama", 32, tuple(flags.split()), devices)
    machine = {"PATH": "/bin", "VLLM_HOST_IP": "10.0.0.5", "NCCL_SOCKET_IFNAME": "eth0", "RAY_ADDRESS": "10.0.0.5:6379"}

    assert wanted.total_slots == 32
    assert " ".join(wanted.command("vllm", "10.0.0.5", 8001)) == (
        f"vllm serve meta/llama --served-model-name llama --host 10.0.0.5 --port 8001 {ours} {flags}"
    )
    assert wanted.environment(machine, KEY) == {
        **machine,
        **({"CUDA_VISIBLE_DEVICES": devices} if devices else {}),
        "VLLM_API_KEY": "the engine's key",
        "VLLM_NO_USAGE_STATS": "1",
        "PYTHONUNBUFFERED": "1",
    }


def test_a_number_that_is_none_is_told():
    with pytest.raises(SetupError, match="--max-num-seqs: 'many' is not a number"):
        _ = Wanted("m", "m", 1, ("--max-num-seqs", "many")).total_slots


def test_the_engine_gets_its_key_and_devices_and_none_of_our_secrets():
    ours = {"PATH": "/bin", "ARENA_WORKER_KEY": "ours", "HF_TOKEN": "theirs", "CUDA_VISIBLE_DEVICES": "7"}
    environment = Wanted("m", "m", 1, devices="0,1").environment(ours, KEY)

    assert environment == {
        "PATH": "/bin",
        "HF_TOKEN": "theirs",
        "CUDA_VISIBLE_DEVICES": "0,1",
        "VLLM_API_KEY": "the engine's key",
        "VLLM_NO_USAGE_STATS": "1",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.mark.parametrize("flags", [("--hf-token", "hf_1"), ("--hf_token=hf_1", "--seed", "0")])
def test_a_token_among_the_flags_is_left_out_of_what_is_repeated(flags: tuple[str, ...]):
    assert Wanted("m", "m", 1, flags).without_secrets("args: {'hf_token': 'hf_1'}") == "args: {'hf_token': '***'}"


def test_without_a_wish_it_sees_the_devices_that_we_see():
    assert Wanted("m", "m", 1).environment({"CUDA_VISIBLE_DEVICES": "7"}, KEY)["CUDA_VISIBLE_DEVICES"] == "7"
    assert "CUDA_VISIBLE_DEVICES" not in Wanted("m", "m", 1).environment({}, KEY)


def a_program(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vllm").write_text("#!/bin/sh\n")
    (folder / "vllm").chmod(0o755)
    return str(folder / "vllm")


def test_vllm_is_found_where_it_was_named_then_beside_us_then_on_the_path(tmp_path: Path):
    named, on_path = a_program(tmp_path / "named"), a_program(tmp_path / "path")
    beside = a_program(tmp_path / "here" / ".venv-vllm" / "bin")
    folders = [tmp_path, tmp_path / "here"]
    everywhere = {"ARENA_VLLM": named, "PATH": str(tmp_path / "path")}

    assert find_program(everywhere, folders) == named
    assert find_program(everywhere | {"ARENA_VLLM": ""}, folders) == beside
    assert find_program(everywhere | {"ARENA_VLLM": ""}, [tmp_path]) == on_path


def test_a_missing_vllm_is_one_line_that_says_what_to_do(tmp_path: Path):
    with pytest.raises(SetupError, match=r"^vLLM is not installed: run `make vllm`"):
        find_program({"PATH": str(tmp_path)}, [tmp_path])
    with pytest.raises(SetupError, match=r"^ARENA_VLLM: .*nowhere is not a program$"):
        find_program({"ARENA_VLLM": str(tmp_path / "nowhere")}, [])
