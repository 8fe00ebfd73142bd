"""Learners and strategies over 22 data sets, paired seeds: is the default the right one where nobody knows which is?

    python benchmarks/datasets.py --seeds 4                                     all comparators, to choose from
    python benchmarks/datasets.py --learners auto --strategies auto --seeds 34  learner and strategy `auto`
    python benchmarks/datasets.py --best --first-seed 4 --seeds 30              of each set the one that was chosen
    python benchmarks/datasets.py --report                                      the tables again, of what is there
    python benchmarks/datasets.py --csv DIRECTORY                               the 21 tables, for `al-tui bench`

Each set is read as the program reads a table of one's own (MNIST as pictures), and of each at most 3,000 items of the pool and
2,000 to test by are kept, drawn by the seed. A run starts with typical items, one for each class and at least 5, and asks ten
times for max(5, classes) labels. Every cell is one run: a learner, a strategy, a set, a seed. Cells are kept as they come, in
results/datasets.json, so it can be stopped and goes on; results/datasets.md is written of whatever is there, and says of how
many seeds that is.

The comparators are the learners of the program at their defaults, each with margin and with random. Of each set the best is
chosen on seeds 0 to 3 and compared on seeds 4 to 33; ranks are those of all comparators on seeds 0 to 3, on which nothing was
chosen for `auto`. Half of the sets is for choosing how `auto` works, the other half was only reported.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from itertools import islice
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
COMPARATORS = [(learner, strategy) for learner in LEARNERS for strategy in COMPARED if learner != "auto"]
OURS = ("auto", "auto")
SETS = tuple(sorted(keel.everything()))
CHOSEN_ON = SETS[::2]
FILE = RESULTS / "datasets.json"
CHOOSING, REPORTED = range(4), range(4, 34)
"""Seeds on which the comparator of a set is chosen, and those on which it is compared."""
Cells = dict[str, list[list[float]]]
Pair = tuple[str, str]


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


def cells() -> Cells:
    """What is there: curves by set, seed, learner and strategy."""
    found: Cells = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def key(name: str, seed: int, learner: str, strategy: str) -> str:
    return f"{name} {seed} {learner} {strategy}"


def keep(found: Cells) -> None:
    """Written whole or not at all; a line for each cell."""
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found))
    part = FILE.with_suffix(".part")
    part.write_text("{\n" + lines + "\n}\n")
    part.replace(FILE)


def compute(todo: Iterator[tuple[str, int, list[Pair]]], until: float, jobs: int) -> None:
    """Run what is to do, ``jobs`` sets at once, and keep every set as it comes."""
    found = cells()
    with ProcessPoolExecutor(jobs) as pool:
        running = {pool.submit(runs, *job) for job in islice(todo, jobs)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                found |= future.result()
                keep(found)
                if time.time() < until:
                    running |= {pool.submit(runs, *job) for job in islice(todo, 1)}


def runs(name: str, seed: int, pairs: Sequence[Pair]) -> Cells:
    """Curves of some pairs on one set and seed."""
    there: Cells = {}
    with one_thread():
        split = Split(keel.read_set(name), seed)
        for pair in pairs:
            begin = time.process_time()
            curve = split.run(*pair)
            there[key(name, seed, *pair)] = [[labels, round(share, 4)] for labels, share in curve]
            took = time.process_time() - begin
            print(f"{key(name, seed, *pair)}: {100 * area(curve):.1f} ({took:.1f} s)", file=sys.stderr, flush=True)
    return there


def missing(
    sets: Sequence[str], seeds: Sequence[int], pairs: Sequence[Pair], *, best: bool
) -> Iterator[tuple[str, int, list[Pair]]]:
    """What is not there yet, set by set of each seed; of each set only its comparator where ``best``."""
    found = cells()
    chosen = {name: [chosen_on(found, name)[0]] if best else pairs for name in sets}
    for seed in seeds:
        for name in sets:
            if todo := [pair for pair in chosen[name] if key(name, seed, *pair) not in found]:
                yield name, seed, todo


def comparators_of(found: Cells, name: str, seeds: Sequence[int]) -> dict[Pair, list[float]]:
    """AULC of all comparators that have run on all ``seeds`` of a set."""
    return {
        pair: scores(found, name, pair, seeds) for pair in COMPARATORS if all(key(name, seed, *pair) in found for seed in seeds)
    }


def chosen_on(found: Cells, name: str) -> tuple[Pair, int]:
    """The best comparator of a set, by its mean on the seeds for choosing, and of how many it is."""
    of = comparators_of(found, name, CHOOSING)
    if not of:
        raise SystemExit(f"{name}: no comparator has run on seeds 0 to 3 yet; run --seeds 4 first")
    return max(of, key=lambda pair: statistics.fmean(of[pair])), len(of)


def area(curve: Sequence[Sequence[float]]) -> float:
    found = aulc([(int(labels), share) for labels, share in curve])
    assert found is not None
    return found


def scores(found: Cells, name: str, pair: Pair, seeds: Sequence[int]) -> list[float]:
    """AULC in points, seed by seed."""
    return [100 * area(found[key(name, seed, *pair)]) for seed in seeds]


def in_common(found: Cells, everyone: dict[str, Sequence[Pair]], seeds: Sequence[int]) -> list[int]:
    """Those seeds on which all of each set have run: a seed that is there for quick sets alone would let these speak louder."""
    return [seed for seed in seeds if all(key(name, seed, *pair) in found for name in SETS for pair in everyone[name])]


def table(found: Cells, ours: Pair) -> str:
    """A row for each set beside the comparator that was chosen for it, and what they say together."""
    chosen = {name: chosen_on(found, name) for name in SETS}
    seeds = in_common(found, {name: (ours, chosen[name][0]) for name in SETS}, REPORTED)
    if not seeds:
        return "No seed of which all sets are there.\n"
    rows, gaps = [], dict[str, float]()
    for name, (best, of) in chosen.items():
        mine, theirs = scores(found, name, ours, seeds), scores(found, name, best, seeds)
        interval = mean_interval([one - other for one, other in zip(mine, theirs, strict=True)], name=name)
        assert interval is not None
        assert interval.value is not None
        gaps[name] = interval.value
        between = "" if interval.low is None else f"{interval.low:+.1f} to {interval.high:+.1f}"
        both = f"{statistics.fmean(mine):.1f}", f"{' + '.join(best)} (of {of}) {statistics.fmean(theirs):.1f}"
        rows.append([name, "chosen on" if name in CHOSEN_ON else "apart", *both, f"{interval.value:+.1f}", between])
    head = ["set", "half", "ours", "best comparator on seeds 0 to 3", "ours − it", "95 % interval"]
    text = [f"{len(seeds)} seeds, {seeds[0]} to {seeds[-1]}.\n", markdown(head, rows)]
    for half, names in {
        "all sets": list(gaps),
        "sets chosen on": [name for name in gaps if name in CHOSEN_ON],
        "sets apart": [name for name in gaps if name not in CHOSEN_ON],
    }.items():
        text.append(verdict(half, [gaps[name] for name in names]))
    return "\n".join(text)


def ranks(found: Cells, ours: Pair) -> str:
    """Mean ranks over sets of all that have run on the seeds for choosing, and Friedman's test."""
    there = [pair for pair in COMPARATORS if in_common(found, dict.fromkeys(SETS, (ours, pair)), CHOOSING) == list(CHOOSING)]
    means = {
        " + ".join(pair): [statistics.fmean(scores(found, name, pair, CHOOSING)) for name in SETS] for pair in (ours, *there)
    }
    ranked = friedman(means, " + ".join(ours))
    if ranked is None:
        return ""
    order = sorted(ranked.ranks.items(), key=lambda item: item[1])
    holm = {name: ranked.p_holm.get(name) for name, _ in order}
    listed = ((name, f"{rank:.2f}", "" if holm[name] is None else f"{holm[name]:.3f}") for name, rank in order)
    text = f"Friedman's chi-square over {len(SETS)} sets, seeds 0 to 3: {ranked.chi2:.1f}, p = {ranked.p_value:.2g}.\n\n"
    return text + markdown(["", "mean rank", "p against ours, Holm"], list(map(list, listed)))


