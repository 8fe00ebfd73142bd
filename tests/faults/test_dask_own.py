"""Data of one's own on a Dask cluster: read by the workers at its path, or sent to them by a script."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from al_core import Dataset, Inline, TaskSpec, bench, plan
from al_core.comparison.campaign import campaign
from al_core.compute.dask import DaskCluster
from al_core.data.origin import Origin
from al_core.data.sources import Knowing, describe, meet

pytest.importorskip("distributed", reason="needs the extra dask")
from loopback import Loopback

pytestmark = [pytest.mark.faults, pytest.mark.filterwarnings("ignore:data set")]


def numbers(n: int = 90) -> tuple[np.ndarray, np.ndarray]:
    y = np.arange(n) % 3
    return 2 * np.eye(3, 4)[y] + np.random.default_rng(0).normal(size=(n, 4)), np.where(np.arange(n) < 9, -1, y)


def archive(path: Path) -> Path:
    X, y = numbers()
    np.savez(path, X=X, y=y)
    return path


def told(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: told(value) for key, value in document.items() if "seconds" not in key}
    return [told(entry) for entry in document] if isinstance(document, list) else document


def test_workers_read_files_at_their_path_and_come_to_the_same(loopback: Loopback, tmp_path: Path) -> None:
    archive(tmp_path / "pots.npz")
    loopback.add_worker()
    loopback.add_worker()
    words = ["bench", "pots.npz", "--strategies", "random,margin", "--seeds", "3", "--budget", "30", "--json", "--no-results"]

    def ran(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "al_tui", *words, *more]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    far = ran("--executor", "dask", "--scheduler", loopback.address)
    assert far.returncode == 0, far.stderr
    assert f"pots.npz is read by every worker of the cluster, at {tmp_path}/pots.npz" in far.stderr
    here = ran("--executor", "inline")
    assert told(json.loads(far.stdout)) == told(json.loads(here.stdout))


def test_files_that_workers_do_not_have_are_sent_to_them(loopback: Loopback, tmp_path: Path) -> None:
    """This path leads to another place in each process: to what lies where it was started."""
    here = tmp_path / "here"
    here.mkdir()
    archive(here / "pots.npz")
    loopback.add_worker()
    first = loopback.add_worker()
    words = ["bench", "/proc/self/cwd/pots.npz", "--strategies", "random,margin", "--seeds", "3", "--budget", "30", "--json"]

    def ran(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "al_tui", *words, "--no-results", *more]
        return subprocess.run(command, capture_output=True, text=True, cwd=here, check=False)

    far = ran("--executor", "dask", "--scheduler", loopback.address)
    assert far.returncode == 0, far.stderr
    told_so = "pots.npz is sent to the workers of the cluster: 2 of 2 have other files at /proc/self/cwd/pots.npz, or none"
    assert told_so in far.stderr
    assert told(json.loads(far.stdout)) == told(json.loads(ran("--executor", "inline").stdout))
    (here / "pots.npz").unlink()
    refused = ran("--executor", "dask", "--scheduler", loopback.address)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "pots.npz" in refused.stderr
    assert first.poll() is None


def test_what_was_sent_is_sent_again_when_those_that_had_it_are_gone(loopback: Loopback) -> None:
    old = loopback.add_worker()
    cluster = DaskCluster(loopback.address)
    data, spec = Dataset("pots", *numbers()), TaskSpec(batch=10, budget=30)
    try:
        bench(spec, ["margin"], cluster, data=data)
        old.kill()
        old.wait()
        give_up = time.monotonic() + 60
        while cluster.recount():
            assert time.monotonic() < give_up, "the scheduler never noticed that its worker is gone"
            time.sleep(0.05)
        loopback.add_worker()
        again = bench(spec, ["margin"], cluster, seeds=2, data=data)
        loopback.add_worker()
        late = bench(spec, ["entropy"], cluster, seeds=4, data=data)
    finally:
        cluster.shutdown()
    for far, name, seeds in ((again, "margin", 2), (late, "entropy", 4)):
        here = bench(spec, [name], Inline(), seeds=seeds, data=data)
        assert [(cell.curve, cell.picks) for cell in far.cells] == [(cell.curve, cell.picks) for cell in here.cells]


def test_what_a_script_gives_is_sent_to_workers_that_have_no_copy(loopback: Loopback) -> None:
    loopback.add_worker()
    loopback.add_worker()
    cluster = DaskCluster(loopback.address)
    data, spec = Dataset("pots", *numbers()), TaskSpec(batch=10, budget=30)
    try:
        far = bench(spec, ["random", "margin"], cluster, seeds=3, data=data)
    finally:
        cluster.shutdown()
    here = bench(spec, ["random", "margin"], Inline(), seeds=3, data=data)
    assert [(cell.curve, cell.picks) for cell in far.cells] == [(cell.curve, cell.picks) for cell in here.cells]


def test_files_that_are_others_where_it_is_computed_are_told(loopback: Loopback, tmp_path: Path) -> None:
    loopback.add_worker()
    source = describe(Origin(str(archive(tmp_path / "pots.npz"))), "pots")
    np.savez(tmp_path / "pots.npz", X=np.eye(90), y=numbers()[1])
    meet(source)
    cluster = DaskCluster(loopback.address)
    try:
        (result,) = campaign(plan([TaskSpec(dataset="pots", budget=30)], ["random"]), Knowing([source], cluster))
    finally:
        cluster.shutdown()
    assert len(result.failed) == len(result.cells)
    assert "pots is not what it was when this was begun" in (result.failed[0].error or "")
