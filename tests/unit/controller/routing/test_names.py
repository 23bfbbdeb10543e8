import pytest

from arena.worker import BEAT_SECONDS, WorkerCard
from controller.routing.names import QUIET_SECONDS, is_taken


def a_card(url: str = "http://127.0.0.1:1") -> WorkerCard:
    return WorkerCard(id="one", url=url, models=("echo",), slots=1)


ELSEWHERE = a_card("http://127.0.0.1:2")


@pytest.mark.parametrize(
    ("new", "quiet", "is_broken", "taken"),
    [
        (ELSEWHERE, 0.0, False, True),
        (ELSEWHERE, BEAT_SECONDS, False, True),
        (ELSEWHERE, QUIET_SECONDS + 0.1, False, False),
        (ELSEWHERE, 0.0, True, False),
        (a_card("http://127.0.0.1:1/"), 0.0, False, False),
    ],
)
def test_a_name_is_taken_while_another_worker_of_it_is_alive(
    new: WorkerCard, quiet: float, is_broken: bool, taken: bool
):
    assert is_taken(a_card(), quiet, new, is_broken=is_broken) == taken
