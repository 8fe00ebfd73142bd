"""How the dashboard feels: first paint, event-loop lag, key latency, idle CPU. Run by hand:

    python benchmarks/dashboard.py

Every figure is a ratio or a share measured within this run, both sides interleaved. Writes results/dashboard.json and .md.
"""

from __future__ import annotations

import asyncio
import json
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyte
from report import write

EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("Test accuracy")
Empty().run()
"""
PROBE = "--probe"
MAP_BESIDE = 9
"""Strategies up to which the map stands beside their list at 120 × 40; with more, m shows it in its place."""
FLOOR = """
import asyncio, statistics, sys, threading, time
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
async def watch():
    lags = []
    while not over.is_set():
        begin = time.monotonic()
        await asyncio.sleep(0.01)
        lags.append(time.monotonic() - begin - 0.01)
    print(statistics.quantiles(lags, n=100)[98])
asyncio.run(watch())
"""


def spawn(command: list[str], home: str) -> tuple[int, int]:
    """Start a command behind a new pseudo-terminal of 120 × 40; returns its process id and our side of the terminal."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", HOME=home, COLUMNS="120", LINES="40")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as in a person's shell: what ran once is compiled
        os.execv(command[0], command)
    return pid, fd


def read_until(fd: int, words: bytes, keys: Callable[[], None] = lambda: None, seconds: float = 120) -> bytes:
    """Read the terminal until it has shown ``words``; calls ``keys`` whenever there is nothing to read."""
    seen, end = b"", time.monotonic() + seconds
    while words not in seen:
        if time.monotonic() > end:
            raise TimeoutError(words)
        if select.select([fd], [], [], 0.05)[0]:
            try:
                seen = (seen + os.read(fd, 65536))[-200_000:]
            except OSError:
                break
        else:
            keys()
    return seen


def read_until_shown(fd: int, words: str, seconds: float = 120) -> None:
    """Read the terminal until ``words`` stand on its screen, in however many pieces they were written."""
    screen = pyte.Screen(120, 40)
    stream, end = pyte.ByteStream(screen), time.monotonic() + seconds
    while words not in "\n".join(screen.display):
        if time.monotonic() > end:
            raise TimeoutError(f"never saw {words!r} on\n" + "\n".join(screen.display))
        if select.select([fd], [], [], 0.05)[0]:
            stream.feed(os.read(fd, 65536))


def first_paint(command: list[str], home: str) -> float:
    """Seconds from starting the command to its first painted words."""
    begin = time.perf_counter()
    pid, fd = spawn(command, home)
    read_until(fd, b"Test accuracy")
    seconds = time.perf_counter() - begin
    os.write(fd, b"\x11q")
    _drain(pid, fd)
    return seconds


def cpu_seconds(pid: int) -> float:
    """User and system seconds of one process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_share(keys: bytes, wait: str, args: list[str], home: str, seconds: float = 20.0) -> float:
    """Share of a core that the screen's process uses while nothing happens."""
    pid, fd = spawn([sys.executable, "-m", "al_tui", *args], home)
    read_until_shown(fd, wait)
    os.write(fd, keys)
    _read_for(fd, 4.0)
    before = cpu_seconds(pid)
    _read_for(fd, seconds)
    share = (cpu_seconds(pid) - before) / seconds
    os.write(fd, b"q")
    _drain(pid, fd)
    return share


