"""One BLAS thread for as long as it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_here = threading.local()


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit BLAS and OpenMP to one thread: faster for small fits, and sums come out the same in every process.

    Inside another one, in the same thread, it does nothing and costs nothing: whoever plays round after round keeps one open.
    """
    if getattr(_here, "limited", False):
        yield
        return
    limited = [(library, threads) for library in libraries() if (threads := library.get_num_threads()) != 1]
    for library, _ in limited:
        library.set_num_threads(1)
    _here.limited = True
    try:
        yield
    finally:
        _here.limited = False
        for library, threads in limited:
            library.set_num_threads(threads)


@cache
def libraries() -> list[Any]:
    """The BLAS and OpenMP libraries of this process, with SciPy's and scikit-learn's loaded."""
    # SciPy brings its own BLAS, scikit-learn its own OpenMP, and a controller knows only what is loaded when it is made:
    # without these imports the solver inside a fit would use all cores, and wait for them most of the time.
    import scipy.linalg
    import sklearn.linear_model
    from threadpoolctl import ThreadpoolController

    assert scipy, sklearn
    return list(ThreadpoolController().lib_controllers)
