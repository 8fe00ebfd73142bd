"""A fit uses one thread, whichever library does the arithmetic and whenever it was loaded."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from al_core.worker import one_thread
with one_thread():
    import scipy.linalg, sklearn.linear_model
    from threadpoolctl import threadpool_info
    found = {entry["filepath"]: entry["num_threads"] for entry in threadpool_info()}
    assert len(found) >= 2, found
    print(set(found.values()))
"""


def test_libraries_that_are_loaded_later_are_limited_too() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == "{1}\n"
