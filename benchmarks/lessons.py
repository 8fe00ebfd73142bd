"""Lessons at once on one machine: memory and processor time of one, and from the key of an answer to the answer. Run by hand:

    python benchmarks/lessons.py [--lessons 30] [--every]

Each of them is `al-tui learn rare-class` in a terminal of 80×24 of its own, as a pupil starts it, up to where its question has
been raced: all at the same time, and afterwards the first few anew, one after the other, while the others stand open. With
--every also the questions of all twelve lessons, each lesson alone, from its first key on.
Writes results/lessons.json and .md.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pexpect
import pyte
from report import write

from al_core.lessons.bundled import bundled_lessons, short_name
from al_core.lessons.lesson import Lesson

FEW = 5
READING, QUESTION, CHOOSING = 20.0, 3.0, 2.0
"""Seconds for which somebody reads and nothing happens; those in which they read a question; and those in which its answers."""
ANSWERED = r"✓ As you expected|✗ Not "
FIRST = "rare-class"
MEGABYTE = 1024
"""Kilobytes, which /proc counts in."""


class Pupil:
    """Somebody who takes a lesson, behind a terminal that is read."""

    def __init__(self, home: str, lesson: str) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": home}
        for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "COLUMNS", "LINES", "NO_COLOR"):
            environment.pop(name, None)  # type: ignore[arg-type]
        command = ["-m", "al_tui", "learn", lesson]
        self._child = pexpect.spawn(sys.executable, command, dimensions=(24, 80), env=environment, cwd=home)
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def terminal(self) -> int:
        """Our side of the terminal."""
        return int(self._child.child_fd)

    def take(self) -> None:
        """Draw what has come."""
        with contextlib.suppress(OSError):
            self._stream.feed(os.read(self.terminal, 65536))

    def sees(self, pattern: str) -> bool:
        """Whether the screen shows it."""
        return re.search(pattern, "\n".join(self._screen.display)) is not None

    def press(self, key: str) -> None:
        """Press a key."""
        self._child.send(key)

    def leave(self) -> None:
        """Leave the program."""
        self.press("q")
        with contextlib.suppress(pexpect.EOF, pexpect.TIMEOUT):
            while True:
                self._child.read_nonblocking(65536, timeout=10)
        self._child.close(force=True)

    @property
    def processes(self) -> list[int]:
        """The program, and everybody it has started."""
        found, new = [], [int(self._child.pid)]
        while new:
            found += new
            new = [int(child) for pid in new for tasks in Path(f"/proc/{pid}/task").iterdir() for child in _children(tasks)]
        return found

    @property
    def memory(self) -> dict[str, float]:
        """MB of all its processes: as each counts them, with shared parts shared out, and those that are nobody else's."""
        lines = [line.split() for pid in self.processes for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
        sums = {name: sum(int(line[1]) for line in lines if line[0] == f"{name}:") / MEGABYTE for name in ("Rss", "Pss")}
        return {**sums, "Private": sum(int(line[1]) for line in lines if line[0].startswith("Private_")) / MEGABYTE}

    @property
    def seconds(self) -> float:
        """Processor time of all its processes, and of those that are over."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.processes]
        return sum(int(field) for fields in stats for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except OSError:
        return []


def read(room: Sequence[Pupil], seconds: float) -> None:
    """Take what any of them draws next, if that comes within so many seconds."""
    there, _, _ = select.select([pupil.terminal for pupil in room], [], [], seconds)
    for pupil in room:
        if pupil.terminal in there:
            pupil.take()


def watch(room: Sequence[Pupil], seconds: float) -> None:
    """Read for so long."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        read(room, left)


def until(room: Sequence[Pupil], who: Sequence[Pupil], pattern: str, seconds: float = 600) -> list[float]:
    """Read until the screens of ``who`` show it; returns how long that took for each, in the order in which it did."""
    begin, left, took = time.monotonic(), list(who), []
    while left:
        read(room, 1.0)
        for pupil in [one for one in left if one.sees(pattern)]:
            left.remove(pupil)
            took.append(time.monotonic() - begin)
        if time.monotonic() - begin > seconds:
            sys.exit(f"never saw {pattern}")
    return took


def press(room: Sequence[Pupil], who: Sequence[Pupil], key: str, pattern: str) -> list[float]:
    """Have them press a key, and wait until it has done what it does."""
    for pupil in who:
        pupil.press(key)
    return until(room, who, pattern)


def to_the_question(room: Sequence[Pupil], who: Sequence[Pupil], lesson: Lesson, at: int, begun: int = 0) -> list[float]:
    """Have them go on to the answers of a question, and say how long each step took to stand there."""
    took = []
    for number in range(begun + 2, at + 2):
        took += press(room, who, "\r", rf" {number}/{len(lesson.steps)} ")
    watch(room, QUESTION)
    press(room, who, "\r", "What do you expect")
    watch(room, CHOOSING)
    return took


def everyone(count: int, home: str) -> list[tuple[str, float, str, str]]:
    """So many lessons at once."""
    lesson = next(one for one in bundled_lessons() if short_name(one) == FIRST)
    at = next(number for number, step in enumerate(lesson.steps) if step.question is not None)
    room = [Pupil(home, FIRST) for _ in range(count)]
    try:
        begun = max(until(room, room, "paused"))
        to_the_question(room, room, lesson, at)
        together = press(room, room, "\r", ANSWERED)
        used = [pupil.seconds for pupil in room]
        watch(room, READING)
        memory = [pupil.memory for pupil in room]
        idle = [(pupil.seconds - before) / READING for pupil, before in zip(room, used, strict=True)]
        steps, alone = [], []
        for pupil in room[:FEW]:
            press(room, [pupil], "\x1b", "al-tui learn · how")
            press(room, [pupil], "\r", r" 1/\d+ ")
            steps += to_the_question(room, [pupil], lesson, at)
            alone += press(room, [pupil], "\r", ANSWERED)
    finally:
        for pupil in room:
            pupil.leave()
    one = {name: statistics.mean(each[name] for each in memory) for name in ("Pss", "Rss", "Private")}
    of = f"mean of {count}; with a worker for each of {os.cpu_count()} cores"
    return [
        (f"{count} lessons at once: memory of one, MB (Pss)", one["Pss"], "–", f"{of}; all {count}: {one['Pss'] * count:,.0f}"),
        ("of that nobody else's, MB (private)", one["Private"], "–", "what one more takes"),
        ("the same as other tools count, MB (RSS)", one["Rss"], "–", "shared parts counted in every process"),
        (
            "processor time of one, start to answer, s",
            statistics.mean(used),
            "–",
            f"all had begun after {begun:.0f} s; load {os.getloadavg()[0]:.1f}",
        ),
        ("share of a core while one reads", statistics.mean(idle), "≤ 0.01", f"{READING:.0f} s; the most {max(idle):.4f}"),
        (
            "Enter → the next step's words, s",
            max(steps),
            "≤ 0.3",
            f"the most of {len(steps)}; median {statistics.median(steps):.3f}",
        ),
        (
            "key → answer, one after the other, s",
            max(alone),
            "≤ 0.3",
            f"the most of {len(alone)}; median {statistics.median(alone):.3f}",
        ),
        ("key → answer, all at once, s", max(together), "–", f"the last of {count}; the first after {min(together):.3f}"),
    ]


def each(home: str) -> list[tuple[str, float, str, str]]:
    """The questions of every lesson, each lesson alone."""
    rows = []
    for number, lesson in enumerate(bundled_lessons(), 1):
        pupil = Pupil(home, str(number))
        room, begun, took = [pupil], 0, []
        try:
            until(room, room, "paused")
            for at in [at for at, step in enumerate(lesson.steps) if step.question is not None]:
                to_the_question(room, room, lesson, at, begun)
                took += press(room, room, "\r", ANSWERED)
                begun = at
        finally:
            pupil.leave()
        said = ", ".join(f"{seconds:.2f}" for seconds in took)
        rows.append((f"{short_name(lesson)}: key → answer, s", max(took), "≤ 0.3", f"alone; of each question: {said}"))
    return rows


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--lessons", type=int, default=FEW, help="how many at once")
    parser.add_argument("--every", action="store_true", help="the questions of every lesson as well")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        rows = everyone(asked.lessons, home)
        if asked.every:
            rows += each(home)
    command = f"lessons.py --lessons {asked.lessons}{' --every' if asked.every else ''}"
    write("lessons", rows, command)


if __name__ == "__main__":
    main()
