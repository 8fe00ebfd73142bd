"""Labels until half of a rare class is found, and what looking for one costs where none is rare.

    python benchmarks/rare_class.py [--seeds 50]                 digits
    python benchmarks/rare_class.py --texts [--seeds 20]         texts, on Debian

Digits with 8 made rare: of its items only so many are kept, drawn by the seed, that they are 2 % of all. The protocol's split
and start, batch 10, logistic regression. Counted is when half of the eights of pool and start are labelled. Then plain digits,
labels 20 to 120: the mean accuracy beside that of `auto`. Writes results/rare_class.json and .md.

Texts are those of `texts.py`, 1,500 of the four largest files of fortunes and so many of the fifth that they are 2 %, drawn by
the seed; what they are described by is fitted on all of the five files without labels. Writes results/rare_class_texts.json and
.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from report import write
from texts import fortunes

from al_core.compute.one_thread import one_thread
from al_core.data.dataset import Dataset
from al_core.data.kinds import load_dataset
from al_core.data.readers.bundled import load_digits
from al_core.data.text_features import fitted_texts
from al_core.ground.seeding import stable_seed
from al_core.measures.statistics import mean_interval
from al_core.run.round import Known, accuracy, fit, query_context
from al_core.strategies.registry import resolve_strategy
from al_core.task.spec import TaskSpec
from al_core.task.split import Task, split

RARE, SHARE = 8, 0.02
FILES, TEXTS = 5, 1500
Row = tuple[str, float, str, str]
STRATEGIES = ("rare_class", "auto", "margin", "random")


def with_rare(seed: int, rare: int = RARE, share: float = SHARE) -> Dataset:
    """Digits with so few of one class that they are a share of all."""
    return load_dataset(f"digits(rare={rare},share={share},seed={seed})")


def rare_texts() -> Callable[[int], Dataset]:
    """Makes a data set of texts of which the last class is rare, from a seed."""
    with tempfile.TemporaryDirectory() as made:
        texts, labels, _ = fortunes(Path(made), 0, FILES)
    X = fitted_texts("texts", texts, len(texts))[0]

    def drawn(seed: int) -> Dataset:
        rng = np.random.default_rng(stable_seed("rare texts", seed))
        usual = rng.permutation(np.flatnonzero(labels < FILES - 1))[:TEXTS]
        rare = rng.permutation(np.flatnonzero(labels == FILES - 1))[: round(SHARE / (1 - SHARE) * TEXTS)]
        rows = np.sort(np.concatenate([usual, rare]))
        return Dataset("fortunes", X[rows], labels[rows])

    return drawn


def labels_to_half(task: Task, name: str, label: int = RARE) -> int:
    """Labels when half of the rare items that there are to find are labelled."""
    y, known, strategy = task.y, task.initial, resolve_strategy(name)
    wanted = -(-np.count_nonzero(y[np.union1d(task.pool, known)] == label) // 2)
    stream = 0
    while np.count_nonzero(y[known] == label) < wanted:
        known = _asked(task, known, strategy, stream)
        stream += 1
    return len(known)


def _asked(task: Task, known: np.ndarray, strategy: object, stream: int) -> np.ndarray:
    given = Known(task.y, known, task.y[known], np.setdiff1d(task.pool, known))
    rng = np.random.default_rng(stable_seed("strategy", task.spec.seed, str(strategy), stream))
    context = query_context(task, given, fit(task, known, given.labels, stream), rng, stream)
    chosen = strategy.choose(context, min(10, len(given.candidates))).indices  # type: ignore[attr-defined]
    return np.union1d(known, given.candidates[chosen])


def mean_accuracy(task: Task, name: str) -> float:
    """Mean test accuracy over 20, 30, … 120 labels."""
    known, found = task.initial, []
    for stream in range(11):
        found.append(accuracy(task, fit(task, known, task.y[known], stream)) or 0.0)
        known = _asked(task, known, resolve_strategy(name), stream)
    return float(np.mean(found))


def found_by(needed: dict[str, list[int]]) -> list[Row]:
    """Labels until half is found, by strategy, and how many fewer `rare_class` needs than each of the others."""
    rows = []
    for name in STRATEGIES:
        bar = "≤ 0.5 of random" if name == "rare_class" else ""
        of = np.mean(needed[name]) / np.mean(needed["random"])
        rows.append(
            (f"{name}, labels until half of the class is found", float(np.mean(needed[name])), bar, f"{of:.2f} of random")
        )
    for name in STRATEGIES[1:]:
        gap = mean_interval([float(a - b) for a, b in zip(needed[name], needed["rare_class"], strict=True)], name=name)
        assert gap is not None
        note = "" if gap.low is None else f"95 % interval {gap.low:+.1f} to {gap.high:+.1f}, {len(needed[name])} seeds"
        rows.append((f"rare_class needs fewer than {name} by", float(gap.value or 0.0), "", note))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--texts", action="store_true", help="a rare class of texts, and nothing else")
    asked = parser.parse_args()
    seeds = range(asked.seeds)
    needed: dict[str, list[int]] = {name: [] for name in STRATEGIES}
    plain: dict[str, list[float]] = {"rare_class": [], "auto": []}
    with one_thread():
        made = rare_texts() if asked.texts else with_rare
        for seed in seeds:
            spec = replace(TaskSpec(), seed=seed)
            rare = split(made(seed), spec)
            for name in STRATEGIES:
                needed[name].append(labels_to_half(rare, name, FILES - 1 if asked.texts else RARE))
            if not asked.texts:
                usual = split(load_digits(), spec)
                for name in plain:
                    plain[name].append(100 * mean_accuracy(usual, name))
    rows = found_by(needed)
    if not asked.texts:
        gap = mean_interval([a - b for a, b in zip(plain["rare_class"], plain["auto"], strict=True)], name="plain")
        assert gap is not None
        note = "" if gap.low is None else f"95 % interval {gap.low:+.2f} to {gap.high:+.2f}; auto {np.mean(plain['auto']):.1f}"
        rows.append(("plain digits, rare_class − auto, points over labels 20 to 120", float(gap.value or 0.0), "≥ −1", note))
    if asked.texts:
        write("rare_class_texts", rows, f"rare_class.py --texts --seeds {asked.seeds}")
    else:
        write("rare_class", rows)


if __name__ == "__main__":
    main()
