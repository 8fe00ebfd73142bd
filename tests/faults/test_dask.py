"""A real Dask scheduler and real worker processes on loopback."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from al_core import cluster
from al_core.bench import campaign, plan
from al_core.cluster import DaskCluster, pinned
from al_core.errors import UserError
from al_core.executors import Inline
from al_core.summary import documents
from al_core.task import TaskSpec
from al_core.versions import versions

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
    shutil.copytree(Path(cluster.__file__).parent, changed / "al_core")
    loop = changed / "al_core" / "loop.py"
    loop.write_text(loop.read_text() + "\n# another engine\n")
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


def test_a_worker_that_joins_later_with_other_versions_is_told() -> None:
    with pytest.raises(UserError, match="a Dask worker has numpy"):
        pinned(replace(versions(), numpy="1.0"), len, ((),), {})
    assert pinned(versions(), len, ((1, 2),), {}) == 2
