"""The dashboard over paired seeds, the real program: killed, on a cluster that loses a worker, with a store that is no good."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from al_core.comparison.campaign import campaign
from al_core.comparison.plan import plan
from al_core.comparison.store import ResultsStore
from al_core.compute.inline import Inline
from al_core.task.spec import TaskSpec

pytestmark = pytest.mark.faults
StartTerminal = Callable[..., Any]

NAMES = ("random", "margin")
BUDGET = 200
"""So many labels that the header counts seeds for some seconds, on a quick machine as well."""
OPTIONS = ("--strategies", ",".join(NAMES), "--budget", str(BUDGET), "--seeds", "40", "--pace", "max", "--workers", "2")


def asked() -> Any:
    return plan([TaskSpec(budget=BUDGET)], NAMES, seeds=40)


def computed_once(store: Path) -> None:
    """Make sure that every cell is there, and that none was computed twice."""
    with ResultsStore(store) as opened:
        counts = opened.computations()
    assert len(counts) == len(asked().questions)
    assert set(counts.values()) == {1}


def test_a_killed_dashboard_goes_on_where_it_stopped(terminal: StartTerminal, tmp_path: Path) -> None:
    store = tmp_path / "results.sqlite3"
    for moment in (r"seeds ([2-9]|\d\d)/40", r"seeds (1[2-9]|[2-9]\d)/40", r"seeds (2[4-9]|[34]\d)/40"):
        at = terminal(*OPTIONS, "--results", str(store))
        at.wait(moment)
        at.child.kill(signal.SIGKILL)
        at.finish()
    at = terminal(*OPTIONS, "--results", str(store))
    at.wait("saves labels")
    at.press("q")
    assert at.finish() == 0
    computed_once(store)
    with ResultsStore(store) as opened:
        (kept,) = campaign(asked(), Inline(), store=opened)
        assert set(opened.computations().values()) == {1}
    (fresh,) = campaign(asked(), Inline())
    assert [(cell.strategy, cell.seed, cell.curve, cell.picks) for cell in kept.cells] == [
        (cell.strategy, cell.seed, cell.curve, cell.picks) for cell in fresh.cells
    ]


def test_leaving_in_the_middle_is_at_once_and_keeps_what_is_finished(terminal: StartTerminal, tmp_path: Path) -> None:
    store = tmp_path / "results.sqlite3"
    at = terminal("--seeds", "400", "--pace", "max", "--results", str(store))
    at.wait(r"seeds ([2-9]|\d\d+)/400")
    pids = at.workers
    at.press("\x03\x03")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert at.all_gone(pids)
    with ResultsStore(store) as opened:
        assert len(opened.computations()) >= 2 * 6


def test_on_a_cluster_that_loses_a_worker(terminal: StartTerminal, loopback: Any) -> None:
    loopback.add_worker()
    victim = loopback.add_worker()
    at = terminal(*OPTIONS, "--no-results", "--executor", "dask", "--scheduler", loopback.address)
    at.wait(r"seeds ([1-9]|[12]\d)/40")
    victim.send_signal(signal.SIGKILL)
    at.wait(r"saves labels", 180)
    assert "✗" not in at.text
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw


def test_in_this_process(terminal: StartTerminal) -> None:
    at = terminal("--budget", "40", "--seeds", "2", "--no-results", "--executor", "inline", "--pace", "max")
    at.wait("seeds 0 to 1")
    at.press("q")
    assert at.finish() == 0


def refused(at: Any) -> str:
    """What the program said, in one line and before any screen."""
    assert at.finish() == 2
    assert "\x1b[?1049h" not in at.raw
    lines = at.raw.strip().splitlines()
    assert len(lines) == 1
    return str(lines[0])


def test_a_scheduler_that_is_not_there(terminal: StartTerminal) -> None:
    from loopback import free_port

    at = terminal("--seeds", "2", "--no-results", "--executor", "dask", "--scheduler", f"tcp://127.0.0.1:{free_port()}")
    assert "no Dask scheduler answers at tcp://127.0.0.1" in refused(at)


@pytest.mark.parametrize("fault", ["damaged", "locked", "foreign"])
def test_a_store_that_cannot_be_used(terminal: StartTerminal, tmp_path: Path, fault: str) -> None:
    store = tmp_path / "results.sqlite3"
    ResultsStore(store).close()
    other = None
    if fault == "damaged":
        store.write_bytes(store.read_bytes()[:100] + b"nothing of use" * 500)
    elif fault == "locked":
        other = sqlite3.connect(store, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
    else:
        store.write_bytes(b"")
        with sqlite3.connect(store) as connection:
            connection.execute("CREATE TABLE mine (x)")
    words = {"damaged": "damaged", "locked": "locked by another program", "foreign": "no results store of al-tui"}
    assert words[fault] in refused(terminal("--seeds", "2", "--results", str(store)))
    if other is not None:
        other.close()


def test_a_store_on_a_read_only_disk(terminal: StartTerminal, small_disk: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small_disk)], check=True)
    store = small_disk / "results.sqlite3"
    ResultsStore(store).close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "is read-only; choose another with --results FILE" in refused(terminal("--seeds", "2", "--results", str(store)))
    new = str(small_disk / "new.sqlite3")
    assert "cannot open the results store" in refused(terminal("--seeds", "2", "--results", new))


def test_a_store_whose_disk_becomes_full(terminal: StartTerminal, small_disk: Path) -> None:
    """What is computed is shown all the same, and it is said that it is not kept."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(small_disk)], check=True)
    store = small_disk / "results.sqlite3"
    at = terminal(*OPTIONS, "--results", str(store))
    at.wait("is not kept", 120)
    at.wait("saves labels", 120)
    at.shows("seeds 0 to 39")
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    with ResultsStore(store) as opened:
        assert 0 < len(opened.computations()) < len(asked().questions)


def test_a_race_over_seeds_goes_on_on_a_cluster(terminal: StartTerminal, loopback: Any, tmp_path: Path) -> None:
    """Begun on worker processes, left, and resumed on Dask with the same store: nothing is computed twice."""
    race, store = str(tmp_path / "race.session"), tmp_path / "results.sqlite3"
    at = terminal(*OPTIONS, "--session", race, "--results", str(store))
    at.wait(r"seeds ([2-9]|[123]\d)/40")
    at.press("q")
    assert at.finish() == 0
    loopback.add_worker()
    loopback.add_worker()
    place = ("--executor", "dask", "--scheduler", loopback.address, "--results", str(store))
    at = terminal("resume", race, "--pace", "max", *place)
    at.wait("saves labels", 180)
    at.press("q")
    assert at.finish() == 0
    computed_once(store)


def test_a_scheduler_that_is_lost_on_the_way_does_not_hold_anybody(terminal: StartTerminal, loopback: Any) -> None:
    loopback.add_worker()
    loopback.add_worker()
    at = terminal("--seeds", "40", "--no-results", "--executor", "dask", "--scheduler", loopback.address)
    at.wait(r"round [1-9]/30")
    loopback.kill_scheduler()
    at.wait("no worker answers", 120)
    at.wait(r"the Dask scheduler at tcp://\S+ is gone", 120)  # the run in front says so, and is tried again by key
    assert not re.search("runs? failed", at.text)  # what was not computed over seeds has not failed
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
