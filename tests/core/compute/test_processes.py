"""Worker processes that die, hang, raise and chatter cost only their own call."""

from __future__ import annotations

import operator
import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from trials import PATIENCE

from al_core.compute.inline import Inline
from al_core.compute.processes import Processes, one_of
from al_core.ground.errors import NotWhole, RoundTimeout, UserError, WorkerDied
from al_core.labelling.model import check_choice


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "worker.log"


@pytest.fixture(scope="module")
def pool(log: Path) -> Iterator[Processes]:
    executor = Processes(2, limit=30.0, log=log)
    yield executor
    executor.shutdown()


def test_results_and_errors_come_back(pool: Processes) -> None:
    assert pool.submit(tuple, "ab").result() == ("a", "b")
    with pytest.raises(ZeroDivisionError, match="division"):
        pool.submit(operator.truediv, 1, 0).result()
    assert pool.submit(operator.pos, 2).result() == 2


def test_a_worker_that_dies_fails_its_own_call_and_is_replaced(pool: Processes) -> None:
    calls = [pool.submit(operator.pos, number) for number in range(4)]
    bad = pool.submit(os._exit, 7)
    calls += [pool.submit(operator.pos, number) for number in range(4, 8)]
    with pytest.raises(WorkerDied, match="exit code 7"):
        bad.result()
    assert [call.result() for call in calls] == list(range(8))


def test_a_worker_that_reads_what_is_not_there_any_more_says_so(pool: Processes) -> None:
    call = pool.submit(signal.raise_signal, signal.SIGBUS)
    with pytest.raises(NotWhole, match=r"a file was cut off, or its disk failed, while it was read \(signal SIGBUS\)"):
        call.result()
    assert pool.submit(operator.pos, 2).result() == 2


def test_a_killed_worker_is_replaced(pool: Processes) -> None:
    victim = pool.submit(os.getpid).result()
    os.kill(victim, signal.SIGKILL)
    calls = [pool.submit(os.getpid) for _ in range(4)]
    errors = [error for call in calls if (error := call.exception()) is not None]
    assert all("SIGKILL" in str(error) for error in errors)
    answers = [call.result() for call in calls if call.exception() is None]
    assert len(answers) >= 3
    assert victim not in answers


DEAF = """
import gc, time
from multiprocessing.connection import Connection
for entry in gc.get_objects():
    if isinstance(entry, Connection):
        entry.close()
time.sleep(3600)
"""


def test_a_worker_whose_pipe_broke_and_that_does_not_end_is_ended(pool: Processes) -> None:
    with pytest.raises(WorkerDied, match="SIGKILL"):
        pool.submit(exec, DEAF).result(120)
    assert pool.submit(operator.add, 1, 2).result() == 3


def test_a_call_past_the_limit_is_ended() -> None:
    executor = Processes(1, limit=1.0)
    try:
        with pytest.raises(RoundTimeout, match="within 1 seconds"):
            executor.submit(time.sleep, 3600).result()
        assert executor.submit(operator.pos, 1).result() == 1
    finally:
        executor.shutdown()


def test_calls_of_some_functions_have_a_limit_of_their_own() -> None:
    executor = Processes(1, limit=20.0, limits={time.sleep: 0.5})
    try:
        with pytest.raises(RoundTimeout, match=r"within 0\.5 seconds"):
            executor.submit(time.sleep, 3600).result()
        assert executor.submit(operator.pos, 1).result() == 1
    finally:
        executor.shutdown()


