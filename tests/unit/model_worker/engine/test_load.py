import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.worker import Heartbeat
from model_worker.engine.load import Load, read_load

VLLM = """
# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="a model"} 3.0
vllm:num_requests_running{engine="1",model_name="a model"} 2.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="a model"} 1.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 1.0
vllm:kv_cache_usage_perc{engine="0",model_name="a model"} 0.5
vllm:kv_cache_usage_perc{engine="1",model_name="a model"} 0.1
"""


def test_the_replicas_of_a_vllm_are_added_up_and_their_caches_averaged():
    load = read_load(VLLM)

    assert load == Load(running=5, waiting=1, cache=0.3)
    assert load is not None
    assert load.heartbeat() == Heartbeat(busy=5, waiting=1, cache=0.3)
    assert not load.is_idle


def test_the_parts_of_one_engine_are_not_added_up():
    metrics = "\n".join(
        f'sglang:num_running_reqs{{dp_rank="{replica}",model_name="m",tp_rank="{part}"}} {replica + 1}'
        for replica in range(2)
        for part in range(4)
    )

    assert read_load(metrics) == Load(running=1 + 2)


@pytest.mark.parametrize(
    "metrics",
    [
        'sglang:num_running_reqs{model_name="m"} 2\nsglang:num_queue_reqs{model_name="m"} 4\n',
        "tgi_batch_current_size 2\ntgi_queue_size 4\n",
        "llamacpp:requests_processing 2\nllamacpp:requests_deferred 4\n",
    ],
)
def test_other_engines_say_it_in_their_words(metrics: str):
    assert read_load(metrics) == Load(running=2, waiting=4)


@pytest.mark.parametrize("metrics", ["", "<html>", "python_info 1.0", "vllm:num_requests_running NaN"])
def test_what_is_no_engines_says_nothing(metrics: str):
    assert read_load(metrics) is None


@given(st.text())
def test_no_text_breaks_it(metrics: str):
    read_load(metrics)
