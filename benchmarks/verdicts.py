"""How often a verdict is wrong, and how often it is there when it should be.

Really computed runs stand in `data`: labels to target of several independent random streams and of some strategies, on the same
seeds. Intervals and verdicts are the program's own. Comparisons are made in two ways:

- `verdict_runs.json` has 6,000 seeds, so that each of 200 comparisons of 30 seeds has runs of its own: they are independent.
- `verdict_sample*.json` have 120 seeds, and other protocols and strategies. A comparison draws 30 seeds without replacement
  and, for every seed anew, which stream plays the baseline, which the A/A control and which the candidate; under that shuffle
  random against random has no difference, whatever the sample looks like. Comparisons share runs: the rates are those of these
  seeds.

    python benchmarks/verdicts.py                            compare, print, write results/verdicts.json and .md
    python benchmarks/verdicts.py --sample b.json r.json     make the first sample from documents of `al-tui bench --json`
    python benchmarks/verdicts.py --sample b.json --into benchmarks/data/verdict_sample_batch20.json     another file
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from al_core.comparison.verdicts import Evidence, judge
from al_core.ground.seeding import stable_seed
from al_core.measures.statistics import Interval, restricted, saved_interval

RUNS = Path(__file__).parent / "data" / "verdict_runs.json"
SAMPLES = sorted(RUNS.parent.glob("verdict_sample*.json"))
TRIALS = 200
Hits = list[int | None]


@dataclass(frozen=True)
class Sample:
    """Labels to target by stream or strategy, one entry per seed; None where the target was not reached."""

    budget: int
    target: float
    protocol: str
    streams: list[Hits]
    strategies: dict[str, Hits]


def load_sample(path: Path) -> Sample:
    """A sample kept in the repository."""
    document = json.loads(path.read_text(encoding="utf-8"))
    hits: dict[str, Hits] = document["labels_to_target"]
    streams = [values for name, values in hits.items() if name.partition("#")[0] == "random"]
    strategies = {name: values for name, values in hits.items() if name.partition("#")[0] != "random"}
    words = f"{document['dataset']}, {document['learner']}, batch {document['batch']}, budget {document['budget']}"
    return Sample(document["budget"], document["target"], words, streams, strategies)


@dataclass(frozen=True)
class Comparison:
    """Labels to target of random, of the A/A control and of the candidate, on the same seeds."""

    baseline: Hits
    control: Hits
    ours: Hits


def shuffled(sample: Sample, candidate: Hits | None, seeds: int, trials: int = TRIALS) -> Iterator[Comparison]:
    """Comparisons that share runs; ``candidate`` None is one more random stream."""
    for trial in range(trials):
        rng = np.random.default_rng(stable_seed("verdicts", candidate is None, seeds, trial))
        chosen = rng.choice(len(sample.streams[0]), size=seeds, replace=False)
        roles = [rng.permutation(len(sample.streams))[:3] for _ in chosen]
        baseline, control, third = (
            [sample.streams[role[i]][seed] for role, seed in zip(roles, chosen, strict=True)] for i in range(3)
        )
        yield Comparison(baseline, control, third if candidate is None else [candidate[seed] for seed in chosen])


def with_own_runs(sample: Sample, candidate: Hits | None, seeds: int, trials: int = TRIALS) -> Iterator[Comparison]:
    """Comparisons of which each has seeds, and so runs, of its own; ``candidate`` None is a third random stream."""
    assert seeds * trials <= len(sample.streams[0]), "not enough runs"
    for trial in range(trials):
        own = slice(seeds * trial, seeds * (trial + 1))
        baseline, control, third = (stream[own] for stream in sample.streams[:3])
        yield Comparison(baseline, control, third if candidate is None else candidate[own])


def verdict(one: Comparison, budget: int, name: str) -> tuple[str, Interval]:
    """The program's verdict on a comparison, and the saving."""
    base = restricted(one.baseline, budget)
    saved = saved_interval(restricted(one.ours, budget), base, name=name)
    band = saved_interval(restricted(one.control, budget), base, name=f"band of {name}")
    assert saved is not None
    evidence = Evidence(
        planned=len(base),
        paired=len(base),
        failed=0,
        saved=_bounds(saved),
        band=None if band is None else _bounds(band)[1:],
        reached=sum(hit is not None for hit in one.ours),
        baseline_reached=sum(hit is not None for hit in one.baseline),
        control_paired=len(base),
    )
    return judge(evidence)[0], saved


