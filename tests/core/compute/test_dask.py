"""A Dask cluster with a client that is made up: what is sent in which groups, and what comes of it. See also `tests/faults`."""

from __future__ import annotations

import io
import logging
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from trials import PATIENCE

from al_core.compute import dask, dask_client
from al_core.compute.dask import DaskCluster
from al_core.ground.errors import ClusterLost, UserError, WorkerDied
from al_core.ground.versions import versions

ADDRESS = "tcp://10.0.0.7:8786"


def twice(number: int) -> int:
    return 2 * number


def confused(number: int) -> int:
    return "a text"  # type: ignore[return-value]


class KilledWorker(Exception):
    """What Dask says of a call whose workers ended too often."""


class FutureCancelledError(Exception):
    """What Dask says of a call that was cancelled."""


class Scattered:
    """What a client keeps of something that it sent to its workers."""

    def __init__(self, thing: Any) -> None:
        self.thing, self.status = thing, "finished"


class MadeUpClient(Executor):
    """A client of a scheduler with these workers, and the executor that it gives; a test answers what was sent."""

    def __init__(self, *workers: str) -> None:
        self.status, self.workers = "running", list(workers)
        self.says: dict[str, Any] = {}
        """Worker → what it answers to the question how it adds, where that is not `KERNELS`."""
        self.versions: dict[str, Any] = {}
        self.sent: list[tuple[Future[Any], tuple[Any, ...]]] = []
        self.left: list[str] = []
        self.scattered: list[Scattered] = []

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        assert n_workers == -1, "all workers, not the first five"
        return {"workers": dict.fromkeys(self.workers)}

    def scatter(self, things: list[Any], *, broadcast: bool, **how: bool) -> list[Any]:
        assert (broadcast, how) == (True, {"hash": False}), "every worker has it, and it is sent again when it was lost"
        self.scattered += map(Scattered, things)
        return self.scattered[-len(things) :]

    def run(self, question: Callable[[], Any]) -> Any:
        others = self.versions if question is versions else self.says
        return {worker: others.get(worker, question()) for worker in self.workers}

    def get_executor(self, *, pure: bool) -> Executor:
        assert not pure, "equal calls are calls of their own"
        return self

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert (fn, kwargs) == (dask.pinned, {})
        self.sent.append((Future(), args))
        return self.sent[-1][0]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.left.append("executor")
        for future, _ in self.sent:
            future.cancel()

    def close(self) -> None:
        self.left.append("client")

    @property
    def groups(self) -> list[list[Any]]:
        """The arguments of the calls that were sent and not answered, group by group."""
        return [[args[0] for _, args, _ in calls] for _, (_, _, calls, *_) in self.sent]

    def answer(self, seconds: float | None = None) -> None:
        """Answer the group that was sent first, each call as if it had taken so long."""
        future, sent = self.sent.pop(0)
        args = [arg.thing if isinstance(arg, Scattered) else arg for arg in sent]
        replies = dask.pinned(*args)
        future.set_result(replies if seconds is None else [(error, value, seconds) for error, value, _ in replies])

    def fail(self, error: BaseException) -> None:
        """Have the group that was sent first fail."""
        self.sent.pop(0)[0].set_exception(error)


KERNELS = "x86_64; Haswell; numpy AVX2"


@pytest.fixture(autouse=True)
def _no_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "load_dask", lambda: None)
    monkeypatch.setattr(dask, "arithmetic", lambda: KERNELS)
    monkeypatch.setattr(dask, "_one_thread_for_good", lambda: None)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[DaskCluster, MadeUpClient]]]:
    clusters: list[DaskCluster] = []

    def make(*workers: str, recount: float = 3600.0, **says: Any) -> tuple[DaskCluster, MadeUpClient]:
        client = MadeUpClient(*workers)
        monkeypatch.setattr(dask, "RECOUNT_SECONDS", recount)
        monkeypatch.setattr(dask, "connected", lambda scheduler, seconds: client)
        clusters.append(DaskCluster(ADDRESS, **says))
        return clusters[-1], client

    yield make
    for cluster in clusters:
        cluster.shutdown()