def verdict(half: str, gaps: Sequence[float]) -> str:
    above, far = sum(gap >= -1.5 for gap in gaps), sum(gap >= -3 for gap in gaps)
    median = f"median difference {statistics.median(gaps):+.2f} points"
    return f"{half}: {median}, at least −1.5 on {above} of {len(gaps)}, at least −3 on {far} of {len(gaps)}.\n"


def report() -> None:
    found = cells()
    text = [
        "# datasets\n",
        f"`python benchmarks/datasets.py`; {len(found)} runs. AULC in points; see the head of the program.\n",
    ]
    for ours in (OURS, ("auto", "margin")):
        text.append(f"## {' + '.join(ours)}\n\n{table(found, ours)}\n{ranks(found, ours)}")
    (RESULTS / "datasets.md").write_text("\n".join(text))
    print("\n".join(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--learners", default="/".join(LEARNERS), help="apart by /")
    parser.add_argument("--strategies", default=",".join(COMPARED))
    parser.add_argument("--best", action="store_true", help="of each set only the comparator that was chosen for it")
    parser.add_argument("--jobs", type=int, default=2, help="sets at once")
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
        todo = missing(chosen.sets.split(","), seeds, pairs, best=chosen.best)
        compute(todo, time.time() + 60 * chosen.minutes, chosen.jobs)
    report()


if __name__ == "__main__":
    main()
