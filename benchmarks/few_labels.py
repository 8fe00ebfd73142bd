"""Labels to 90, 95 and 97 % with the Gaussian field, one label at a time, from ten typical items; 20 paired seeds.

    python benchmarks/few_labels.py
    python benchmarks/few_labels.py --first-seed 150 --seeds 50 --strategies expected_error_reduction,auto --out few_labels_auto

writes results/few_labels.json and results/few_labels.md beside itself, or files of another name. Of two strategies and more,
it says of each how many labels it needs less than the first, with the interval over pairs of seeds that both got there. Every
target is the plain first hit; a seed that misses it is counted, not dropped: its mean is then printed with the number that
reached it.
"""

from __future__ import annotations

import argparse
import json
import statistics
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from al_core.comparison.campaign import bench
from al_core.compute.inline import Inline
from al_core.compute.processes import Processes
from al_core.measures.curves import first_hit
from al_core.measures.statistics import mean_interval
from al_core.reports.tables import markdown
from al_core.task.spec import TaskSpec

SEEDS = 20
TARGETS = (0.90, 0.95, 0.97)
SPEC = TaskSpec(learner="gaussian_field", initial="typical", batch=1, budget=65)
STRATEGIES = ("expected_error_reduction", "margin", "random")
OUT = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--learner", default=SPEC.learner)
    parser.add_argument("--strategies", default=",".join(STRATEGIES))
    parser.add_argument("--out", default="few_labels")
    parser.add_argument("--here", action="store_true", help="in this process alone, where the machine is busy")
    asked = parser.parse_args()
    spec, strategies = replace(SPEC, learner=asked.learner, seed=asked.first_seed), asked.strategies.split(",")
    executor: Executor = Inline() if asked.here else Processes(2)
    try:
        result = bench(spec, strategies, executor, seeds=asked.seeds)
    finally:
        executor.shutdown()
    document, rows, all_hits = [], [], dict[str, dict[str, list[int | None]]]()
    for name in strategies:
        curves = [cell.curve for cell in result.of(name)]
        hits = {f"{target:.0%}": [first_hit(curve, target) for curve in curves] for target in TARGETS}
        final = statistics.fmean(curve[-1][1] for curve in curves)
        document.append({"strategy": name, "labels_to": hits, "accuracy_at_65": final, "curves": curves})
        rows.append([name, *(_mean(values) for values in hits.values()), f"{final:.3f}"])
        all_hits[name] = hits
    OUT.mkdir(exist_ok=True)
    seeds = f"seeds {asked.first_seed} to {asked.first_seed + asked.seeds - 1}"
    text = json.dumps({"learner": spec.learner, "initial": spec.initial, "seeds": asked.seeds, "strategies": document}) + "\n"
    (OUT / f"{asked.out}.json").write_text(text, encoding="utf-8")
    table = markdown(["strategy", *(f"→{target:.0%}" for target in TARGETS), "at 65"], rows)
    fewer = [_fewer(all_hits[strategies[0]], strategies[0], all_hits[name], name) for name in strategies[1:]]
    head = f"digits, {spec.learner}, start typical, batch 1, {asked.seeds} seeds ({seeds})"
    (OUT / f"{asked.out}.md").write_text("\n\n".join([head, table, *fewer]) + "\n", encoding="utf-8")
    print("\n\n".join([head, table, *fewer]))


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
