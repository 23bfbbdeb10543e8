"""How many threads the linear algebra takes."""

import os

_LIBRARIES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def use_one_thread() -> None:
    """Make numpy's linear algebra run on one thread, unless the environment says otherwise.

    Our matrices are small: more threads make them slower on a busy machine, many times over. The libraries read this
    once, when numpy is first imported, so a command calls it before that.
    """
    for variable in _LIBRARIES:
        os.environ.setdefault(variable, "1")
