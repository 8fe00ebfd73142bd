"""The dashboard on 18 strategies × 50 seeds that are finished already: how soon it shows them, and how it feels meanwhile.

    python benchmarks/seeds.py

A results store is filled with made-up cells under the identities that the program itself gives them. The real program is
started behind a pseudo-terminal of 120 × 40 until its header says that all seeds are there. For the lag, a coroutine inside the
program waits until the start is over, starts again with fifty other seeds, which are finished as well, and samples how late the
event loop wakes it while they stream in and are summarised and the race goes on. They stream in within a fifth of a second, so
the samples of several programs are taken together. Writes results/seeds.json and .md.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import select
import statistics
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

from dashboard import _drain, p99, read_until, spawn
from report import write

from al_core.comparison.cell import ALL_LABELS, Cell
from al_core.comparison.lookup import identify_all, remember
from al_core.comparison.plan import Plan, complete
from al_core.comparison.store import ResultsStore
from al_core.compute.arithmetic import machine
from al_core.compute.inline import Inline
from al_core.reports.seeds import is_final
from al_core.task.spec import TaskSpec

SEEDS = 50
REPEATS = 5
PROGRAMS = 10
LAST_PAINT = 0.6
"""Seconds after the summary in which the screen has drawn all of it."""
PROBE = "--probe"
STRATEGIES = (
    "random,least_confidence,margin,entropy,power_margin,cluster_margin,coreset,badge,typiclust,probcover,density,"
    "information_density,max_disagreement,vote_entropy,consensus_entropy,bald,expected_gradient_length,expected_error_reduction"
)


def made_up(spec: TaskSpec, strategy: str, place: int) -> Cell:
    """A finished run along a smooth curve, as many points and picks as a real one."""
    if strategy == ALL_LABELS:
        return Cell(spec, strategy, ((1257, 0.967),), (), 0.1, 0.0, 1)
    shift = math.sin(spec.seed + place) / 50
    labels = range(20, spec.budget + 1, spec.batch)
    curve = tuple((x, round(0.96 - 0.3 * math.exp(-(x - 20) / (60 + 4 * place)) + shift, 4)) for x in labels)
    picks = tuple(tuple(range(x, x + spec.batch)) for x in labels[:-1])
    return Cell(spec, strategy, curve, picks, 0.3, 0.1, len(curve))


def fill(store: Path, plan: Plan) -> None:
    """Put every cell of a plan into a store, in one go."""
    names = [*plan.strategies, ALL_LABELS]
    with ResultsStore(store) as opened:
        opened._connection.execute("PRAGMA synchronous = OFF")
        identities = identify_all(plan.questions)
        remember(opened, plan, identities, machine(Inline()))
        for question, identity in zip(plan.questions, identities, strict=True):
            opened.put(identity, made_up(*question, names.index(question[1])))


def first_sight(command: list[str], home: str, words: bytes) -> float:
    """Seconds from starting a command until its screen shows ``words``."""
    begin = time.perf_counter()
    pid, fd = spawn(command, home)
    read_until(fd, words)
    seconds = time.perf_counter() - begin
    os.write(fd, b"q")
    _drain(pid, fd)
    return seconds


def lags(store: Path, home: str) -> tuple[list[float], list[float]]:
    """Seconds by which the event loop was late inside one program: while cells streamed in, and from then until they were
    summarised."""
    out = Path(home, "probe.json")
    out.unlink(missing_ok=True)
    pid, fd = spawn([sys.executable, __file__, PROBE, str(store), str(out)], home)
    while not out.exists():
        if select.select([fd], [], [], 0.1)[0]:
            os.read(fd, 65536)
    os.write(fd, b"q")
    _drain(pid, fd)
    found = json.loads(out.read_text())
    return found["streaming"], found["afterwards"]


def probe(store: Path, out: Path) -> None:
    """The real app, with a coroutine that measures how late the event loop wakes it while cells stream in."""
    import al_tui.app
    from al_core.comparison.live import StoreThread
    from al_core.compute.processes import Processes
    from al_tui.app import AlTui
    from al_tui.background.race import Engine
    from al_tui.background.seeds import Seeds
    from al_tui.background.workers import Workers
    from al_tui.requests.race import log_file

    class Probed(AlTui):
        CSS_PATH = Path(al_tui.app.__file__).with_name("app.tcss")

        def on_ready(self) -> None:
            self.run_worker(self.watch())

        async def watch(self) -> None:
            """Wait until the start is over, then let fifty other seeds stream in, which are finished as well."""
            seeds = self.engine.seeds
            assert seeds is not None
            await asyncio.sleep(6.0)
            self.engine.reset(SEEDS)
            self.start_engine()
            streaming: list[float] = []
            afterwards: list[float] = []
            drawn = math.inf
            while time.monotonic() < drawn:
                if drawn == math.inf and is_final(seeds.view):
                    drawn = time.monotonic() + LAST_PAINT
                late = afterwards if seeds.view.complete else streaming
                begin = time.monotonic()
                await asyncio.sleep(0.01)
                late.append(time.monotonic() - begin - 0.01)
            result = {"streaming": streaming, "afterwards": afterwards}
            out.with_suffix(".part").write_text(json.dumps(result))
            out.with_suffix(".part").rename(out)

    log = log_file()
    plan = asked()
    workers = Workers(2)
    seeds = Seeds(plan, StoreThread(store), workers)
    engine = Engine(plan.specs[0], tuple(STRATEGIES.split(",")), lambda: Processes(2, log=log), 1.5, seeds, workers=workers)
    Probed(engine, log).run()
    engine.close()


def asked(first: int = 0) -> Plan:
    """18 strategies and their references over all seeds."""
    return complete([TaskSpec(seed=first)], STRATEGIES.split(","), seeds=SEEDS)


def told(samples: list[float]) -> str:
    return f"{len(samples)} samples in {PROGRAMS} programs, median {statistics.median(samples):.4f}, largest {max(samples):.4f}"


def main() -> None:
    """Fill, measure, write."""
    with tempfile.TemporaryDirectory() as home:
        store = Path(home, "results.sqlite3")
        fill(store, asked())
        fill(store, asked(SEEDS))
        script = str(Path(sys.executable).with_name("al-tui"))
        ours = [script, "--strategies", STRATEGIES, "--seeds", str(SEEDS), "--results", str(store)]
        times = [first_sight(ours, home, f"seeds {SEEDS}/{SEEDS}".encode()) for _ in range(REPEATS + 1)][1:]
        streaming, afterwards = (
            list(chain(*parts)) for parts in zip(*(lags(store, home) for _ in range(PROGRAMS)), strict=True)
        )
    load = f"load average {os.getloadavg()[0]:.1f}"
    write(
        "seeds",
        [
            ("seconds until 18 × 50 finished runs are shown", statistics.median(times), "≤ 1.5 s", f"{REPEATS} starts, {load}"),
            ("event-loop lag while they stream in, p99", p99(streaming), "≤ 0.020 s", told(streaming)),
            ("the same from then until their summary is drawn, p99", p99(afterwards), "≤ 0.020 s", told(afterwards)),
        ],
    )


if __name__ == "__main__":
    probe(Path(sys.argv[2]), Path(sys.argv[3])) if PROBE in sys.argv else main()
