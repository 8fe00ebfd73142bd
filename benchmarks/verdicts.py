"""How often a verdict is wrong, how often it is there when it should be, and how often an interval covers what it should.

    python benchmarks/verdicts.py [--bank DIR] [--seeds 2000] [--trials 1000]     fill the bank, compare, write results/verdicts
    python benchmarks/verdicts.py --no-fill                                      only compare what is there
    python benchmarks/verdicts.py --sample                                       write the part that is kept in data/

Runs are really computed, once (`bank.py`, which goes on where it was stopped); comparisons are drawn from them, with
replacement, so that the bank is the population: what a strategy truly saves is what it saves over the whole bank. For every
seed that is drawn it is drawn anew which stream of random plays the baseline and the candidate; under that shuffle random
against random has no difference. Savings, intervals and verdicts are the program's own. How intervals are made was chosen on
`CHOSEN_ON`; the other sets had no part in it.
"""

from __future__ import annotations

import argparse
import math
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import bank
import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import stdtrit

from al_core.comparison.documents import Saved
from al_core.comparison.savings import savings
from al_core.comparison.verdicts import Evidence, judge
from al_core.ground.seeding import stable_seed
from al_core.measures.curves import HELD_ROUNDS
from al_core.task.spec import TaskSpec

CHOSEN_ON = ("digits", "breast_cancer", "three_clouds")
SAMPLE = Path(__file__).parent / "data" / "verdict_bank.npz"
SAMPLE_SEEDS = 150
CANDIDATE = "candidate"
Row = tuple[str, float, str, str]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Runs:
    """The runs of one set at one target.

    Parameters
    ----------
    held : by stream or strategy, labels at which the target was held, one per seed; -1 where it was not.
    area : by the same names, areas under the curves as whole numbers, all on one scale.
    """

    name: str
    target: float
    budget: int
    held: Mapping[str, Ints]
    area: Mapping[str, Ints]

    @property
    def seeds(self) -> int:
        """How many there are."""
        return len(self.held["random"])

    @property
    def streams(self) -> list[str]:
        """The streams of random."""
        return [name for name in self.held if name.partition("#")[0] == "random"]

    @property
    def strategies(self) -> list[str]:
        """Everything else."""
        return [name for name in self.held if name not in self.streams]

    def spent(self, name: str) -> NDArray[np.float64]:
        """Labels to the target, the budget where it was not held."""
        return np.where(self.held[name] < 0, self.budget, self.held[name]).astype(float)

    def truth(self, strategy: str) -> float:
        """What a strategy saves over the whole bank."""
        base = np.mean([self.spent(stream) for stream in self.streams])
        return 0.0 if strategy in self.streams else float(1 - self.spent(strategy).mean() / base)


def runs_of(name: str, hits: Mapping[str, Ints], test: int, target: float, spec: TaskSpec | None = None) -> Runs:
    """What curves say at a target; ``hits`` has shape (seeds, rounds) by name."""
    spec = spec or bank.SETS[name].spec
    held, area = {}, {}
    for strategy, values in hits.items():
        above = values / test >= target
        run = np.logical_and.reduce([above[:, at : above.shape[1] - HELD_ROUNDS + 1 + at] for at in range(HELD_ROUNDS)])
        first = spec.budget - (values.shape[1] - 1) * spec.batch
        held[strategy] = np.where(run.any(axis=1), first + run.argmax(axis=1) * spec.batch, -1)
        area[strategy] = 2 * values.sum(axis=1) - values[:, 0] - values[:, -1]
    return Runs(name, target, spec.budget, held, area)


def curves(found: Mapping[int, Mapping[str, list[int]]], names: list[str]) -> dict[str, Ints]:
    """The curves of the seeds on which all of ``names`` were played, shape (seeds, rounds)."""
    seeds = [seed for seed in sorted(found) if all(name in found[seed] for name in names)]
    return {name: np.array([found[seed][name] for seed in seeds], dtype=np.int64) for name in names}


class Drawn(NamedTuple):
    """A comparison: who was judged, and what is truly saved."""

    saved: Saved
    verdict: str
    truth: float
    ours: NDArray[np.float64]
    theirs: NDArray[np.float64]


