"""Reading 60,000 × 784 numbers of one's own, with identities, beside loading and hashing them. Run by hand:

    python benchmarks/own_arrays.py

Numbers as float64 in a `.npy` file (376 MB, read where they lie) and as levels of 28×28 pictures (47 MB). Three things take
turns, each in a process of its own on one thread: `np.load` and one pass of blake2b over the rows; the reader with the identity
of every item; and the first items of the reader, which wait for no identity of the others. Medians of the rounds, and of their
ratios. Writes results/own_arrays.json and .md.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from report import write

ROUNDS, ITEMS = 5, 60_000
ONE = "--one"


def one(what: str, path: str) -> None:
    """Do it once, and print what it took."""
    import hashlib
    from itertools import count

    from al_core.compute.one_thread import one_thread
    from al_core.data.kinds import read_dataset
    from al_core.data.opened import open_dataset, read_on
    from al_core.data.origin import Origin

    with one_thread():
        begin, wall = time.process_time(), time.perf_counter()
        if what == "bare":
            digests = [hashlib.blake2b(row.tobytes(), digest_size=8).hexdigest() for row in np.load(path)]
        elif what == "reader":
            digests = list(read_dataset(path, ("a", "b"), "pixels").item_ids)
        else:
            origin = Origin(path, ("a", "b"), "pixels")
            for _ in count():
                if (far := read_on(origin, 0.001)) is None or far.first:
                    break
            digests = list(
                open_dataset(origin if far is None else Origin(path, ("a", "b"), "pixels", first=far.first)).item_ids
            )
        print(time.process_time() - begin, time.perf_counter() - wall, len(digests))


def seconds(what: str, path: Path) -> tuple[float, float, int]:
    """Of the processor, of the clock, and how many items."""
    command = [sys.executable, __file__, ONE, what, str(path)]
    cpu, wall, items = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(cpu), float(wall), int(items)


def main() -> None:
    """Measure, print, and write."""
    rows = []
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as place:
        for name, array in (
            ("float64", rng.normal(size=(ITEMS, 784))),
            ("pictures", rng.integers(0, 256, (ITEMS, 28, 28), dtype=np.uint8)),
        ):
            path = Path(place) / f"{name}.npy"
            np.save(path, array)
            found = [{what: seconds(what, path) for what in ("bare", "reader", "first")} for _ in range(ROUNDS + 1)][1:]
            ratios = [round_["reader"][0] / round_["bare"][0] for round_ in found]
            took = {what: statistics.median(round_[what][0] for round_ in found) for what in ("bare", "reader")}
            note = f"{min(ratios):.2f} to {max(ratios):.2f}; {took['reader']:.2f} s ÷ {took['bare']:.2f} s of CPU"
            bar = "≤ 1.5" if name == "float64" else "–"
            rows.append(
                (
                    f"{ITEMS:,} × 784, {name}: reading with identities ÷ (np.load + blake2b)",
                    statistics.median(ratios),
                    bar,
                    note,
                )
            )
            first = statistics.median(round_["first"][1] for round_ in found)
            whole = statistics.median(round_["reader"][1] for round_ in found)
            note = f"{found[0]['first'][2]:,} items, while the others are read; all take {whole:.2f} s"
            rows.append((f"{name}: to the first items, s by the clock", first, "< all", note))
    write("own_arrays", rows)


if __name__ == "__main__":
    one(*sys.argv[2:]) if sys.argv[1:2] == [ONE] else main()
