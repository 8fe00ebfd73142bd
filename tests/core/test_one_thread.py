"""The limit on threads must hold for libraries that nobody has loaded yet."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from al_core.worker import one_thread, warm_up
warm_up()
with one_thread():
    import scipy.linalg, sklearn.cluster
    from threadpoolctl import threadpool_info
    print({pool["num_threads"] for pool in threadpool_info()}, len(threadpool_info()) > 1)
"""


def test_every_library_that_fits_models_is_limited_in_a_fresh_process() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "{1} True\n"