def draw(runs: Runs, strategy: str | None, seeds: int, trials: int, others: int = 0) -> Iterator[list[Drawn]]:
    """Comparisons of ``strategy``, or of one more random if None, and of ``others`` more that are random, with random."""
    for trial in range(trials):
        rng = np.random.default_rng(stable_seed("verdicts", runs.name, runs.target, strategy or "", seeds, others, trial))
        yield compared(runs, strategy, rng.integers(0, runs.seeds, seeds), rng, others)


def with_own_seeds(runs: Runs, strategy: str | None, seeds: int) -> Iterator[list[Drawn]]:
    """Comparisons that share no seed, as many as there are."""
    for start in range(0, runs.seeds - seeds + 1, seeds):
        rng = np.random.default_rng(stable_seed("own", runs.name, strategy or "", start))
        yield compared(runs, strategy, np.arange(start, start + seeds), rng, 0)


def compared(runs: Runs, strategy: str | None, chosen: Ints, rng: np.random.Generator, others: int) -> list[Drawn]:
    """One comparison over the seeds ``chosen``; for each it is drawn which stream plays which part."""
    needed = 1 + (strategy is None) + others
    parts = np.argsort(rng.random((len(chosen), len(runs.streams))), axis=1)[:, :needed]
    table = {True: np.array([runs.held[s] for s in runs.streams]), False: np.array([runs.area[s] for s in runs.streams])}
    mixed = {held: values[parts.T, chosen] for held, values in table.items()}
    names = [*([CANDIDATE] if strategy is None else []), *(f"other {number}" for number in range(others))]
    held = dict(zip(names, mixed[True][1:], strict=True))
    area = dict(zip(names, mixed[False][1:], strict=True))
    if strategy is not None:
        held[CANDIDATE], area[CANDIDATE] = runs.held[strategy][chosen], runs.area[strategy][chosen]
    base, base_area = mixed[True][0], mixed[False][0]
    pairs = {name: (_hits(values), _hits(base)) for name, values in held.items()}
    found = savings(pairs, runs.budget, list(pairs))
    drawn = []
    for name, saved in found.items():
        verdict = judge(_evidence(saved, float((area[name] - base_area).mean()), len(chosen)))[0]
        truth = runs.truth(strategy) if name == CANDIDATE and strategy is not None else 0.0
        drawn.append(Drawn(saved, verdict, truth, *(np.where(v < 0, runs.budget, v).astype(float) for v in (held[name], base))))
    return drawn


def _hits(values: Ints) -> list[int | None]:
    return [None if value < 0 else value for value in values.tolist()]


def _evidence(saved: Saved, area: float, seeds: int) -> Evidence:
    share = saved.share
    return Evidence(
        planned=seeds,
        paired=seeds,
        failed=0,
        saved=None if share.value is None or share.bounds is None else (share.value, *share.bounds),
        adjusted=saved.adjusted.bounds,
        area=area,
        alone=saved.alone or 0,
        baseline_alone=saved.alone_random or 0,
        control_paired=seeds,
    )


def covers(one: Drawn) -> bool:
    """Whether the 95 % interval holds the truth; where neither ever got there, there is no interval and nothing is missed."""
    low, high = one.saved.share.bounds or (-math.inf, math.inf)
    return low - 1e-12 <= one.truth <= high + 1e-12


def said(found: list[list[Drawn]]) -> float:
    """Share of comparisons in which some verdict is said."""
    return sum(any(one.verdict in ("saves", "costs") for one in bench) for bench in found) / len(found)


def t_test(one: Drawn) -> bool:
    """Whether a paired t-test of the same runs finds a saving."""
    difference = one.theirs - one.ours
    n, mean, spread = len(difference), difference.mean(), difference.std(ddof=1)
    return bool(mean > 0 and (spread == 0 or mean / spread * math.sqrt(n) >= stdtrit(n - 1, 0.975)))


