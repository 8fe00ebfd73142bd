<<<<<<< HEAD
"""What labelling costs: a key until it is on disk, a model that learns after every key, a session of 100,000 labels.

Run by hand, on a machine that does nothing else: ``python benchmarks/labelling.py [--learner …] [--strategy …] [--start …]
[--out NAME]`` writes NAME.json and NAME.md. Absolute times depend on the machine and its disk; ratios are of one run.
=======
"""How labelling feels: key to disk, key to the next item, and a session with a hundred thousand labels. Run by hand:

    python benchmarks/labelling.py

Keys are pressed through a pseudo-terminal into the real app, while one worker learns after every key and another computes all
the time. The bare insert is one row committed into a database of its own beside the session, interleaved with the keys.
Writes results/labelling.json and .md.
>>>>>>> label
"""

from __future__ import annotations

<<<<<<< HEAD
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
=======
import asyncio
import json
import os
import select
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dashboard import p99, spawn
from report import write

PROBE = "--probe"
LARGE = "--large"
KEYS = 300
LABELS = 100_000


def probe(out: Path) -> None:
    """The real app, with the person's answer replaced by the true class, and hooks that take the time."""
    from textual import events

    from al_core.executors import Processes
    from al_core.sessions.actions import Settings
    from al_core.sessions.labelling import LabelSession
    from al_core.sessions.model import model_round
    from al_tui.cli import log_file
    from al_tui.label_app import LabelApp
    from al_tui.labeller import Begin, Labeller
    from al_tui.screens.label import LabelScreen

    committed: list[float] = []
    bare: list[float] = []
    drawn: list[float] = []
    pressed: list[float] = []
    database = sqlite3.connect(out.with_suffix(".bare"), isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE event (value TEXT)")

    def insert() -> None:
        begin = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO event VALUES (?)", ("x" * 200,))
        database.execute("COMMIT")
        bare.append(time.perf_counter() - begin)

    answer = LabelScreen._answer
    paint = LabelScreen._paint

    def truly(self: LabelScreen, session: LabelSession, label: int | None) -> None:
        offer = session.offer
        assert session.items.truth is not None
        answer(self, session, label if offer is None else session.items.truth[offer.row])

    def painted(self: LabelScreen) -> None:
        paint(self)
        if pressed and self.offer is not None:
            self.call_after_refresh(seen, pressed[-1])

    def seen(begin: float) -> None:
        if pressed and pressed[-1] == begin:
            pressed.clear()
            drawn.append(time.monotonic() - begin)
            insert()

    label = LabelSession.label

    def timed(self: LabelSession, *args: Any) -> bool | None:
        agreed = label(self, *args)
        if pressed:
            committed.append(time.monotonic() - pressed[-1])
        return agreed

    LabelScreen._answer, LabelScreen._paint, LabelSession.label = truly, painted, timed  # type: ignore[method-assign]

    class Probed(LabelApp):
        async def on_event(self, event: events.Event) -> None:
            if isinstance(event, events.Key) and event.key.isdecimal():
                pressed[:] = [event.time]
            await super().on_event(event)

        def on_mount(self) -> None:
            super().on_mount()
            self.run_worker(self.watch())

        async def watch(self) -> None:
            while len(drawn) < KEYS:
                await asyncio.sleep(0.2)
                session = self.labeller.session
                if session is not None and (request := session.describe()) is not None:
                    await asyncio.wrap_future(executor.submit(model_round, request))
            warm = 20
            result = {
                "committed": p99(committed[warm:]),
                "median": statistics.median(committed[warm:]),
                "bare": p99(bare[warm:]),
                "drawn": p99(drawn[warm:]),
                "drawn_median": statistics.median(drawn[warm:]),
                "keys": len(drawn),
            }
            out.with_suffix(".part").write_text(json.dumps(result))
            out.with_suffix(".part").rename(out)

    log = log_file()
    executor = Processes(2, log=log)
    begin = Begin(Settings("digits", "", ()), "bench", out.with_suffix(".session"))
    Probed(Labeller(begin, executor), log).run()
    executor.shutdown(wait=False)


def keys(home: str) -> dict[str, float]:
    """Press digits, a few a second as a quick person does, until the probe has seen enough."""
    out = Path(home, "probe.json")
    pid, fd = spawn([sys.executable, __file__, PROBE, str(out)], home)
    count = 0
    while not out.exists():
        end = time.monotonic() + 0.2
        while (left := end - time.monotonic()) > 0:
            if select.select([fd], [], [], left)[0]:
                os.read(fd, 65536)
        os.write(fd, b"%d" % (count % 10))
        count += 1
    os.write(fd, b"q")
    try:
        while os.read(fd, 65536):
            pass
    except OSError:
        pass
    os.waitpid(pid, 0)
    return {key: float(value) for key, value in json.loads(out.read_text()).items()}


def large(path: Path, labels: int) -> None:
    """Open a session with so many labels, press keys, and print what it took; in a process of its own, for its memory."""
    import resource

    from al_core.sessions.labelling import LabelSession

    items = _items()
    begin = time.perf_counter()
    session = LabelSession.resume(path, items, "bench")
    opened = time.perf_counter() - begin
    session.next()
    before = _resident()
    times = []
    for number in range(1000):
        offer = session.next()
        assert offer is not None
        begin = time.perf_counter()
        session.label(offer.item, number % 10)
        session.next()
        session.progress()
        session.hints()
        times.append(time.perf_counter() - begin)
    grown = _resident() / before - 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"opened": opened, "grown": grown, "key": p99(times), "labels": session.ledger.labelled, "peak": peak}))
    session.close()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


