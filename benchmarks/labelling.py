"""How labelling feels: key to disk, key to the next item, and a session with a hundred thousand labels. Run by hand:

    python benchmarks/labelling.py

Keys are pressed through a pseudo-terminal into the real app, while one worker learns after every key and, where it says so,
another computes all the time. The bare insert is one row committed into a database of its own beside the session, interleaved
with the keys. Where the system lets it, the app's session is preferred to whatever else the machine does, so that not the
neighbours' processor time is measured; the disk is shared all the same. Writes results/labelling.json and .md.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import sqlite3
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard import p99, spawn
from report import write

PROBE = "--probe"
LARGE = "--large"
KEYS = 300
LABELS = 100_000


def probe(out: Path, busy: bool, word: str, *learner_strategy: str) -> None:
    """The real app over a data set or a folder, with every answer replaced by the true class, and hooks that take the time."""
    from textual import events

    from al_core.labelling.defaults import BY_DATA
    from al_core.labelling.model import model_round
    from al_core.labelling.session import LabelSession
    from al_core.sessions.actions import Settings
    from al_tui.background.labelling import Begin, Labeller
    from al_tui.cli.group import log_file
    from al_tui.label_app import LabelApp
    from al_tui.launch_label import open_workers
    from al_tui.screens.label.answers import Answers
    from al_tui.screens.label.screen import LabelScreen

    prefer()
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

    answer = Answers._answer
    paint = LabelScreen._paint

    def truly(self: Answers, session: LabelSession, label: int | None) -> None:
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

    Answers._answer, LabelScreen._paint, LabelSession.label = truly, painted, timed  # type: ignore[method-assign]

    class Probed(LabelApp):
        async def on_event(self, event: events.Event) -> None:
            if isinstance(event, events.Key) and event.key.isdecimal():
                pressed[:] = [event.time]
            await super().on_event(event)

        def on_mount(self) -> None:
            self.run_worker(self.watch())

        async def watch(self) -> None:
            while len(drawn) < KEYS:
                await asyncio.sleep(0.2)
                session = self.labeller.session
                if busy and session is not None and (request := session.describe()) is not None:
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
    executor = open_workers(None, log)
    named = BY_DATA if word == "digits" else ()  # of files what a person gets who says nothing
    settings = Settings(word, "", ())
    if learner_strategy:
        learner, strategy = learner_strategy
        settings, named = replace(settings, learner=learner, strategy=strategy), BY_DATA
    begin = Begin(settings, "bench", out.with_suffix(".session"), said=named)
    app = Probed(Labeller(begin, executor), log)
    app.run()
    executor.shutdown(wait=False)
    if app.refusal is not None:
        raise SystemExit(app.refusal)


def prefer() -> bool:
    """Ask the scheduler to prefer this terminal's session to others; only the superuser may."""
    try:
        Path("/proc/self/autogroup").write_text("-20")
    except OSError:
        return False
    return True


def keys(home: str, name: str, word: str = "digits", *learner_strategy: str) -> dict[str, float]:
    """Press digits, a few a second as a quick person does, until the probe called ``busy`` or otherwise has seen enough.

    Parameters
    ----------
    home, name : where the probe writes its times.
    word : the data set or folder.
    learner_strategy : both, or neither for what a person gets who names none.
    """
    out = Path(home, f"{name}.json")
    pid, fd = spawn([sys.executable, __file__, PROBE, str(out), word, *learner_strategy], home)
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

    from al_core.labelling.session import LabelSession

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
    from al_core.labelling.items import Items

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
        felt, quiet = keys(home, "busy"), keys(home, "quiet")
        size = sizes(home)
    few, many = size[1000], size[LABELS]
    load = f"load {os.getloadavg()[1]:.0f}{' beside a preferred session' if prefer() else ''}"
    note = f"{felt['keys']:.0f} keys, {load}; median"
    rows = [
        ("key → committed, p99, workers on both cores", felt["committed"], "≤ 0.025 s", f"{note} {felt['median']:.4f} s"),
        (
            "the same ÷ a bare committed insert, p99",
            felt["committed"] / felt["bare"],
            "≤ 5, or the above",
            f"{felt['bare']:.4f} s",
        ),
        ("key → next item on the screen, p99", quiet["drawn"], "≤ 0.150 s", f"median {quiet['drawn_median']:.4f} s"),
        ("the same, while another worker computes all the time", felt["drawn"], "–", f"median {felt['drawn_median']:.4f} s"),
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
        probe(Path(sys.argv[2]), Path(sys.argv[2]).stem == "busy", *sys.argv[3:])
    elif LARGE in sys.argv:
        large(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
