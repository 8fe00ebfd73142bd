"""What the race costs beside the work itself, and what a second worker brings. Run by hand:

    python benchmarks/race.py

CPU of a whole race in this process ÷ CPU of a bare loop of the same fits, predictions and scores, taken in turns; and wall
time of `al-tui bench` with one worker ÷ with two. Writes results/race.json and .md.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time

import numpy as np
from report import write
from sklearn.linear_model import LogisticRegression

from al_core.data.split import make_task
from al_core.executors import Inline
from al_core.loop import labelled
from al_core.race import Race
from al_core.state import RunState
from al_core.task import DEFAULT_STRATEGIES, TaskSpec
from al_core.worker import one_thread

SPEC = TaskSpec()


def whole_race() -> tuple[float, tuple[RunState, ...]]:
    """CPU seconds of the default race, and its states."""
    begin = time.process_time()
    states = asyncio.run(Race([(SPEC, RunState(name)) for name in DEFAULT_STRATEGIES], Inline()).finish())
    return time.process_time() - begin, states


def bare_loop(states: tuple[RunState, ...]) -> float:
    """CPU seconds of the same fits, predictions and scores, on the labels that the race gave, without anything else."""
    task = make_task(SPEC)
    X, y = task.dataset.X, task.dataset.y
    work = []
    for state in states:
        for number in range(len(state.rounds) + 1):
            rows, labels = labelled(task, RunState(state.strategy, state.rounds[:number]))
            work.append((state.strategy, rows, labels, np.setdiff1d(task.pool, rows)))
    begin = time.process_time()
    with one_thread():
        for strategy, rows, labels, pool in work:
            model = LogisticRegression(max_iter=1000).fit(X[rows], labels)
            np.mean(model.predict(X[task.test]) == y[task.test])
            p = model.predict_proba(X[pool])
            if strategy == "margin":
                top = np.partition(p, -2, axis=1)
                scores = top[:, -1] - top[:, -2]
            elif strategy == "entropy":
                scores = np.sum(p * np.log(p), axis=1)
            else:
                scores = p.max(axis=1)
            np.argpartition(scores, 10)[:10]
    return time.process_time() - begin


def bench_seconds(workers: int) -> float:
    """Wall seconds of a bench over six seeds, from the shell."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "al_tui", "bench", "--no-results", "--seeds", "6", "--workers", str(workers)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def main() -> None:
    _, states = whole_race()
    pairs = [(whole_race()[0], bare_loop(states)) for _ in range(7)]
    ratio = statistics.median(race / bare for race, bare in pairs)
    race, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    walls = [(bench_seconds(1), bench_seconds(2)) for _ in range(3)]
    speed = statistics.median(one / two for one, two in walls)
    one, two = (statistics.median(side) for side in zip(*walls, strict=True))
    write(
        "race",
        [
            ("CPU of a whole race, inline ÷ bare loop", ratio, "≤ 1.10", f"{race:.2f} s ÷ {bare:.2f} s, median of 7"),
            ("wall time of bench, 1 worker ÷ 2 workers", speed, "≥ 1.7", f"{one:.1f} s ÷ {two:.1f} s, 4 strategies × 6 seeds"),
        ],
    )


if __name__ == "__main__":
    main()