def _items() -> Any:
    from al_core.sessions.items import Items

    rows = LABELS + 10_000
    ids = tuple(f"{row:016x}" for row in range(rows))
    return Items("many", "m" * 32, tuple("0123456789"), ids, (), tuple(range(rows)), None)


def _fill(path: Path, labels: int) -> None:
    from al_core.sessions.actions import Labelled, Settings
    from al_core.sessions.store import SessionFile

    items = _items()
    with SessionFile.create(path, Settings(items.dataset, items.fingerprint, items.classes), "bench") as file:
        order = items.shuffled(0)[:labels]
        for start in range(0, labels, 1000):
            file.append([Labelled(item, at % 10) for at, item in enumerate(order[start : start + 1000])], "bench")


def sizes(home: str) -> dict[int, dict[str, float]]:
    """What `large` says of a session with a thousand labels and of one with a hundred thousand."""
    import subprocess

    found = {}
    for labels in (1000, LABELS):
        path = Path(home, f"{labels}.session")
        _fill(path, labels)
        command = [sys.executable, __file__, LARGE, str(path), str(labels)]
        found[labels] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        felt = keys(home)
        size = sizes(home)
    few, many = size[1000], size[LABELS]
    note = f"{felt['keys']:.0f} keys; median"
    rows = [
        ("key → committed, p99, workers on both cores", felt["committed"], "≤ 0.025 s", f"{note} {felt['median']:.4f} s"),
        (
            "the same ÷ a bare committed insert, p99",
            felt["committed"] / felt["bare"],
            "≤ 5, or the above",
            f"{felt['bare']:.4f} s",
        ),
        ("key → next item on the screen, p99", felt["drawn"], "≤ 0.150 s", f"{note} {felt['drawn_median']:.4f} s"),
        (
            "100,000 labels: opening ÷ that of 1,000, per label",
            many["opened"] / few["opened"] / 100,
            "≤ 1",
            f"{many['opened']:.2f} s ÷ {few['opened']:.3f} s",
        ),
        ("100,000 labels: memory after 1,000 more keys", many["grown"], "< 0.05", "share of growth since opening"),
        ("100,000 labels: p99 of a key ÷ that at 1,000", many["key"] / few["key"], "about 1", f"{many['key']:.4f} s"),
    ]
    write("labelling", rows)


if __name__ == "__main__":
    if PROBE in sys.argv:
        probe(Path(sys.argv[2]))
    elif LARGE in sys.argv:
        large(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
>>>>>>> label