def methods(found: list[list[Drawn]], resamples: int = 1000) -> dict[str, float]:
    """Coverage of three ways to make the interval: t on the logarithm of the ratio, t on the ratio, and BCa."""
    count: Counter[str] = Counter()
    for number, ((one, *_),) in enumerate(zip(found)):
        a, b, n = one.ours, one.theirs, len(one.ours)
        ratio = a.mean() / b.mean()
        reach = stats.t.isf(0.025, n - 1) * np.std(a - ratio * b, ddof=1) / b.mean() / math.sqrt(n)
        count["t on the logarithm"] += covers(one)
        count["t on the ratio"] += abs(1 - ratio - one.truth) <= reach + 1e-12
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            interval = stats.bootstrap(
                (a, b),
                lambda x, y, axis=-1: 1 - np.mean(x, axis=axis) / np.mean(y, axis=axis),
                paired=True,
                n_resamples=resamples,
                rng=np.random.default_rng(number),
            ).confidence_interval
        count["BCa"] += bool(interval.low - 1e-12 <= one.truth <= interval.high + 1e-12) or math.isnan(interval.low)
    return {name: hits / len(found) for name, hits in count.items()}


class Kept(NamedTuple):
    """The curves of one set: with few streams of random over all seeds, and with many over the first."""

    test: int
    few: dict[str, Ints]
    many: dict[str, Ints]


def kept(directory: Path, name: str) -> Kept:
    """What the bank has of one set."""
    found = bank.read(directory, name)
    few, strategies = bank.streams(bank.FEW), list(bank.SETS[name].strategies)
    test = len(bank.split(bank.dataset(name), bank.SETS[name].spec).test)
    return Kept(
        test,
        curves(found, [*few, *strategies]),
        curves(found, [*bank.streams(bank.MANY), *strategies]),
    )


