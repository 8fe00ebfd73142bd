"""Labels to 90, 95 and 97 % one label at a time, and accuracy after some, from typical items; 20 paired seeds.

    python benchmarks/few_labels.py
    python benchmarks/few_labels.py --first-seed 150 --seeds 50 --strategies expected_error_reduction,auto --out few_labels_auto
    python benchmarks/few_labels.py --here --learner auto --strategies auto --first-seed 150 --seeds 50 \\
        --beside few_labels_auto:expected_error_reduction --out few_labels_both
    python benchmarks/few_labels.py --here --data mnist5k --learner auto --strategies auto --first-seed 200 --batch 10 \\
        --at 20,50,100 --out few_labels_mnist

writes results/few_labels.json and results/few_labels.md beside itself, or files of another name. Of two strategies and more,
it says of each how many labels it needs less than the first, with the interval over pairs of seeds that both got there; the
first may also be one of the same seeds in another such file. Every target is the plain first hit; a seed that misses it is
counted, not dropped: its mean is then printed with the number that reached it. `--here` computes in one process and writes what
there is after every seed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import keel

from al_core.comparison.campaign import bench
from al_core.compute.inline import Inline
from al_core.compute.processes import Processes
from al_core.measures.curves import accuracy_at, first_hit
from al_core.measures.statistics import mean_interval
from al_core.reports.tables import markdown
from al_core.task.spec import TaskSpec

SEEDS = 20
TARGETS = (0.90, 0.95, 0.97)
SPEC = TaskSpec(learner="gaussian_field", initial="typical", batch=1, budget=65)
STRATEGIES = ("expected_error_reduction", "margin", "random")
OUT = Path(__file__).parent / "results"
Curve = list[tuple[int, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", default="digits", choices=("digits", keel.MNIST))
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--learner", default=SPEC.learner)
    parser.add_argument("--strategies", default=",".join(STRATEGIES))
    parser.add_argument("--batch", type=int, default=SPEC.batch)
    parser.add_argument("--at", default=str(SPEC.budget), help="labels after which accuracy is told; the last ends a run")
    parser.add_argument("--beside", help="FILE:STRATEGY, the first of the comparison, of the same seeds")
    parser.add_argument("--out", default="few_labels")
    parser.add_argument("--here", action="store_true", help="in this process alone, where the machine is busy")
    asked = parser.parse_args()
    asked.at = [int(labels) for labels in asked.at.split(",")]
    data = keel.read_mnist() if asked.data == keel.MNIST else None
    spec = replace(SPEC, learner=asked.learner, batch=asked.batch, budget=asked.at[-1])
    curves: dict[str, list[Curve]] = {name: [] for name in asked.strategies.split(",")}
    executor: Executor = Inline() if asked.here else Processes(2)
    step = 1 if asked.here else asked.seeds
    try:
        for first in range(asked.first_seed, asked.first_seed + asked.seeds, step):
            result = bench(replace(spec, seed=first), list(curves), executor, seeds=step, data=data)
            for name, found in curves.items():
                found += [list(cell.curve) for cell in result.of(name)]
            text = report(asked, curves)
            print(first, file=sys.stderr, flush=True)
    finally:
        executor.shutdown()
    print(text)


def report(asked: argparse.Namespace, curves: dict[str, list[Curve]]) -> str:
    """Write both files of the seeds that there are, and return the second."""
    document, rows, sure = [], [], []
    all_hits = {name: _hits(found) for name, found in curves.items()}
    for name, found in curves.items():
        at = {labels: [accuracy_at(curve, labels) for curve in found] for labels in asked.at}
        final = {f"accuracy_at_{labels}": statistics.fmean(values) for labels, values in at.items()}
        document.append({"strategy": name, "labels_to": all_hits[name], **final, "curves": found})
        rows.append(
            [name, *(_mean(values) for values in all_hits[name].values()), *(f"{value:.3f}" for value in final.values())]
        )
        sure += [f"{name} at {labels}: {_interval(values, name)}" for labels, values in at.items()]
    count = len(next(iter(curves.values())))
    seeds = f"seeds {asked.first_seed} to {asked.first_seed + count - 1}"
    text = json.dumps({"learner": asked.learner, "initial": SPEC.initial, "seeds": count, "strategies": document}) + "\n"
    OUT.mkdir(exist_ok=True)
    (OUT / f"{asked.out}.json").write_text(text, encoding="utf-8")
    table = markdown(["strategy", *(f"→{target:.0%}" for target in TARGETS), *(f"at {labels}" for labels in asked.at)], rows)
    if asked.beside:
        first, others = asked.beside, list(curves)
        all_hits[first] = _hits(_kept(asked.beside)[:count])
    else:
        first, *others = curves
    fewer = [_fewer(all_hits[first], first, all_hits[name], name) for name in others]
    head = f"{asked.data}, {asked.learner}, start {SPEC.initial}, batch {asked.batch}, {count} seeds ({seeds})"
    whole = "\n\n".join([head, table, *sure, *fewer])
    (OUT / f"{asked.out}.md").write_text(whole + "\n", encoding="utf-8")
    return whole


def _kept(beside: str) -> list[Curve]:
    """The curves of FILE:STRATEGY."""
    name, _, strategy = beside.partition(":")
    document = json.loads((OUT / f"{name}.json").read_text(encoding="utf-8"))
    found: list[Curve] = next(part["curves"] for part in document["strategies"] if part["strategy"] == strategy)
    return found


def _hits(curves: list[Curve]) -> dict[str, list[int | None]]:
    return {f"{target:.0%}": [first_hit(curve, target) for curve in curves] for target in TARGETS}


def _interval(values: list[float], name: str) -> str:
    found = mean_interval(values, name=name)
    assert found is not None
    assert found.value is not None
    between = "" if found.low is None else f" ({found.low:.4f} to {found.high:.4f}; {len(values)} seeds)"
    return f"{found.value:.4f}{between}"


def _fewer(first: dict[str, list[int | None]], called: str, other: dict[str, list[int | None]], name: str) -> str:
    """How many labels ``other`` needs less than ``first``, in the mean of the seeds in which both got there."""
    parts = []
    for target, hits in first.items():
        pairs = [(mine, theirs) for mine, theirs in zip(hits, other[target], strict=True) if None not in (mine, theirs)]
        found = mean_interval([float(mine - theirs) for mine, theirs in pairs], name=name)  # type: ignore[operator]
        if found is None or found.low is None:
            continue
        parts.append(f"{target} {found.value:+.1f} ({found.low:+.1f} to {found.high:+.1f}; {len(pairs)} seeds)")
    return f"labels that {name} needs less than {called}: {', '.join(parts)}"


def _mean(hits: list[int | None]) -> str:
    reached = [hit for hit in hits if hit is not None]
    text = f"{statistics.fmean(reached):.1f}" if reached else "never"
    return text if len(reached) == len(hits) else f"{text} ({len(reached)}/{len(hits)})"


if __name__ == "__main__":
    main()
