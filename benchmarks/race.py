"""What the race costs beside the work itself, and what a second worker brings. Run by hand:

    python benchmarks/race.py

CPU of a whole race in this process ÷ CPU of a bare loop of the same fits, predictions and scores, taken in turns; and wall
time of `al-tui bench` with one worker ÷ with two. Writes results/race.json and .md.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time

from bare import bare_seconds
from report import write

from al_core.compute.inline import Inline
from al_core.race.driver import Race
from al_core.run.state import RunState
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec

SPEC = TaskSpec()


def whole_race() -> tuple[float, tuple[RunState, ...]]:
    """CPU seconds of the default race, and its states."""
    with Inline() as executor, asyncio.Runner() as runner:
        race = Race([(SPEC, RunState(name)) for name in DEFAULT_STRATEGIES], executor)
        loop = runner.get_loop()
        begin = time.process_time()
        states = loop.run_until_complete(race.finish())
        return time.process_time() - begin, states


def bare_loop(states: tuple[RunState, ...]) -> float:
    """CPU seconds of the same fits, predictions and scores, on the labels that the race gave, without anything else."""
    batches = [[[pick.row for pick in entry.query.picks] for entry in state.rounds] for state in states]
    return sum(bare_seconds(SPEC, state.strategy, asked) for state, asked in zip(states, batches, strict=True))


def bench_seconds(workers: int) -> float:
    """Wall seconds of a bench over thirty seeds, from the shell."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "al_tui", "bench", "--no-results", "--seeds", "30", "--workers", str(workers)]
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }  # as in a person's shell
    subprocess.run(command, check=True, capture_output=True, env=environment)
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
            ("wall time of bench, 1 worker ÷ 2 workers", speed, "≥ 1.7", f"{one:.1f} s ÷ {two:.1f} s, 4 strategies × 30 seeds"),
        ],
    )


if __name__ == "__main__":
    main()