def tell(name: str, what: Kept, trials: int) -> list[Row]:
    """The figures of one set."""
    rows: list[Row] = []
    spec = bank.SETS[name].spec
    for target in (spec.target, round(spec.target + 0.02, 3)):
        few, many = (runs_of(name, hits, what.test, target) for hits in (what.few, what.many))
        got = np.mean([few.held[stream] >= 0 for stream in few.streams])
        note = f"{name}, {few.seeds} seeds, target {target:g}, which random holds in {got:.0%} of runs"
        nothing = {seeds: list(draw(few, None, seeds, trials)) for seeds in (30, 60)}
        rows.append(("false alarms, 30 seeds", said(nothing[30]), "≤ 0.065", note))
        if len(many.streams) >= bank.MANY and many.seeds:
            whole = list(draw(many, None, 30, trials, others=17))
            rows.append(("false alarms, 18 random strategies", said(whole), "≤ 0.05", f"{name}, {many.seeds} seeds"))
        for strategy in few.strategies:
            for seeds in (30, 60):
                found = list(draw(few, strategy, seeds, trials))
                both = [nothing[seeds], found] if strategy == few.strategies[0] else [found]
                inside = np.mean([covers(one) for part in both for (one,) in part])
                where = f"{note}; {strategy} truly saves {few.truth(strategy):.0%}"
                rows.append((f"coverage, {seeds} seeds", float(inside), "0.925 to 0.975", where))
                if seeds == 30 and few.truth(strategy) >= 0.15:
                    rows += power(many, strategy, found, where, trials)
                if name in CHOSEN_ON and seeds == 30:
                    share = max(1, trials // 4)
                    rows += [(f"coverage by {how}", rate, "", where) for how, rate in methods(found[:share]).items()]
    if name == "digits":
        own = runs_of(name, what.few, what.test, spec.target)
        blocks = list(with_own_seeds(own, None, 30))
        rows.append(("false alarms, seeds of their own", said(blocks), "≤ 0.05", f"{len(blocks)} comparisons"))
        found = [one for (one,) in with_own_seeds(own, "margin", 30)]
        rows.append(("power, seeds of their own", np.mean([one.verdict == "saves" for one in found]), "", f"{len(found)}"))
    return rows


def power(many: Runs, strategy: str, found: list[list[Drawn]], where: str, trials: int) -> list[Row]:
    """How often a saving is said, beside a paired t-test of the same runs, alone and among seventeen that are random."""
    said_alone = np.mean([one.verdict == "saves" for (one,) in found])
    tested = np.mean([t_test(one) for (one,) in found])
    rows: list[Row] = [("power, one strategy", float(said_alone), f"≥ {tested - 0.05:.3f}", f"t-test {tested:.3f}; {where}")]
    if many.seeds and strategy in many.held:
        among = [bench[-1] for bench in draw(many, strategy, 30, trials // 4, others=17)]
        rate = np.mean([one.verdict == "saves" for one in among])
        rows.append(("power, among 18 strategies", float(rate), "", where))
    return rows


def pooled(rows: list[Row], what: str, bar: str, sets: tuple[str, ...], label: str) -> list[Row]:
    """The mean of a figure over sets and targets."""
    values = [value for name, value, _, note in rows if name == what and note.partition(",")[0] in sets]
    return [(f"{what}, pooled over {label}", float(np.mean(values)), bar, ", ".join(sets))] if values else []


def noisier(trials: int, seeds: int = 30) -> list[Row]:
    """A curve of the same mean with more noise, and one that is lucky once, against a steady one."""
    labels = np.arange(20, 330, 10)
    mean = 0.97 - 0.35 * np.exp(-labels / 70)
    rows: list[Row] = []
    for title, ours in (("σ .03 beside σ .008", 0.03), ("one lucky point, then .80", None)):
        count: Counter[str] = Counter()
        for trial in range(trials):
            rng = np.random.default_rng(stable_seed("noise", title, trial))
            theirs = np.round(540 * np.clip(mean + rng.normal(0, 0.008, (seeds, len(labels))), 0, 1)).astype(int)
            if ours is None:
                mine = np.full_like(theirs, 432)
                mine[:, 3] = 500
            else:
                mine = np.round(540 * np.clip(mean + rng.normal(0, ours, theirs.shape), 0, 1)).astype(int)
            runs = runs_of("made up", {"random": theirs, "random#2": theirs, "mine": mine}, 540, 0.9, TaskSpec())
            (one,) = compared(runs, "mine", np.arange(seeds), rng, 0)
            count[one.verdict] += 1
        rows += [
            (f"{title}: {word}", count[word] / trials, bar, "digits-like") for word, bar in (("saves", "≤ 0.05"), ("costs", ""))
        ]
    return rows


def write_sample(directory: Path) -> None:
    """Keep the first seeds of every set, few streams and margin, for the tests."""
    parts = {}
    for name in bank.SETS:
        what = kept(directory, name)
        parts |= {f"{name} {strategy}": hits[:SAMPLE_SEEDS].astype(np.uint16) for strategy, hits in what.few.items()}
        parts[f"{name} test"] = np.array(what.test)
    np.savez_compressed(SAMPLE, **parts)


def read_sample(name: str, target: float | None = None) -> Runs:
    """The runs of one set that are kept in the repository."""
    with np.load(SAMPLE, allow_pickle=False) as parts:
        hits = {key.split(" ", 1)[1]: parts[key].astype(np.int64) for key in parts if key.startswith(f"{name} ")}
    test = int(hits.pop("test"))
    return runs_of(name, hits, test, target or bank.SETS[name].spec.target)


def main() -> None:
    """Fill the bank, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bank", type=Path, default=bank.BANK)
    parser.add_argument("--seeds", type=int, default=bank.SEEDS)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--no-fill", action="store_true", help="compare what is there")
    parser.add_argument("--sample", action="store_true", help="only write the part that is kept in data/")
    options = parser.parse_args()
    if options.sample:
        write_sample(options.bank)
        return
    if not options.no_fill:
        bank.fill(options.bank, options.seeds, list(bank.SETS))
    rows: list[Row] = []
    for name in bank.SETS:
        rows += tell(name, kept(options.bank, name), options.trials)
    others = tuple(name for name in bank.SETS if name not in CHOSEN_ON)
    head: list[Row] = []
    for what, bar in (
        ("false alarms, 30 seeds", "≤ 0.05"),
        ("false alarms, 18 random strategies", "≤ 0.05"),
        ("coverage, 30 seeds", "0.94 to 0.965"),
        ("coverage, 60 seeds", "0.94 to 0.965"),
    ):
        head += pooled(rows, what, bar, others, "the sets that had no part in the choice")
        head += pooled(rows, what, "", CHOSEN_ON, "those it was made on")
    for how in ("t on the logarithm", "t on the ratio", "BCa"):
        head += pooled(rows, f"coverage by {how}", "", CHOSEN_ON, "those it was made on")
    from report import write  # the tests load this file from elsewhere

    write("verdicts", [*head, *noisier(options.trials), *rows])


if __name__ == "__main__":
    main()
