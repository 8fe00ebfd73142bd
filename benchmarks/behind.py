"""What it costs to ask before the model has learnt the last answer, as a quick person makes it happen. Run by hand:

    pip install -e '.[bench]' && python benchmarks/behind.py [--seeds 10]

Digits and MNIST 5k (as own_keys.py writes it) are labelled from ground truth with the defaults of `al-tui label` up to
5,000 items, once with every item chosen by the model that knows all answers, once from the twelfth on with every one chosen
before the model has learnt the answer before: what the screen does when its short wait is over each time. Test accuracy of
the latest model, paired by seed. Writes results/behind.json and .md.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from own_data import mnist, write_out
from report import write

from al_core import Labelling
from al_core.compute.one_thread import one_thread

SETS = {"digits": (15, 30, 65), "MNIST 5k": (25, 50, 100)}
"""By name: labels at which is measured."""
FIRST = 12


def labelled(word: str, path: Path, seed: int, behind: bool, at: tuple[int, ...]) -> list[float]:
    """Test accuracy at so many labels."""
    found = []
    choice = {"learner": "gaussian_field", "strategy": "expected_error_reduction"}
    with Labelling(word, path, seed=seed, audit=0.0, **choice) as labelling:
        session = labelling._session
        truth = session.items.truth
        assert truth is not None
        session.next()
        for count in range(1, max(at) + 1):
            offer = session.offer
            assert offer is not None
            session.label(offer.item, truth[offer.row])
            if behind and count >= FIRST:
                session.next()
            labelling._learn()
            if session.offer is None:
                session.next()
            if count in at:
                assert labelling.accuracy is not None
                found.append(labelling.accuracy)
    return found


def main() -> None:
    """Label, measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    rows = []
    with tempfile.TemporaryDirectory() as place, one_thread():
        write_out(Path(place) / "pots", *mnist())
        for name, at in SETS.items():
            word = "digits" if name == "digits" else str(Path(place) / "pots")
            runs = {
                behind: [labelled(word, Path(place, f"{name}{behind}{seed}"), 200 + seed, behind, at) for seed in range(seeds)]
                for behind in (False, True)
            }
            for number, labels in enumerate(at):
                known, late = ([run[number] for run in runs[behind]] for behind in (False, True))
                change = [after - before for before, after in zip(known, late, strict=True)]
                note = f"{statistics.mean(known):.4f} and {statistics.mean(late):.4f}; {seeds} seeds"
                note += f", standard error {statistics.stdev(change) / seeds**0.5:.4f}" if seeds > 1 else ""
                rows.append((f"{name}: accuracy lost at {labels} labels", -statistics.mean(change), "", note))
    write("behind", rows)


if __name__ == "__main__":
    main()