def lag_and_keys(home: str, strategies: int) -> dict[str, float]:
    """p99 of event-loop lag and of key → handled, in seconds, while so many runs race on two workers and keys are pressed, with
    the map on the screen.

    A bare event loop in a process of its own, at the same time, says how much of the lag is the machine's.
    """
    out = Path(home, f"probe-{strategies}.json")
    floor = subprocess.Popen([sys.executable, "-c", FLOOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pid, fd = spawn([sys.executable, __file__, PROBE, str(out), str(strategies)], home)
    presses = [b"\x1b[C", b"\x1b[B", b"\x1b[D", b"\x1b[A"]
    count = 0

    def press() -> None:
        nonlocal count
        os.write(fd, presses[count % 4])
        count += 1

    due = time.monotonic()
    while not out.exists():
        if select.select([fd], [], [], 0.05)[0]:
            os.read(fd, 65536)
        if time.monotonic() > due:
            press()
            due = time.monotonic() + 0.1
    bare = float(floor.communicate("")[0])
    os.write(fd, b"q")
    _drain(pid, fd)
    return {key: float(value) for key, value in json.loads(out.read_text()).items()} | {"floor": bare}


def probe(out: Path, strategies: int) -> None:
    """The real app, with a coroutine that measures how late the event loop wakes it and a hook that times keys."""
    from textual import events

    from al_core.compute.processes import Processes
    from al_core.strategies.registry import strategies as all_strategies
    from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec
    from al_tui.app import AlTui
    from al_tui.background.race import Engine
    from al_tui.background.workers import Workers
    from al_tui.requests.race import log_file

    lags: list[float] = []
    keys: list[float] = []

    class Probed(AlTui):
        async def on_event(self, event: events.Event) -> None:
            await super().on_event(event)
            if isinstance(event, events.Key):
                keys.append(time.monotonic() - event.time)

        def start_engine(self) -> None:
            super().start_engine()
            self.run_worker(self.watch())
            if len(self.engine.strategies) > MAP_BESIDE:
                self.screen.action_map()

        async def watch(self) -> None:
            await asyncio.sleep(6.0)
            lags.clear(), keys.clear()
            while not self.engine.view.done and len(lags) < 1500:
                begin = time.monotonic()
                await asyncio.sleep(0.01)
                lags.append(time.monotonic() - begin - 0.01)
            result = {"lag_p99": p99(lags), "key_p99": p99(keys), "lags": len(lags), "keys": len(keys)}
            out.with_suffix(".part").write_text(json.dumps(result))
            out.with_suffix(".part").rename(out)

    log = log_file()
    names = tuple(dict.fromkeys((*DEFAULT_STRATEGIES, *(each.info.name for each in all_strategies()))))[:strategies]
    assert len(names) == strategies
    engine = Engine(TaskSpec(), names, lambda: Processes(2, log=log), 1.5, workers=Workers(2))
    Probed(engine, log).run()
    engine.close()


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def _read_for(fd: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([fd], [], [], left)[0]:
            os.read(fd, 65536)


def _drain(pid: int, fd: int) -> None:
    try:
        while os.read(fd, 65536):
            pass
    except OSError:
        pass
    os.close(fd)
    os.waitpid(pid, 0)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        ours = [str(Path(sys.executable).with_name("al-tui"))]
        empty = [sys.executable, "-c", EMPTY]
        first_paint(ours, home), first_paint(empty, home)
        pairs = [(first_paint(ours, home), first_paint(empty, home)) for _ in range(15)]
        mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
        felt, many = lag_and_keys(home, 4), lag_and_keys(home, 18)
        finished = idle_share(b"", "One seed: a preview", ["--pace", "max", "--budget", "40"], home)
        paused = idle_share(b" ", "asks about these", ["--pace", "1.5"], home)
    rows = [
        ("first paint ÷ first paint of an empty Textual app", mine / theirs, "≤ 1.15", f"{mine:.3f} s ÷ {theirs:.3f} s"),
        (
            "event-loop lag, p99, four runs, with the map",
            felt["lag_p99"],
            "≤ 0.020 s",
            f"{felt['lags']:.0f} samples",
        ),
        ("event-loop lag, p99, 18 runs, with the map", many["lag_p99"], "≤ 0.020 s", f"{many['lags']:.0f} samples"),
        ("the same of a bare event loop beside it", many["floor"], "", "what the machine adds"),
        ("key → handled, p99, the same race", felt["key_p99"], "≤ 0.050 s", f"{felt['keys']:.0f} keys"),
        ("CPU of the screen's process when finished", finished, "≤ 0.01 of a core", "20 s"),
        ("CPU of the screen's process when paused", paused, "≤ 0.01 of a core", "20 s"),
    ]
    write("dashboard", rows)


if __name__ == "__main__":
    probe(Path(sys.argv[2]), int(sys.argv[3])) if PROBE in sys.argv else main()
