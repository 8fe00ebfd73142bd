"""Bytes that leave for a terminal of 120×40, counted on a pseudo-terminal. Run by hand:

    python benchmarks/bytes_sent.py

Twenty-four answers to digits, and to colour pictures of noise, of which no two cells are alike; a race of five strategies at
its default pace. Beside each, the same with frames as Textual would send them: what spares bytes is taken out of the program.
Writes results/bytes_sent.json and .md.
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pexpect
import pyte
from report import write

ANSWERS = 24
FIRST, WATCHED = 6.0, 20.0
"""Seconds of a race that are its beginning, and those that it is watched for."""
PLAIN = """
import sys
from al_tui.shell.sparing import OnScreen
OnScreen.sparing = lambda self, update: update
from al_tui.main import main
sys.exit(main())
"""
"""The program, with frames sent as Textual makes them."""


class Desk:
    """A program behind a terminal that is read."""

    def __init__(self, home: str, words: list[str], *, plain: bool) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": home}
        for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "COLUMNS", "LINES", "NO_COLOR"):
            environment.pop(name, None)  # type: ignore[arg-type]
        program = ["-c", PLAIN] if plain else ["-m", "al_tui"]
        self._child = pexpect.spawn(
            sys.executable, [*program, *words], dimensions=(40, 120), env=environment, cwd=home, encoding="utf-8", timeout=60
        )
        self._screen = pyte.Screen(120, 40)
        self._stream = pyte.Stream(self._screen)
        self.sent = 0

    def read(self, seconds: float) -> bool:
        """Take what comes within so many seconds; False when nothing does."""
        try:
            text = self._child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return False
        self.sent += len(text.encode())
        self._stream.feed(text)
        return True

    def until(self, pattern: str) -> None:
        """Read until the screen shows it, and nothing more is drawn for a second."""
        end = time.monotonic() + 120
        while re.search(pattern, "\n".join(self._screen.display)) is None:
            self.read(0.2)
            if time.monotonic() > end:
                sys.exit(f"never saw {pattern}")
        while self.read(1.0):
            pass

    def press(self, key: str) -> None:
        """Press a key."""
        self._child.send(key)

    def leave(self) -> None:
        """Leave the program, and take what it says to the last."""
        self.press("q")
        with contextlib.suppress(pexpect.EOF):
            while True:
                self.read(1.0)


def answers(words: list[str], keys: str, shown: str, *, plain: bool) -> list[int]:
    """Bytes for each answer, until the next item stands there and the model knows."""
    out = []
    with tempfile.TemporaryDirectory() as home:
        desk = Desk(home, ["label", *words, "--audit", "0", "--session", f"{home}/bytes.session"], plain=plain)
        desk.until(shown)
        for number, key in enumerate(keys, 1):
            before = desk.sent
            desk.press(key)
            desk.until(rf"\b{number} labels? ·.* model knows every answer")
            out.append(desk.sent - before)
        desk.leave()
    return out


def race(*, plain: bool) -> tuple[float, float]:
    """Kilobytes of the first seconds of a race, and those of a second after them."""
    with tempfile.TemporaryDirectory() as home:
        desk = Desk(home, ["--session", f"{home}/bytes.session"], plain=plain)
        begin, first = time.monotonic(), 0
        while (now := time.monotonic() - begin) < WATCHED:
            desk.read(0.1)
            if now < FIRST:
                first = desk.sent
        rate = (desk.sent - first) / (WATCHED - FIRST)
        desk.leave()
    return first / 1000, rate / 1000


def main() -> None:
    """Measure, print, and write."""
    from PIL import Image

    rows: list[tuple[str, float, str, str]] = []

    def told(what: str, bar: str, ours: float, theirs: float, note: str = "") -> None:
        rows.append((what, ours, bar, f"{theirs:.1f} as Textual sends it{note}"))

    with tempfile.TemporaryDirectory() as place:
        pots = Path(place) / "pots"
        pots.mkdir()
        rng = np.random.default_rng(0)
        for number in range(ANSWERS + 6):
            Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(pots / f"{number}.png")
        digits, noise = "1234567890" * 3, "12" * ANSWERS
        scenes = (
            ("a digit", "≤ 15", [], digits[:ANSWERS], "0 labels(?s:.)*0  1  2"),
            ("a picture of noise", "≤ 40", [str(pots), "--classes", "a,b"], noise[:ANSWERS], "0 labels(?s:.)*1 a"),
        )
        for what, bar, words, keys, shown in scenes:
            ours, theirs = (answers(words, keys, shown, plain=plain) for plain in (False, True))
            told(f"{what} answered, kB, the most", bar, max(ours) / 1000, max(theirs) / 1000)
            told(f"{what} answered, kB, median", "", statistics.median(ours) / 1000, statistics.median(theirs) / 1000)
    first, rate = zip(race(plain=False), race(plain=True), strict=True)
    told(f"the first {FIRST:.0f} s of a race, kB", "≤ 120", *first)
    told("a race at its default pace, kB a second", "≤ 15", *rate, f"; seconds {FIRST:.0f} to {WATCHED:.0f}")
    write("bytes_sent", rows)


if __name__ == "__main__":
    main()
