"""A fit uses one thread, whichever library does the arithmetic and whenever it was loaded."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from al_core.compute.one_thread import one_thread
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


NESTED = """
from threadpoolctl import threadpool_info, threadpool_limits
from al_core.compute.inline import Inline
from al_core.compute.one_thread import one_thread
from al_core.run.warm_up import warm_up

warm_up()
def threads():
    return {entry["num_threads"] for entry in threadpool_info()}

threadpool_limits(limits=2)
with one_thread():
    with one_thread():
        pass
    print(threads())
print(threads())
with Inline() as executor:
    executor.submit(one_thread().__enter__).result()
    print(threads())
    executor.shutdown()
    print(threads())
"""


def test_a_limit_inside_a_limit_changes_nothing_and_the_outer_one_takes_it_back() -> None:
    done = subprocess.run([sys.executable, "-c", NESTED], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["{1}", "{2}", "{1}", "{2}", ""]
