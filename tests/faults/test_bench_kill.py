"""`kill -9` of the real bench at random moments, then the same command: the same document, nothing computed twice."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from al_core.comparison.across import documents
from al_core.comparison.campaign import campaign
from al_core.comparison.plan import plan
from al_core.comparison.store import ResultsStore
from al_core.compute.inline import Inline
from al_core.task.spec import TaskSpec

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("AL_TUI_KILLS", "4"))
SPEC = TaskSpec(dataset="iris", budget=46)
SEEDS = 3 * KILLS


def without_times(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_times(value) for key, value in document.items() if "seconds" not in key}
    return [without_times(entry) for entry in document] if isinstance(document, list) else document


def start(store: Path, home: Path) -> subprocess.Popen[str]:
    script = Path(sys.executable).with_name("al-tui")
    options = ["--dataset", "iris", "--budget", "46", "--seeds", str(SEEDS), "--strategies", "random,margin,entropy"]
    return subprocess.Popen(
        [script, "bench", *options, "--workers", "2", "--results", store, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home)},
    )


def test_a_killed_bench_goes_on_where_it_stopped(tmp_path: Path) -> None:
    store = tmp_path / "results.sqlite3"
    rng = random.Random(5)
    cells = SEEDS * 5
    kept = 0
    for _ in range(KILLS):
        process = start(store, tmp_path)
        with contextlib.suppress(subprocess.TimeoutExpired):  # the moment is random; nothing waits for it but the kill
            process.communicate(timeout=rng.uniform(0.5, 4.0))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if not store.exists():
            continue
        with ResultsStore(store) as opened:
            counts = opened.computations()
            assert set(counts.values()) <= {1}
            assert len(counts) >= kept
            kept = len(counts)
    process = start(store, tmp_path)
    out, err = process.communicate()
    assert process.returncode == 0, err
    with ResultsStore(store) as opened:
        counts = opened.computations()
        assert len(counts) == cells
        assert set(counts.values()) == {1}
    undisturbed = documents(campaign(plan([SPEC], ["random", "margin", "entropy"], seeds=SEEDS), Inline()))
    assert without_times(json.loads(out)) == without_times(json.loads(json.dumps(undisturbed)))
