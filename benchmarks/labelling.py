"""What labelling costs: a key until it is on disk, a model that learns after every key, a session of 100,000 labels.

Run by hand, on a machine that does nothing else: ``python benchmarks/labelling.py [--learner …] [--strategy …] [--start …]
[--out NAME]`` writes NAME.json and NAME.md. Absolute times depend on the machine and its disk; ratios are of one run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from al_core.executors import Processes
from al_core.sessions.actions import Labelled, Relabelled, Settings
from al_core.sessions.labelling import LabelSession
from al_core.sessions.model import ModelRequest, model_round, open_items
from al_core.sessions.store import SessionFile

KEYS = 300


def timed(action: Callable[[int], Any], count: int = KEYS) -> list[float]:
    """Milliseconds of each of ``count`` calls."""
    taken = []
    for number in range(count):
        begin = time.perf_counter()
        action(number)
        taken.append(1000 * (time.perf_counter() - begin))
    return taken


def spread(values: list[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "p99": ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]}


def bare_insert(directory: Path) -> Callable[[int], Any]:
    """One committed insert into a table of one column, with the same journal and flushing."""
    connection = sqlite3.connect(directory / "bare", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE bare (x)")

    def insert(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare VALUES (?)", ("x" * 200,))
        connection.execute("COMMIT")

    return insert


def train_for_ever(executor: Processes, request: ModelRequest) -> Callable[[], None]:
    """Keep every worker learning; call the result to stop."""
    running = True

    def again(_: Future[Any]) -> None:
        if running:
            executor.submit(model_round, request).add_done_callback(again)

    def stop() -> None:
        nonlocal running
        running = False

    for _ in range(os.cpu_count() or 1):
        executor.submit(model_round, request).add_done_callback(again)
    return stop


def keys_while_training(directory: Path, settings: Settings) -> dict[str, Any]:
    """A key until it is on disk, with a trainer on every core, beside a bare committed insert."""
    executor = Processes(os.cpu_count() or 1)
    try:
        items = executor.submit(open_items, settings.spec()).result()
        truth = items.truth or ()
        session = LabelSession.create(
            directory / "keys.session", replace(settings, fingerprint=items.fingerprint, classes=items.classes), items, "bench"
        )
        for row in items.pool[:40]:
            session.label(items.ids[row], truth[row])
        request = session.describe()
        assert request is not None
        stop = train_for_ever(executor, request)
        insert, pool = bare_insert(directory), items.pool[40:]
        bare, keys = [], []
        for number in range(KEYS):  # in turns, so that both meet the same disk
            bare += timed(lambda _, number=number: insert(number), 1)
            keys += timed(lambda _, row=pool[number]: session.label(items.ids[row], truth[row]), 1)
        stop()
        session.close()
    finally:
        executor.shutdown()
    ratio = spread(keys)["p99"] / spread(bare)["p99"]
    return {"key_to_disk_ms": spread(keys), "bare_insert_ms": spread(bare), "p99_ratio": ratio}


def a_model_for_every_key(directory: Path, settings: Settings, labels: int = 65) -> dict[str, Any]:
    """From a key to the next item, chosen by a model that knows it: commit, send, learn, choose, return, log."""
    executor = Processes(1)
    try:
        items = executor.submit(open_items, settings.spec()).result()
        truth = items.truth or ()
        session = LabelSession.create(
            directory / "rounds.session",
            replace(settings, fingerprint=items.fingerprint, classes=items.classes),
            items,
            "bench",
        )

        def key(_: int) -> None:
            offer = session.next()
            assert offer is not None
            session.label(offer.item, truth[offer.row])
            request = session.request()
            assert request is not None
            refused = session.accept(request, executor.submit(model_round, request).result())
            assert refused is None, refused
            session.next()

        taken = timed(key, labels)
        assert session.reply is not None
        result = {"first_key_ms": taken[0], "key_to_next_item_ms": spread(taken[1:]), "accuracy": session.reply.accuracy}
        session.close()
    finally:
        executor.shutdown()
    return result


def many_labels(directory: Path, settings: Settings, count: int) -> dict[str, Any]:
    """Opening a session of ``count`` labels, a key in it, and how memory grows."""
    path = directory / f"{count}.session"
    made = replace(settings, fingerprint="0" * 32, classes=tuple("0123456789"))
    with SessionFile.create(path, made, "bench") as file:
        for begin in range(0, count, 5000):
            block = range(begin, min(count, begin + 5000))
            file.append([Labelled(f"{number:016x}", number % 10) for number in block], "bench")
    begin_time = time.perf_counter()
    with SessionFile.open(path) as file:
        opened = time.perf_counter() - begin_time
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        keys = timed(lambda number: file.append([Relabelled(f"{number:016x}", (number + 1) % 10)], "bench"))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "labels": count,
        "open_s": opened,
        "key_ms": spread(keys),
        "memory_growth": after / before - 1,
        "file_mb": path.stat().st_size / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learner", default=Settings("", "", ()).learner)
    parser.add_argument("--strategy", default=Settings("", "", ()).strategy)
    parser.add_argument("--start", default=Settings("", "", ()).start)
    parser.add_argument("--out", type=Path, default=Path("labelling"))
    options = parser.parse_args()
    settings = Settings("digits", "", (), options.learner, options.strategy, start=options.start)
    with tempfile.TemporaryDirectory(dir=options.out.absolute().parent) as name:
        directory = Path(name)
        keys = keys_while_training(directory, settings)
        rounds = a_model_for_every_key(directory, settings)
        small, large = many_labels(directory, settings, 1000), many_labels(directory, settings, 100_000)
    rows = [
        (
            "key → on disk, trainer on every core, ms",
            f"{keys['key_to_disk_ms']['median']:.2f}",
            f"{keys['key_to_disk_ms']['p99']:.2f}",
        ),
        (
            "bare committed insert, same time, ms",
            f"{keys['bare_insert_ms']['median']:.2f}",
            f"{keys['bare_insert_ms']['p99']:.2f}",
        ),
        ("ratio of the two at p99", "", f"{keys['p99_ratio']:.2f}"),
        (
            f"key → next item, {options.learner} + {options.strategy}, ms",
            f"{rounds['key_to_next_item_ms']['median']:.0f}",
            f"{rounds['key_to_next_item_ms']['p99']:.0f}",
        ),
        ("key in a session of 1,000 labels, ms", f"{small['key_ms']['median']:.2f}", f"{small['key_ms']['p99']:.2f}"),
        ("key in a session of 100,000 labels, ms", f"{large['key_ms']['median']:.2f}", f"{large['key_ms']['p99']:.2f}"),
        ("opening 100,000 ÷ opening 1,000", f"{large['open_s'] / small['open_s']:.0f}", ""),
        ("growth of memory over 300 keys at 100,000", f"{large['memory_growth']:.1%}", ""),
    ]
    table = "| what | median | p99 |\n|---|---|---|\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    document = {"settings": {"learner": options.learner, "strategy": options.strategy, "start": options.start}}
    document |= {"keys": keys, "rounds": rounds, "small": small, "large": large}
    options.out.with_suffix(".json").write_text(json.dumps(document, indent=2) + "\n")
    options.out.with_suffix(".md").write_text(table)
    print(table)


if __name__ == "__main__":
    main()
