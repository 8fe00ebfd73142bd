"""How often a verdict is wrong, and how often it is there when it should be.

A sample of really computed runs stands in `data/verdict_sample.json`: labels to target of several independent random streams
and of some strategies, on the same seeds. A simulated comparison draws seeds from it without replacement and, for every seed
anew, which stream plays the baseline, which the A/A control and which the candidate; under that shuffle random against random
has no difference, whatever the sample looks like.

    python benchmarks/verdicts.py                       simulate, and print a table
    python benchmarks/verdicts.py --sample b.json r.json  make the sample from documents of `al-tui bench --json`
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from al_core.data.dataset import stable_seed
from al_core.statistics import Interval, restricted, saved_interval
from al_core.verdicts import Evidence, judge

SAMPLE = Path(__file__).parent / "data" / "verdict_sample.json"
Hits = list[int | None]


@dataclass(frozen=True)
class Sample:
    """Labels to target by stream or strategy, one entry per seed; None where the target was not reached."""

    budget: int
    target: float
    streams: list[Hits]
    strategies: dict[str, Hits]


def load_sample(path: Path = SAMPLE) -> Sample:
    """The sample kept in the repository."""
    document = json.loads(path.read_text(encoding="utf-8"))
    hits: dict[str, Hits] = document["labels_to_target"]
    streams = [values for name, values in hits.items() if name.partition("#")[0] == "random"]
    strategies = {name: values for name, values in hits.items() if name.partition("#")[0] != "random"}
    return Sample(document["budget"], document["target"], streams, strategies)


def compare(sample: Sample, candidate: Hits | None, seeds: int, trial: int) -> tuple[str, Interval]:
    """The verdict and the saving of one simulated comparison; ``candidate`` None is one more random stream."""
    rng = np.random.default_rng(stable_seed("verdicts", candidate is None, seeds, trial))
    chosen = rng.choice(len(sample.streams[0]), size=seeds, replace=False)
    roles = [rng.permutation(len(sample.streams))[:3] for _ in chosen]
    baseline, control, third = (
        [sample.streams[role[i]][seed] for role, seed in zip(roles, chosen, strict=True)] for i in range(3)
    )
    ours = third if candidate is None else [candidate[seed] for seed in chosen]
    base = restricted(baseline, sample.budget)
    saved = saved_interval(restricted(ours, sample.budget), base, name=f"trial {trial}")
    band = saved_interval(restricted(control, sample.budget), base, name=f"band {trial}")
    assert saved is not None
    evidence = Evidence(
        planned=seeds,
        paired=seeds,
        failed=0,
        saved=_bounds(saved),
        band=None if band is None else _bounds(band)[1:],
        reached=sum(hit is not None for hit in ours),
        baseline_reached=sum(hit is not None for hit in baseline),
    )
    return judge(evidence)[0], saved


def rates(sample: Sample, candidate: Hits | None, *, seeds: int = 30, trials: int = 200) -> Counter[str]:
    """How many of ``trials`` simulated comparisons end in which verdict."""
    return Counter(compare(sample, candidate, seeds, trial)[0] for trial in range(trials))


def careless(sample: Sample, seeds: int, trials: int = 200) -> float:
    """How often random differs from random by 10 % or more in labels: what one would report without verdicts."""
    return sum(abs(compare(sample, None, seeds, trial)[1].estimate) >= 0.10 for trial in range(trials)) / trials


def interval_alone(sample: Sample, seeds: int = 30, trials: int = 200) -> float:
    """How often the interval of random against random excludes zero: 5 % by its name, before the A/A band is asked."""
    found = [_bounds(compare(sample, None, seeds, trial)[1]) for trial in range(trials)]
    return sum(low > 0 or high < 0 for _, low, high in found) / trials


def _bounds(interval: Interval) -> tuple[float, float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.estimate, interval.low, interval.high


def make_sample(paths: list[Path]) -> None:
    """Write the sample from bench documents over the same seeds."""
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
    SAMPLE.write_text(f'{{{head}, "labels_to_target": {{\n{lines}\n}}}}\n', encoding="utf-8")


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", nargs="+", type=Path, help="bench documents to make the sample from")
    options = parser.parse_args()
    if options.sample:
        make_sample(options.sample)
    sample = load_sample()
    print(f"{len(sample.streams[0])} seeds, {len(sample.streams)} random streams, target {sample.target:.0%}\n")
    print("| candidate, 30 seeds, 200 comparisons | saves | costs | none |\n|---|---|---|---|")
    for name, candidate in {"random (false alarms)": None, **sample.strategies}.items():
        counts = rates(sample, candidate)
        print(f"| {name} | {counts['saves'] / 200:.1%} | {counts['costs'] / 200:.1%} | {counts['none'] / 200:.1%} |")
    print("\n| seeds | random 'saves' or 'costs' 10 % or more against random, by the estimate alone |\n|---|---|")
    for seeds in (3, 10, 30):
        print(f"| {seeds} | {careless(sample, seeds):.0%} |")
    print(f"\nThe interval alone excludes zero for random against random in {interval_alone(sample):.1%}.")


if __name__ == "__main__":
    main()
