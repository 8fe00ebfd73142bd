"""From the command to the first answer on disk, in a folder that the program never saw. Run by hand:

    python benchmarks/first_answer.py

1,797 PNGs of digits, without a word about their classes, with nothing kept in the cache: the command is typed, the first item
is waited for, a key is pressed, and a second reader of the session looks until the answer is there. Beside it, in turn, what no
program of this kind can do without: an interpreter that loads scikit-learn's clustering, and decodes and hashes the files.
Medians of the rounds. Writes results/first_answer.json and .md.
"""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dashboard import read_until, spawn
from own_data import digits
from report import write

ROUNDS = 7
BARE = """
import hashlib, io, sys
from pathlib import Path
import numpy as np, sklearn.cluster
from PIL import Image
for path in sorted(Path(sys.argv[1]).iterdir()):
    content = path.read_bytes()
    hashlib.blake2b(content).digest(), np.asarray(Image.open(io.BytesIO(content)))
"""
DRAWN = b".png"
"""An item is there when the file that it is in is named."""


def answered(session: Path) -> bool:
    """Whether an answer can be read in the file."""
    try:
        with sqlite3.connect(f"file:{session}?mode=ro", uri=True) as file:
            found = file.execute("SELECT count(*) FROM event WHERE kind = 'label'").fetchone()[0] > 0
        file.close()
    except sqlite3.Error:
        return False
    return bool(found)


def labelled(folder: Path) -> tuple[float, float]:
    """Seconds to the first item, and to the answer on disk."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update({name: f"{home}/{name}" for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")})
        session = Path(home) / "first.session"
        command = [sys.executable, "-m", "al_tui", "label", str(folder), "--classes", ",".join("0123456789")]
        begin = time.perf_counter()
        pid, fd = spawn([*command, "--session", str(session)], home)
        read_until(fd, DRAWN)
        drawn = time.perf_counter() - begin
        os.write(fd, b"1")
        while not answered(session):
            if time.perf_counter() - begin > 60:
                sys.exit("no answer arrived on disk")
            if select.select([fd], [], [], 0.005)[0]:
                os.read(fd, 65536)
        seconds = time.perf_counter() - begin
        os.kill(pid, signal.SIGTERM)
        while True:  # what it says to the last must be taken off, or it waits
            try:
                if not os.read(fd, 65536):
                    break
            except OSError:
                break
        os.waitpid(pid, 0)
        os.close(fd)
    return drawn, seconds


def main() -> None:
    """Measure, print, and write."""
    from PIL import Image

    drawn, disk, bare = [], [], []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "scans"
        folder.mkdir()
        for number, picture in enumerate(digits()[0]):
            Image.fromarray(picture).save(folder / f"{number:04}.png")
        for number in range(ROUNDS + 1):
            first, then = labelled(folder)
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", BARE, str(folder)], check=True)
            if number:  # the very first compiles, and brings files into memory
                drawn.append(first)
                disk.append(then)
                bare.append(time.perf_counter() - begin)
    note = f"{min(disk):.2f} to {max(disk):.2f} s; {ROUNDS} rounds"
    write(
        "first_answer",
        [
            ("command → first item, 1,797 PNGs, s", statistics.median(drawn), "", f"{min(drawn):.2f} to {max(drawn):.2f}"),
            ("command → first answer on disk, s", statistics.median(disk), "≤ 3", note),
            ("loading clustering, decoding, hashing, s", statistics.median(bare), "", f"{min(bare):.2f} to {max(bare):.2f}"),
            ("answer ÷ that", statistics.median(a / b for a, b in zip(disk, bare, strict=True)), "", ""),
        ],
    )


if __name__ == "__main__":
    main()
