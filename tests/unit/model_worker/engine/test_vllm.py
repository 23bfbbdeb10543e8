import pytest

from model_worker.engine.config import EngineSettings
from model_worker.engine.vllm import Seat, restart_delay

TOLD = EngineSettings(restart_seconds=1, longest_restart_seconds=10, well_seconds=60)


def test_restarts_come_ever_later_until_one_was_well():
    waits = [0.0]
    for served in (0, 0, 0, 5, 5, 5, 61):
        waits.append(restart_delay(waits[-1], served, TOLD))

    assert waits[1:] == [1, 2, 4, 8, 10, 10, 1]


@pytest.mark.parametrize(
    ("host", "url", "address", "near"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:7", "http://127.0.0.1:7"),
        ("::1", "", "http://[::1]:7", "http://[::1]:7"),
        ("0.0.0.0", "http://gpu-1:7", "http://gpu-1:7", "http://127.0.0.1:7"),
        ("::", "http://gpu-1:7", "http://gpu-1:7", "http://[::1]:7"),
    ],
)
def test_controllers_may_reach_it_elsewhere_than_we_do(host: str, url: str, address: str, near: str):
    seat = Seat(host, lambda: 7, url)

    assert (seat.address(7), seat.near(7)) == (address, near)
