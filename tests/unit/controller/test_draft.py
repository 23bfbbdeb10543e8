from hypothesis import given
from hypothesis import strategies as st

from arena.chat import Ending
from controller.draft import Draft
from controller.worker_words import Piece

PIECES = st.lists(
    st.builds(
        Piece,
        text=st.text(max_size=3),
        reasoning=st.text(max_size=3),
        finish_reason=st.sampled_from([None, "stop", "length"]),
        prompt_tokens=st.none() | st.integers(0, 9),
        completion_tokens=st.none() | st.integers(0, 9),
    )
)


@given(PIECES)
def test_nothing_that_arrived_is_lost(pieces: list[Piece]):
    draft = Draft("turn")
    for number, piece in enumerate(pieces):
        draft.take(piece, float(number))

    end = draft.end(Ending.COMPLETED, 99.0)

    assert end.answer == "".join(piece.text for piece in pieces)
    assert end.reasoning == "".join(piece.reasoning for piece in pieces)
    assert end.first_word_at == next((float(at) for at, piece in enumerate(pieces) if piece.text), None)
    reasons = [piece.finish_reason for piece in pieces if piece.finish_reason]
    assert end.finish_reason == (reasons[-1] if reasons else None)
    counts = [piece.prompt_tokens for piece in pieces if piece.prompt_tokens is not None]
    assert end.prompt_tokens == (counts[-1] if counts else None)
    assert (end.turn_id, end.ending, end.finished_at) == ("turn", Ending.COMPLETED, 99.0)


def test_the_worker_that_wrote_last_is_the_one_that_is_kept():
    draft = Draft("turn")
    draft.on_worker("first")
    draft.on_worker("second")
    draft.error_code = "worker_broke"

    end = draft.end(Ending.FAILED, 1.0)

    assert (end.worker, end.error_code) == ("second", "worker_broke")
