"""A real Dask scheduler and real worker processes on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from trials import PATIENCE

import al_core
from al_core.comparison.across import documents
from al_core.comparison.campaign import campaign
from al_core.comparison.plan import plan
from al_core.comparison.store import ResultsStore
from al_core.compute import dask as cluster
from al_core.compute.arithmetic import arithmetic, machine
from al_core.compute.dask import DaskCluster, pinned
from al_core.compute.inline import Inline
from al_core.ground.errors import ClusterLost, UserError, WorkerDied
from al_core.ground.versions import versions
from al_core.task.spec import TaskSpec

pytest.importorskip("distributed", reason="needs the extra dask")
from loopback import Loopback, free_port

pytestmark = pytest.mark.faults

SPEC = TaskSpec(dataset="breast_cancer", budget=54)


def without_times(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_times(value) for key, value in document.items() if "seconds" not in key}
    return [without_times(entry) for entry in document] if isinstance(document, list) else document


def test_the_same_document_although_a_worker_is_killed_in_the_middle(loopback: Loopback) -> None:
    asked = plan([SPEC], ["random", "margin"], seeds=4)
    loopback.add_worker()
    victim = loopback.add_worker()
    executor = DaskCluster(loopback.address)
    assert executor.workers == 2

    def kill_in_the_middle(done: int, total: int) -> None:
        if done == total // 3:
            victim.send_signal(signal.SIGKILL)

    try:
        results = campaign(asked, executor, progress=kill_in_the_middle)
    finally:
        executor.shutdown()
    assert victim.wait() == -signal.SIGKILL
    assert results[0].failed == ()
    here = documents(campaign(asked, Inline()))
    assert json.dumps(without_times(documents(results))) == json.dumps(without_times(here))


def test_a_scheduler_without_workers_is_told(loopback: Loopback) -> None:
    with pytest.raises(UserError, match=r"has no workers; start some with: dask worker tcp://"):
        DaskCluster(loopback.address)


def test_a_worker_with_another_engine_is_told(loopback: Loopback, tmp_path: Path) -> None:
    import shutil

    changed = tmp_path / "elsewhere"
    shutil.copytree(Path(al_core.__file__).parent, changed / "al_core")
    rounds = changed / "al_core" / "run" / "round.py"
    rounds.write_text(rounds.read_text() + "\n# another engine\n")
    loopback.add_worker(python_path=changed)
    with pytest.raises(UserError, match=r"Dask worker tcp://.* has source \w+ instead of \w+; install the same"):
        DaskCluster(loopback.address)


def test_a_scheduler_that_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:\d+ .*dask scheduler"):
        DaskCluster(f"tcp://127.0.0.1:{free_port()}", connect_seconds=0.5)


@pytest.mark.parametrize("address", ["nonsense", "tcp://host", "tcp://host:/x", "host:8786"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(UserError, match="is no address of a Dask scheduler"):
        DaskCluster(address)


OTHER_KERNELS = {"OPENBLAS_CORETYPE": "Nehalem"}
"""The environment of a worker that computes as one on an older processor would."""


def test_workers_that_do_not_add_alike_are_told(loopback: Loopback) -> None:
    loopback.add_worker()
    loopback.add_worker()
    loopback.add_worker(env=OTHER_KERNELS)
    (theirs,) = set(loopback.client.run(arithmetic).values()) - {arithmetic()}
    words = re.escape(f"add with other kernels ({theirs} instead of {arithmetic()})")
    with pytest.raises(UserError, match=rf"^1 of 3 Dask workers, tcp://127\.0\.0\.1:\d+ first, {words}"):
        DaskCluster(loopback.address)


def test_what_workers_computed_is_kept_under_how_they_add(loopback: Loopback, tmp_path: Path) -> None:
    """What this machine computed is not taken for theirs, nor theirs for what it would compute."""
    asked = plan([replace(SPEC, dataset="iris", budget=20)], ["random"])
    loopback.add_worker(env=OTHER_KERNELS)
    (theirs,) = loopback.client.run(arithmetic).values()
    assert theirs != arithmetic(), "this machine has no other kernels"
    notes: list[str] = []
    with ResultsStore(tmp_path / "r") as store:
        campaign(asked, Inline(), store=store)
        executor = DaskCluster(loopback.address)
        try:
            assert machine(executor) == ""
            campaign(asked, executor, store=store, note=notes.append)
            again: list[tuple[int, int]] = []
            campaign(asked, executor, store=store, progress=lambda done, total: again.append((done, total)))
        finally:
            executor.shutdown()
        assert again[0] == (asked.cells, asked.cells)
        assert set(store.computations().values()) == {1}
        assert len(store.computations()) == 2 * asked.cells
        assert notes == [f"{asked.cells} cells computed on another kind of processor are kept apart and computed anew here"]
        assert [bench.asked.arithmetic for bench in store.benches()] == [arithmetic(), theirs]


def test_a_worker_that_joins_later_and_is_another_is_told() -> None:
    with pytest.raises(UserError, match="a Dask worker has numpy"):
        pinned(replace(versions(), numpy="1.0"), arithmetic(), [(len, ((),), {})])
    with pytest.raises(UserError, match=r"a Dask worker joined that would add with other kernels \(.* instead of others\)"):
        pinned(versions(), "others", [(len, ((),), {})])
    ((error, value, seconds),) = pinned(versions(), arithmetic(), [(len, ((1, 2),), {})])
    assert (error, value) == (None, 2)
    assert seconds >= 0


def test_quick_calls_travel_together_and_each_has_its_own_outcome(loopback: Loopback) -> None:
    loopback.add_worker()
    executor = DaskCluster(loopback.address)

    def task_of(number: int) -> tuple[int, str]:  # local, so that its code is sent: no worker could import it
        from distributed import get_worker

        if number < 0:
            raise ValueError("less than nothing")
        return number, str(get_worker().get_current_task())

    try:
        executor.submit(task_of, 0).result(PATIENCE)
        found = [executor.submit(task_of, number) for number in range(400)]
        bad = executor.submit(task_of, -1)
        tasks = [future.result(PATIENCE) for future in found]
        assert [number for number, _ in tasks] == list(range(400))
        assert len({task for _, task in tasks}) < 200
        with pytest.raises(ValueError, match="less than nothing"):
            bad.result(PATIENCE)
    finally:
        executor.shutdown()


def test_a_cluster_that_is_left_fails_each_of_many_calls(loopback: Loopback) -> None:
    loopback.add_worker()
    executor = DaskCluster(loopback.address)
    executor._groups = 100  # so that all of them wait
    futures = [executor.submit(abs, -number) for number in range(3000)]
    executor._client.close()
    executor._groups = 0
    executor._send_what_waits()
    try:
        assert all(isinstance(future.exception(60), ClusterLost) for future in futures)
        assert isinstance(executor.submit(abs, -1).exception(60), ClusterLost)
    finally:
        executor.shutdown()


def test_calls_that_nobody_answers_any_more_are_given_up(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "RECOUNT_SECONDS", 0.2)
    loopback.add_worker()
    executor = DaskCluster(loopback.address)
    try:
        sent = executor.submit(time.sleep, 3600)
        executor._groups = 100
        waiting = executor.submit(abs, -1)
        loopback.kill_scheduler()
        for future in (sent, waiting):
            with pytest.raises(ClusterLost, match=r"tcp://.* is gone; start it again, and give the same command"):
                future.result(180)
    finally:
        executor.shutdown()


def test_a_bench_whose_scheduler_is_lost_fails_nothing_and_goes_on_later(loopback: Loopback, tmp_path: Path) -> None:
    asked = plan([replace(SPEC, budget=60)], ["random"], seeds=4)
    loopback.add_worker()
    executor = DaskCluster(loopback.address)

    def progress(done: int, total: int) -> None:
        if done == 2:
            executor._client.close()

    try:
        with ResultsStore(tmp_path / "r") as store:
            with pytest.raises(ClusterLost):
                campaign(asked, executor, store=store, progress=progress)
            assert len(store.computations()) >= 2
            done = campaign(asked, Inline(), store=store)
            assert not done[0].failed
            assert set(store.computations().values()) == {1}
    finally:
        executor.shutdown()


def test_a_call_that_kills_its_workers_fails_alone(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("al_core.compute.dask.RECOUNT_SECONDS", 3600.0)  # nobody else decides how large groups are
    for _ in range(9):  # the scheduler gives a task up after its fourth worker: the group first, then the call by itself
        loopback.add_worker()
    executor = DaskCluster(loopback.address)
    sent: list[list[Any]] = []
    send = executor._send

    def note(calls: Sequence[Any]) -> None:
        sent.append([call.fn for call in calls])
        send(calls)

    monkeypatch.setattr(executor, "_send", note)
    try:
        executor._seconds = 1e-6  # as after very quick calls: what is submitted now travels together
        executor._groups = 100
        good = [executor.submit(abs, 0), executor.submit(abs, -1)]
        bad = executor.submit(os._exit, 3)
        good += [executor.submit(abs, -number) for number in (2, 3, 4, 5)]
        executor._groups, executor._count = 0, 1
        executor._send_what_waits()
        assert sent[0] == [abs, abs, os._exit, abs], "the killing call travels with others"
        with pytest.raises(WorkerDied, match="lost the workers"):
            bad.result(120)
        loopback.add_worker()
        assert [future.result(PATIENCE) for future in good] == [0, 1, 2, 3, 4, 5]
        assert [os._exit] in sent
    finally:
        executor.shutdown()
