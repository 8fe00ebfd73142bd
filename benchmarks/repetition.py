"""What repetition costs: the bench against its bare arithmetic, one worker against two, the second time against the first.

All ratios come from one run on one machine; other load on it changes the wall-time ratios, not the CPU one.

    python benchmarks/repetition.py [--seeds 4]       writes results/repetition.json and .md
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bare import bare_seconds
from report import write

from al_core.comparison.across import documents
from al_core.comparison.campaign import campaign
from al_core.comparison.plan import plan
from al_core.comparison.store import ResultsStore
from al_core.compute.inline import Inline
from al_core.compute.processes import Processes
from al_core.run.warm_up import warm_up
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec


def cpu_ratio(seeds: int) -> float:
    """CPU of the whole bench in this process, its table and statistics included ÷ CPU of the bare loop over the same picks.

    Median of three turns. The data set is loaded before, since both sides need it.
    """
    asked = plan([TaskSpec()], DEFAULT_STRATEGIES, seeds=seeds, references=False)
    campaign(plan([TaskSpec()], ("random",), seeds=1, references=False), Inline())
    ratios = []
    for _ in range(3):
        begin = time.process_time()
        results = campaign(asked, Inline())
        documents(results)
        whole = time.process_time() - begin
        ratios.append(whole / sum(bare_seconds(cell.spec, cell.strategy, cell.picks) for cell in results[0].cells))
    return statistics.median(ratios)


def seconds(action: Callable[[], Any]) -> float:
    """Wall time of a call."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


@contextlib.contextmanager
def dask_workers(count: int) -> Iterator[str]:
    """A scheduler and one-threaded workers on loopback; yields the address."""
    from distributed import Client

    address = "tcp://127.0.0.1:18786"
    module = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    flags = ["--no-dashboard"]
    processes = [subprocess.Popen([*module, "distributed.cli.dask_scheduler", "--port", "18786", *flags], **quiet)]  # type: ignore[call-overload]
    client = Client(address, timeout=60)
    for _ in range(count):
        options = [address, "--nthreads", "1", "--no-nanny", *flags]
        processes.append(subprocess.Popen([*module, "distributed.cli.dask_worker", *options], **quiet))  # type: ignore[call-overload]
    client.wait_for_workers(count, timeout=60)
    try:
        yield address
    finally:
        client.close()
        for process in processes:
            process.kill()
            process.wait()


def on_processes(workers: int, seeds: int) -> float:
    """Wall time of the bench on worker processes that are warm."""
    executor = Processes(workers)
    try:
        for future in [executor.submit(warm_up) for _ in range(workers)]:
            future.result()
        return seconds(lambda: campaign(plan([TaskSpec()], DEFAULT_STRATEGIES, seeds=seeds, references=False), executor))
    finally:
        executor.shutdown()


def on_dask(workers: int, seeds: int) -> float:
    """Wall time of the bench on Dask workers that are warm."""
    from al_core.compute.dask import DaskCluster

    asked = plan([TaskSpec()], DEFAULT_STRATEGIES, seeds=seeds, references=False)
    with dask_workers(workers) as address:
        executor = DaskCluster(address)
        try:
            for future in [executor.submit(warm_up) for _ in range(4 * workers)]:
                future.result()
            return seconds(lambda: campaign(asked, executor))
        finally:
            executor.shutdown()


def second_time(seeds: int) -> float:
    """Wall time of the same question asked again ÷ the first time, everything that is printed included."""
    asked = plan([TaskSpec()], DEFAULT_STRATEGIES, seeds=seeds)
    executor = Inline()
    with tempfile.TemporaryDirectory() as directory, ResultsStore(Path(directory) / "results.sqlite3") as store:
        first, again = (seconds(lambda: documents(campaign(asked, executor, store=store))) for _ in range(2))
    return again / first


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    seeds = options.seeds
    warm_up()
    ratio = cpu_ratio(min(seeds, 20))
    turns = [(on_processes(1, seeds), on_processes(2, seeds), on_dask(2, seeds)) for _ in range(3)]
    one, two, dask = (statistics.median(side) for side in zip(*turns, strict=True))
    processes = statistics.median(one / two for one, two, _ in turns)
    cluster = statistics.median(one / dask for one, _, dask in turns)
    load = f"median of 3, {seeds} seeds, load average {os.getloadavg()[0]:.1f}"
    write(
        "repetition",
        [
            ("CPU: bench ÷ bare arithmetic", ratio, "≤ 1.10", f"{min(seeds, 20)} seeds, this process, median of 3"),
            ("wall: 1 ÷ 2 worker processes", processes, "≥ 1.8", f"{one:.1f} s ÷ {two:.1f} s; {load}"),
            ("wall: 1 worker process ÷ 2 Dask workers", cluster, "≥ 1.7", f"{one:.1f} s ÷ {dask:.1f} s; {load}"),
            ("wall: second ÷ first time", second_time(seeds), "≤ 0.02", f"{seeds} seeds, this process"),
        ],
    )


if __name__ == "__main__":
    main()