def until(true: Callable[[], object]) -> None:
    """Wait for what another thread does."""
    for _ in range(6000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never was so")


carried: list[Any] = []


def test_what_is_carried_is_sent_once_and_there_before_every_call(made: Any) -> None:
    cluster, client = made("a")
    cluster.carry("pots", carried.append, "old")
    cluster.carry("pots", carried.append, "new")
    cluster.carry("jugs", carried.append, "jugs")
    results = [cluster.submit(twice, number) for number in range(2)]
    assert len(client.scattered) == 3
    carried.clear()
    client.answer()
    assert carried == ["new", "jugs"]
    assert results[0].result(0) == 0
    client.scattered[1].status = "lost"
    cluster.submit(twice, 7)
    assert [sent.thing[1] for sent in client.scattered] == ["old", "new", "jugs", "new"]


def test_two_groups_a_worker_are_sent_and_quick_calls_travel_together(made: Any) -> None:
    cluster, client = made("a")
    assert cluster.workers == 1
    found = [cluster.submit(twice, number) for number in range(30)]
    assert client.groups == [[0], [1]], "nobody knows yet how long a call takes"
    client.answer(0.1)
    assert client.groups == [[1], [2, 3, 4, 5, 6]], "as many as take half a second"
    client.answer(1e-9)
    assert client.groups == [[2, 3, 4, 5, 6], list(range(7, 19))], "half of what waits: no more than is fair"
    while client.sent:
        client.answer()
    assert [call.result(0) for call in found] == [2 * number for number in range(30)]


def test_with_more_workers_more_is_under_way_and_the_rest_is_shared_out(made: Any) -> None:
    cluster, client = made("a", "b")
    for number in range(13):
        cluster.submit(twice, number)
    assert client.groups == [[0], [1], [2], [3]]
    client.answer(1e-9)
    assert client.groups[-1] == [4, 5, 6], "a quarter of nine, rounded up"
    client.answer(2.0)
    assert client.groups[-1] == [7], "slow calls go one by one"


def test_a_worker_that_joins_is_used(made: Any) -> None:
    cluster, client = made("a", recount=0.01)
    for number in range(9):
        cluster.submit(twice, number)
    assert len(client.sent) == 2
    client.workers.append("b")
    until(lambda: len(client.sent) == 4)
    assert cluster.workers == 2


def test_each_call_of_a_group_has_its_own_outcome(made: Any) -> None:
    cluster, client = made("a")
    calls = [cluster.submit(twice, 1), cluster.submit(divmod, 1, 0), cluster.submit(confused, 1), cluster.submit(twice, 2)]
    while client.sent:
        client.answer(1e-9)
    assert [calls[0].result(0), calls[3].result(0)] == [2, 4]
    with pytest.raises(ZeroDivisionError):
        calls[1].result(0)
    with pytest.raises(RuntimeError, match="a Dask worker answered confused with str that it cannot return"):
        calls[2].result(0)


def test_what_is_no_reply_fails_what_was_asked(made: Any) -> None:
    cluster, client = made("a")
    call = cluster.submit(twice, 1)
    client.sent.pop(0)[0].set_result([(None, 2, 0.1)] * 2)
    with pytest.raises(RuntimeError, match="answered something else than it was asked; start the workers anew"):
        call.result(0)


def test_a_worker_that_joined_and_is_another_fails_what_it_was_asked(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster, client = made("a")
    call = cluster.submit(twice, 1)
    (_, (expected, adds, _)) = client.sent[0]
    assert (expected, adds) == (versions(), KERNELS)
    with pytest.raises(UserError, match="a Dask worker has numpy"):
        dask.pinned(replace(expected, numpy="1.0"), adds, [])
    monkeypatch.setattr(dask, "arithmetic", lambda: "others")
    with pytest.raises(UserError, match=rf"add with other kernels \(others instead of {KERNELS}\)") as told:
        dask.pinned(expected, adds, [])
    client.fail(told.value)
    assert call.exception(0) is told.value


def test_a_group_whose_workers_died_is_sent_again_call_by_call(made: Any) -> None:
    cluster, client = made("a")
    cluster._seconds = 1e-9
    cluster._groups = 100  # until all of them wait
    calls = [cluster.submit(twice, number) for number in range(6)]
    cluster._groups = 0
    cluster._send_what_waits()
    assert client.groups == [[0, 1, 2], [3, 4]]
    client.fail(KilledWorker("attempted to run it on 4 workers\nand more"))
    assert client.groups == [[3, 4], [0], [1], [2]], "the last one waits: enough is under way"
    client.answer()
    client.fail(KilledWorker("attempted to run it on 4 workers\nand more"))
    while client.sent:
        client.answer()
    with pytest.raises(WorkerDied, match=r"^Dask lost the workers that computed this: attempted to run it on 4 workers$"):
        calls[0].result(0)
    assert [call.result(0) for call in calls[1:]] == [2, 4, 6, 8, 10]


@pytest.mark.parametrize(
    "error", [CancelledError("lost dependencies\nand more"), FutureCancelledError("lost dependencies\nand more")]
)
def test_a_call_that_the_cluster_cancelled_has_failed(made: Any, error: Exception) -> None:
    cluster, client = made("a")
    call = cluster.submit(twice, 1)
    client.fail(error)
    with pytest.raises(WorkerDied, match=r"^the call was cancelled on the Dask cluster: lost dependencies$"):
        call.result(0)


def test_a_call_that_was_cancelled_there_has_failed(made: Any) -> None:
    cluster, client = made("a")
    call = cluster.submit(twice, 1)
    future, _ = client.sent.pop(0)
    future.cancel()
    with pytest.raises(WorkerDied, match=r"^the call was cancelled on the Dask cluster$"):
        call.result(0)


def test_what_is_cancelled_while_the_scheduler_does_not_answer_is_sent_again(made: Any) -> None:
    cluster, client = made("a", recount=0.01)
    call = cluster.submit(twice, 21)
    client.status = "connecting"
    client.fail(CancelledError())
    with pytest.raises(ConnectionError, match="does not answer; the client is connecting"):
        cluster.recount()
    assert not call.done()
    assert client.sent == []
    client.status = "running"
    until(lambda: client.sent)
    client.answer()
    assert call.result(0) == 42
    assert cluster._groups == 0


def test_when_the_scheduler_is_gone_for_good_nobody_waits_any_more(made: Any) -> None:
    cluster, client = made("a", recount=0.01)
    calls = [cluster.submit(twice, number) for number in range(5)]
    client.status = "closed"
    for call in calls:
        with pytest.raises(ClusterLost, match=f"^the Dask scheduler at {ADDRESS} is gone; start it again, and give the same"):
            call.result(PATIENCE)
    client.fail(CancelledError())  # which comes too late, and changes nothing


def test_what_fails_because_the_scheduler_is_gone_says_so(made: Any) -> None:
    cluster, client = made("a")
    call = cluster.submit(twice, 1)
    client.status = "closed"
    client.fail(OSError("connection reset"))
    assert isinstance(call.exception(0), ClusterLost)


def test_who_leaves_the_cluster_waits_for_nothing(made: Any) -> None:
    cluster, client = made("a")
    calls = [cluster.submit(twice, number) for number in range(5)]
    cluster.shutdown()
    assert client.left == ["executor", "client"]
    assert all(call.cancelled() for call in calls[2:])
    assert all(isinstance(call.exception(0), WorkerDied) for call in calls[:2])


@pytest.mark.parametrize(
    ("workers", "given", "words"),
    [
        ("", {}, f"the Dask scheduler at {ADDRESS} has no workers; start some with: dask worker {ADDRESS}"),
        ("ab", {"versions": {"b": replace(versions(), numpy="1.0")}}, "the Dask worker b has numpy 1.0 instead of"),
        ("ab", {"versions": {"b": "1.0"}}, f"a Dask worker of {ADDRESS} does not say which versions it runs; start"),
        (
            "abcd",
            {"says": {"c": "odd", "d": "odd"}},
            f"2 of 4 Dask workers, c first, add with other kernels (odd instead of {KERNELS}",
        ),
        ("ab", {"says": {"a": None}}, f"a Dask worker of {ADDRESS} does not say how it adds; start the workers anew"),
    ],
    ids=["none", "versions", "no versions", "kernels", "no kernels"],
)
def test_workers_that_cannot_be_used_are_told(monkeypatch: pytest.MonkeyPatch, workers: str, given: Any, words: str) -> None:
    client = MadeUpClient(*workers)
    vars(client).update(given)
    if "c" in workers:
        client.workers += "ef"  # so that most add as here
        words = words.replace("2 of 4", "2 of 6")
    monkeypatch.setattr(dask, "connected", lambda scheduler, seconds: client)
    with pytest.raises(UserError) as told:
        DaskCluster(ADDRESS)
    assert str(told.value).startswith(words)
    assert client.left == ["client"]


def test_a_worker_without_the_program_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    client = MadeUpClient("a")

    def run(question: Any) -> Any:
        raise ModuleNotFoundError("No module named 'al_core'\nand more")

    client.run = run  # type: ignore[method-assign]
    monkeypatch.setattr(dask, "connected", lambda scheduler, seconds: client)
    with pytest.raises(UserError) as told:
        DaskCluster(ADDRESS)
    why = "cannot run al-tui (No module named 'al_core'); install the same al-tui there as here"
    assert str(told.value) == f"a Dask worker of {ADDRESS} {why}"


def test_what_dask_logs_goes_to_the_file(made: Any, tmp_path: Path) -> None:
    names = ("distributed", "distributed.made_up", "dask", "dask.made_up", "tornado", "tornado.made_up", "distributedly.not")
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger.handlers, logger.propagate, logger.level) for logger in loggers]
    stderr = io.StringIO()
    own = logging.StreamHandler(stderr)
    try:
        for logger in loggers[1::2]:
            logger.handlers = [own]  # as distributed gives its workers' loggers one
        loggers[-1].handlers = [own]
        made("a", log=tmp_path / "log")
        for logger in loggers:
            logger.setLevel(logging.ERROR)  # distributed, once it is loaded, asks tornado for less
            logger.error("said by %s", logger.name)
        said = (tmp_path / "log").read_text().splitlines()
        assert Counter(said) == {f"said by {name}": 1 for name in names[:-1]}
        assert stderr.getvalue() == f"said by {names[-1]}\n"
    finally:
        for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError("timed out\nafter a while"), "timed out"), (TimeoutError(), "TimeoutError")],
    ids=["said", "unsaid"],
)
def test_a_scheduler_that_does_not_answer_is_told_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    asked: list[Any] = []

    def client(scheduler: str, **how: Any) -> None:
        asked.append((scheduler, how))
        raise error

    monkeypatch.setitem(sys.modules, "distributed", types.SimpleNamespace(Client=client))
    with pytest.raises(UserError) as told:
        dask_client.connected(ADDRESS, 3.5)
    start = "start one with: dask scheduler, and give its address"
    assert str(told.value) == f"no Dask scheduler answers at {ADDRESS} ({reason}); {start}"
    assert asked == [(ADDRESS, {"timeout": 3.5, "set_as_default": False})]


@pytest.mark.parametrize(
    ("address", "checked"), [("tls://h:1", True), ("wss://h:1", True), ("tcp://h:1", False), ("ws://h:1", False)]
)
def test_certificates_are_looked_for_where_they_are_needed(
    monkeypatch: pytest.MonkeyPatch, address: str, checked: bool
) -> None:
    found: list[str] = []
    monkeypatch.setattr(dask_client, "_check_certificates", found.append)
    monkeypatch.setitem(sys.modules, "distributed", types.SimpleNamespace(Client=lambda scheduler, **how: scheduler))
    assert dask_client.connected(address, 1.0) == address
    assert found == [address] * checked
