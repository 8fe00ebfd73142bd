"""Threads that nobody waits for: results, errors, cancelling, and an interpreter that ends although a call hangs."""

from __future__ import annotations

import operator
import subprocess
import sys
import threading

import pytest
from trials import PATIENCE

from al_core.compute.threads import NO_THREAD, DaemonThreads
from al_core.ground.errors import WorkerNotStarted


def test_results_and_errors_come_back() -> None:
    threads = DaemonThreads(3, "some")
    calls = [threads.submit(operator.pos, number) for number in range(50)]
    assert [call.result() for call in calls] == list(range(50))
    with pytest.raises(ZeroDivisionError):
        threads.submit(operator.truediv, 1, 0).result()
    assert {threads.submit(lambda: threading.current_thread().name).result()} <= {"some 0", "some 1", "some 2"}
    threads.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        threads.submit(operator.pos, 1)


@pytest.mark.parametrize("cancel", [False, True])
def test_what_waits_at_the_end_is_computed_or_cancelled(cancel: bool) -> None:
    threads, go_on = DaemonThreads(1, "one"), threading.Event()
    running = threads.submit(go_on.wait, PATIENCE)
    waiting = [threads.submit(operator.pos, number) for number in range(5)]
    while not running.running():
        pass
    threads.shutdown(wait=False, cancel_futures=cancel)
    go_on.set()
    assert running.result(PATIENCE)
    if cancel:
        assert all(call.cancelled() for call in waiting)
    else:
        assert [call.result(PATIENCE) for call in waiting] == list(range(5))


def test_the_interpreter_ends_although_a_call_hangs() -> None:
    code = (
        "import threading\nfrom al_core.compute.threads import DaemonThreads\nthreads = DaemonThreads(2, 'some')\n"
        "threads.submit(threading.Event().wait)\nthreads.shutdown(wait=False)\nprint('end')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.stdout, done.returncode) == ("end\n", 0)


def test_a_system_that_gives_no_more_threads_is_told_and_those_that_began_end(monkeypatch: pytest.MonkeyPatch) -> None:
    begin, begun = threading.Thread.start, []

    def start(thread: threading.Thread) -> None:
        if len(begun) == 2:
            raise RuntimeError(NO_THREAD)
        begun.append(thread)
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(WorkerNotStarted, match="the system gives no more threads"):
        DaemonThreads(5, "some")
    for thread in begun:
        thread.join(60)
        assert not thread.is_alive()