def verdicts(comparisons: Iterable[Comparison], budget: int) -> list[tuple[str, Interval]]:
    """The verdict on each, and the saving."""
    return [verdict(one, budget, f"trial {trial}") for trial, one in enumerate(comparisons)]


def shares(found: list[tuple[str, Interval]]) -> Rates:
    """How often what was said, and what one would say without verdicts."""
    count = Counter(word for word, _ in found)
    off = sum(abs(saved.estimate) >= 0.10 for _, saved in found)
    excludes = sum(low > 0 or high < 0 for _, low, high in (_bounds(saved) for _, saved in found))
    return Rates(*(number / len(found) for number in (count["saves"], count["costs"], count["none"], off, excludes)))


class Rates(NamedTuple):
    """Shares of comparisons: in which a verdict is said, the estimate is 10 % or more from zero, the interval excludes zero."""

    saves: float
    costs: float
    none: float
    off: float
    excludes: float


def _bounds(interval: Interval) -> tuple[float, float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.estimate, interval.low, interval.high


def make_sample(paths: list[Path], into: Path) -> None:
    """Write a sample from bench documents over the same seeds."""
    hits: dict[str, Hits] = {}
    protocol: dict[str, Any] = {}
    for path in paths:
        document = json.loads(path.read_text(encoding="utf-8"))
        assert not protocol or document["protocol"] == protocol, f"{path} is about another protocol"
        protocol = document["protocol"]
        for row in document["strategies"]:
            hits.setdefault(row["name"], row["labels_to_target"]["per_seed"])
    kept = {key: protocol[key] for key in ("dataset", "learner", "batch", "budget", "target")}
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in hits.items())
    head = json.dumps(kept)[1:-1]
    into.write_text(f'{{{head}, "labels_to_target": {{\n{lines}\n}}}}\n', encoding="utf-8")


def tell(path: Path) -> list[tuple[str, float, str, str]]:
    """The figures of one file."""
    sample, own = load_sample(path), path == RUNS
    seeds, streams = len(sample.streams[0]), len(sample.streams)
    note = f"{path.stem}: {seeds} seeds, {streams} random streams, {sample.protocol}"
    draw = with_own_runs if own else shuffled
    blank = shares(verdicts(draw(sample, None, 30), sample.budget))
    rows = [("random against random: a saving or a cost is said", blank.saves + blank.costs, "≤ 0.05", note)]
    for name, candidate in sample.strategies.items():
        found = shares(verdicts(draw(sample, candidate, 30), sample.budget))
        rows.append((f"{name}: saves", found.saves, "≥ 0.95" if name == "margin" else "", note))
        rows.append((f"{name}: costs", found.costs, "", note))
    rows.append(("the interval alone excludes zero for random against random", blank.excludes, "", note))
    for count in (3, 10, 30):
        careless = shares(verdicts(draw(sample, None, count), sample.budget)).off
        rows.append((f"random is off by 10 % or more over {count} seeds, estimate alone", careless, "", note))
    return rows


def main() -> None:
    """Simulate, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", nargs="+", type=Path, help="bench documents to make a sample from")
    parser.add_argument("--into", type=Path, default=SAMPLES[0], help="the sample to make")
    options = parser.parse_args()
    from report import write  # the tests load this file from elsewhere

    if options.sample:
        make_sample(options.sample, options.into)
    write("verdicts", [row for path in [RUNS, *SAMPLES] for row in tell(path)])


if __name__ == "__main__":
    main()
