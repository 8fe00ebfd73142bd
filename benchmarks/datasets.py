"""Learners and strategies over 22 data sets, paired seeds: is the default the right one where nobody knows which is?

    python benchmarks/datasets.py --seeds 5                               everything, as far as it is not there yet
    python benchmarks/datasets.py --sets banana,vowel --learners auto     some of it
    python benchmarks/datasets.py --report                                the tables again, of what is there
    python benchmarks/datasets.py --csv DIRECTORY                         the 21 tables only, for `al-tui bench DIRECTORY/*.csv`

Each set is read as the program reads a table of one's own (MNIST as pictures), and of each at most 3,000 items of the pool and
2,000 to test by are kept, drawn by the seed. A run starts with typical items, one for each class and at least 5, and asks ten
times for max(5, classes) labels. Every cell is one run: a learner, a strategy, a set, a seed. Cells are kept as they come, in
results/datasets.json, so it can be stopped and goes on; results/datasets.md is written of whatever is there, and says of how
many seeds that is.

The comparators are the learners of the program at their defaults, each with margin and with random. For each seed the best of
them is chosen on the other seeds. Half of the sets is for choosing how `auto` works, the other half was only reported.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keel
import numpy as np
from report import RESULTS

from al_core.compute.one_thread import one_thread
from al_core.data.dataset import Dataset, IntArray
from al_core.ground.seeding import stable_seed
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.measures.curves import aulc
from al_core.measures.statistics import friedman, mean_interval
from al_core.reports.tables import markdown
from al_core.strategies.registry import QueryContext, resolve_strategy
from al_core.task.starts import typical

POOL, TEST, ROUNDS, LEAST = 3000, 2000, 10, 5
LEARNERS = ("auto", "gaussian_field", "logistic", "random_forest", "svm", "soft_vote(gaussian_field,random_forest)", "knn",
            "naive_bayes", "mlp")  # fmt: skip
COMPARED = ("margin", "random")
OURS = ("auto", "auto")
SETS = tuple(sorted(keel.everything()))
CHOSEN_ON = SETS[::2]
FILE = RESULTS / "datasets.json"


class Split:
    """One set and one seed: test rows, the rest, and the typical ones that all runs start with."""

    def __init__(self, data: Dataset, seed: int) -> None:
        from sklearn.model_selection import train_test_split

        rest, test = train_test_split(data.known, test_size=0.3, stratify=data.y[data.known], random_state=seed)
        rng = np.random.default_rng(stable_seed("datasets", seed))
        self.data, self.seed = data, seed
        self.test = np.sort(rng.permutation(test)[:TEST])
        self.rest = np.sort(rng.permutation(rest)[:POOL])
        self.classes = len(data.classes)
        clusters: Any = SimpleNamespace(X=data.X, classes=range(max(LEAST, self.classes)))
        self.start = np.sort(typical(clusters, self.rest, seed))
        self.memo: dict[Any, Any] = {}

    def run(self, learner: str, strategy: str) -> list[tuple[int, float]]:
        """Labels and test accuracy, round by round."""
        data, known = self.data, self.start
        learns, asks = resolve_learner(learner), resolve_strategy(strategy)
        curve = []
        for stream in range(ROUNDS + 1):

            def fit(rows: IntArray, labels: IntArray, stream: int = stream) -> Any:
                seed = ("learner", self.seed, stream)
                return learns.fit(Training(data.X, rows, labels, self.classes, self.rest, seed, self.memo))

            model = fit(known, data.y[known])
            curve.append((len(known), float(np.mean(model.predict(self.test) == data.y[self.test]))))
            if stream == ROUNDS:
                return curve
            rng = np.random.default_rng(stable_seed("strategy", self.seed, str(asks), stream))
            open_ = np.setdiff1d(self.rest, known)
            context = QueryContext(model, data.X, open_, known, data.y[known], self.classes, rng, self.memo, refit=fit)
            known = np.union1d(known, open_[asks.choose(context, max(LEAST, self.classes)).indices])
        return curve


def cells() -> dict[str, list[list[float]]]:
    """What is there: curves by set, seed, learner and strategy."""
    found: dict[str, list[list[float]]] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def key(name: str, seed: int, learner: str, strategy: str) -> str:
    return f"{name} {seed} {learner} {strategy}"


def keep(found: dict[str, list[list[float]]]) -> None:
    """Written whole or not at all; a line for each cell."""
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found))
    part = FILE.with_suffix(".part")
    part.write_text("{\n" + lines + "\n}\n")
    part.replace(FILE)


def compute(sets: Sequence[str], seeds: Sequence[int], pairs: Sequence[tuple[str, str]], until: float) -> None:
    found = cells()
    for seed in seeds:
        for name in sets:
            todo = [pair for pair in pairs if key(name, seed, *pair) not in found]
            if not todo:
                continue
            split = Split(keel.read_set(name), seed)
            for pair in todo:
                if time.time() > until:
                    return
                begin = time.process_time()
                curve = split.run(*pair)
                found[key(name, seed, *pair)] = [[labels, round(share, 4)] for labels, share in curve]
                keep(found)
                took = time.process_time() - begin
                print(f"{key(name, seed, *pair)}: {100 * area(curve):.1f} ({took:.1f} s)", file=sys.stderr, flush=True)


def area(curve: Sequence[Sequence[float]]) -> float:
    found = aulc([(int(labels), share) for labels, share in curve])
    assert found is not None
    return found


def scores(found: dict[str, list[list[float]]], name: str, pair: tuple[str, str], seeds: Sequence[int]) -> list[float]:
    """AULC in points, seed by seed."""
    return [100 * area(found[key(name, seed, *pair)]) for seed in seeds]


def best_elsewhere(of: dict[tuple[str, str], list[float]], place: int) -> tuple[str, str]:
    """Who is best on all seeds but one; the only seed there is, where it is the only one."""
    others = [index for index in range(len(next(iter(of.values())))) if index != place] or [place]
    return max(of, key=lambda pair: statistics.fmean(of[pair][index] for index in others))


def in_common(found: dict[str, list[list[float]]], everyone: Sequence[tuple[str, str]]) -> dict[str, list[int]]:
    """The seeds of each set on which all have run; where every set has some, only those that all sets have.

    A seed that is finished on the quick sets alone would let these speak louder.
    """
    there = {name: [seed for seed in range(1000) if all(key(name, seed, *pair) in found for pair in everyone)] for name in SETS}
    if all(there.values()):
        shared = set.intersection(*map(set, there.values()))
        there = {name: sorted(shared) for name in SETS} if shared else there
    return {name: seeds for name, seeds in there.items() if seeds}


def table(found: dict[str, list[list[float]]], ours: tuple[str, str], comparators: Sequence[tuple[str, str]]) -> str:
    """A row for each set on which all of them have some seeds in common, and what they say together."""
    rows, means, gaps = [], dict[str, list[float]](), dict[str, float]()
    for name, seeds in in_common(found, (ours, *comparators)).items():
        of = {pair: scores(found, name, pair, seeds) for pair in comparators}
        mine = scores(found, name, ours, seeds)
        gap = [mine[place] - of[best_elsewhere(of, place)][place] for place in range(len(seeds))]
        interval = mean_interval(gap, name=name)
        assert interval is not None
        assert interval.value is not None
        gaps[name] = interval.value
        best = max(of, key=lambda pair: statistics.fmean(of[pair]))
        between = "" if interval.low is None else f"{interval.low:+.1f} to {interval.high:+.1f}"
        own = f"{statistics.fmean(mine):.1f}"
        rows.append([name, "chosen on" if name in CHOSEN_ON else "apart", str(len(seeds)), own,
                     f"{best[0]} + {best[1]} {statistics.fmean(of[best]):.1f}", f"{interval.value:+.1f}", between])  # fmt: skip
        for pair, values in {ours: mine, **of}.items():
            means.setdefault(" + ".join(pair), []).append(statistics.fmean(values))
    head = ["set", "half", "seeds", "ours", "best comparator, on all seeds", "ours − best of other seeds", "95 % interval"]
    text = [markdown(head, rows)]
    for half, names in {
        "all sets": list(gaps),
        "sets chosen on": [name for name in gaps if name in CHOSEN_ON],
        "sets apart": [name for name in gaps if name not in CHOSEN_ON],
    }.items():
        if names:
            text.append(verdict(half, [gaps[name] for name in names]))
    ranked = friedman(means, " + ".join(ours)) if len(gaps) > 1 else None
    if ranked is not None:
        order = sorted(ranked.ranks.items(), key=lambda item: item[1])
        holm = {name: ranked.p_holm.get(name) for name, _ in order}
        listed = ((name, f"{rank:.2f}", "" if holm[name] is None else f"{holm[name]:.3f}") for name, rank in order)
        text.append(f"Friedman's chi-square over {len(gaps)} sets: {ranked.chi2:.1f}, p = {ranked.p_value:.2g}.\n")
        text.append(markdown(["", "mean rank", "p against ours, Holm"], list(map(list, listed))))
    return "\n".join(text)


def verdict(half: str, gaps: Sequence[float]) -> str:
    above, far = sum(gap >= -1.5 for gap in gaps), sum(gap >= -3 for gap in gaps)
    median = f"median difference {statistics.median(gaps):+.2f} points"
    return f"{half}: {median}, at least −1.5 on {above} of {len(gaps)}, at least −3 on {far} of {len(gaps)}.\n"


def report() -> None:
    found = cells()
    there = {tuple(name.split(" ")[2:]) for name in found}
    text = [
        "# datasets\n",
        f"`python benchmarks/datasets.py`; {len(found)} runs. AULC in points; see the head of the program.\n",
    ]
    for ours in (OURS, ("auto", "margin"), ("soft_vote(gaussian_field,random_forest)", "margin")):
        comparators = [(learner, strategy) for learner in LEARNERS for strategy in COMPARED if learner != "auto"]
        comparators = [pair for pair in comparators if pair in there and pair != ours]
        if ours in there and comparators:
            text.append(f"## {' + '.join(ours)}\n\n{table(found, ours, comparators)}")
    (RESULTS / "datasets.md").write_text("\n".join(text))
    print("\n".join(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--learners", default="/".join(LEARNERS), help="apart by /")
    parser.add_argument("--strategies", default=",".join(COMPARED))
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so many")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--csv", type=Path, help="write the tables there, and nothing else")
    chosen = parser.parse_args()
    if chosen.csv is not None:
        chosen.csv.mkdir(parents=True, exist_ok=True)
        for name in keel.NAMES:
            print(keel.write_csv(name, keel.fetched(), chosen.csv))
        return
    if not chosen.report:
        pairs = [(learner, strategy) for learner in chosen.learners.split("/") for strategy in chosen.strategies.split(",")]
        seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
        with one_thread():
            compute(chosen.sets.split(","), seeds, pairs, time.time() + 60 * chosen.minutes)
    report()


if __name__ == "__main__":
    main()
