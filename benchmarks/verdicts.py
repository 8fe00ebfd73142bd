"""How often a verdict is wrong, and how often it is there when it should be.

Samples of really computed runs stand in `data/verdict_sample*.json`: labels to target of several independent random streams and
of some strategies, on the same seeds. A simulated comparison draws 30 seeds from one without replacement and, for every seed
anew, which stream plays the baseline, which the A/A control and which the candidate; under that shuffle random against random
has no difference, whatever the sample looks like. Intervals and verdicts are the program's own. What it is not: 200 comparisons
with runs of their own. They share the sample, so the rates are those of its data set, protocol and seeds.

    python benchmarks/verdicts.py                            simulate, print, write results/verdicts.json and .md
    python benchmarks/verdicts.py --sample b.json r.json     make the first sample from documents of `al-tui bench --json`
    python benchmarks/verdicts.py --sample b.json --into benchmarks/data/verdict_sample_batch20.json     another one
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
    protocol: str
    streams: list[Hits]
    strategies: dict[str, Hits]


def load_sample(path: Path = SAMPLE) -> Sample:
    """A sample kept in the repository."""
    document = json.loads(path.read_text(encoding="utf-8"))
    hits: dict[str, Hits] = document["labels_to_target"]
    streams = [values for name, values in hits.items() if name.partition("#")[0] == "random"]
    strategies = {name: values for name, values in hits.items() if name.partition("#")[0] != "random"}
    words = f"{document['dataset']}, {document['learner']}, batch {document['batch']}, budget {document['budget']}"
    return Sample(document["budget"], document["target"], words, streams, strategies)


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
    """The figures of one sample."""
    sample = load_sample(path)
    seeds, streams = len(sample.streams[0]), len(sample.streams)
    note = f"{path.stem}: {seeds} seeds, {streams} random streams, {sample.protocol}"
    rows = []
    counts = rates(sample, None)
    rows.append(
        ("random against random: a saving or a cost is said", (counts["saves"] + counts["costs"]) / 200, "≤ 0.05", note)
    )
    for name, candidate in sample.strategies.items():
        counts = rates(sample, candidate)
        rows.append((f"{name}: saves", counts["saves"] / 200, "≥ 0.95" if name == "margin" else "", note))
        rows.append((f"{name}: costs", counts["costs"] / 200, "", note))
    rows.append(("the interval alone excludes zero for random against random", interval_alone(sample), "", note))
    rows += [
        (f"random is off by 10 % or more over {n} seeds, estimate alone", careless(sample, n), "", note) for n in (3, 10, 30)
    ]
    return rows


def main() -> None:
    """Simulate, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", nargs="+", type=Path, help="bench documents to make a sample from")
    parser.add_argument("--into", type=Path, default=SAMPLE, help="the sample to make")
    options = parser.parse_args()
    from report import write  # the tests load this file from elsewhere

    if options.sample:
        make_sample(options.sample, options.into)
    write("verdicts", [row for path in sorted(SAMPLE.parent.glob("verdict_sample*.json")) for row in tell(path)])


if __name__ == "__main__":
    main()