def test_what_workers_print_goes_to_the_log(pool: Processes, log: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pool.submit(print, "printed by a worker", flush=True).result()
    pool.submit(os.write, 2, b"raw bytes on stderr\n").result()
    with pytest.raises(ZeroDivisionError):
        pool.submit(operator.truediv, 1, 0).result()
    text = log.read_text()
    assert "printed by a worker" in text
    assert "raw bytes on stderr" in text
    assert "ZeroDivisionError: division" in text
    assert "worker" not in "".join(capfd.readouterr())
    assert log.stat().st_mode & 0o777 == 0o600, "what a person labels is nobody else's"


def test_what_a_person_is_told_is_no_fault_and_leaves_none_in_the_log(pool: Processes, log: Path) -> None:
    with pytest.raises(UserError, match="cannot read '5margin'"):
        pool.submit(check_choice, "5margin", "logistic").result()
    assert "UserError" not in log.read_text()


def test_shutdown_ends_workers_that_hang() -> None:
    executor = Processes(2)
    first = executor.submit(os.getpid).result()
    stuck = executor.submit(time.sleep, 3600)
    executor.submit(operator.pos, 1).result()
    executor.shutdown()
    with pytest.raises(WorkerDied):
        stuck.result()
    assert executor.pids == []
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_inline_runs_in_the_caller_and_keeps_errors_in_the_future() -> None:
    assert Inline().submit(os.getpid).result() == os.getpid()
    with pytest.raises(ZeroDivisionError, match="division"):
        Inline().submit(operator.truediv, 1, 0).result()


def test_after_a_call_that_could_not_be_waited_for_the_next_one_gets_its_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with Processes(1) as executor:
        assert executor.submit(pow, 2, 3).result() == 8
        (lane,) = executor._lanes
        pipe = lane._pipe
        assert pipe is not None

        def poll(limit: float | None = None) -> bool:
            raise OverflowError("timeout is too large")

        monkeypatch.setattr(pipe, "poll", poll, raising=False)
        with pytest.raises(OverflowError):
            executor.submit(pow, 2, 10).result()
        assert executor.submit(divmod, 7, 2).result() == (3, 1)


def test_a_limit_of_years_is_none_to_speak_of() -> None:
    with Processes(1, limit=1e12) as executor:
        assert executor.submit(pow, 2, 3).result() == 8


def test_shutdown_waits_for_no_process_that_is_being_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is there after the lane was closed; it is ended all the same, and the call fails."""
    starting, go_on = threading.Event(), threading.Event()
    start = BaseProcess.start
    started: list[BaseProcess] = []

    def held(self: BaseProcess) -> None:
        starting.set()
        assert go_on.wait(PATIENCE)
        start(self)
        started.append(self)

    monkeypatch.setattr(BaseProcess, "start", held)
    executor = Processes(1)
    call = executor.submit(operator.pos, 1)
    assert starting.wait(PATIENCE)
    executor.shutdown(wait=False)
    go_on.set()
    with pytest.raises(WorkerDied):
        call.result(PATIENCE)
    assert [process.exitcode for process in started] == [-signal.SIGKILL]


def test_a_reserved_worker_serves_nobody_else_and_goes_on_where_it_was(pool: Processes) -> None:
    with pool.reserved() as reserved:
        reader = reserved.submit(os.getpid).result()
        others = {call.result() for call in [pool.submit(os.getpid) for _ in range(6)]}
        assert reserved.submit(os.getpid).result() == reader
        assert reader not in others
        assert len(others) == 1
        with pool.reserved() as second, pool.reserved() as third:  # nobody is left: then anybody will do
            assert {second.submit(os.getpid).result()} == others
            assert third is pool
    assert pool.submit(os.getpid).result() == reader  # who has everything open is asked first


def test_a_reserved_worker_is_free_when_its_last_call_is_over(pool: Processes, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pool.reserved() as reserved:
        reader = reserved.submit(os.getpid).result()
        call = reserved.submit(Path.read_text, tmp_path / "pipe")
    assert pool.submit(os.getpid).result() != reader
    (tmp_path / "pipe").write_text("done")
    assert call.result() == "done"
    seen = {pool.submit(os.getpid).result()}
    while reader not in seen:
        seen |= {call.result() for call in [pool.submit(os.getpid) for _ in range(4)]}


def test_an_executor_without_processes_is_taken_as_it_is(pool: Processes) -> None:
    inline = Inline()
    with one_of(inline) as found:
        assert found is inline
    with one_of(pool) as found:
        assert found is not pool
