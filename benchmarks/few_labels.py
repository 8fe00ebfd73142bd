"""Labels to 90, 95 and 97 % with the Gaussian field, one label at a time, from ten typical items; 20 paired seeds.

    python benchmarks/few_labels.py

writes results/few_labels.json and results/few_labels.md beside itself. Every target is the plain first hit; a seed that misses
it is counted, not dropped: its mean is then printed with the number that reached it.
"""

from __future__ import annotations

import json
import statistics
from pathlib import Path

from al_core.comparison.campaign import bench
from al_core.compute.processes import Processes
from al_core.measures.curves import first_hit
from al_core.reports.tables import markdown
from al_core.task.spec import TaskSpec

SEEDS = 20
TARGETS = (0.90, 0.95, 0.97)
SPEC = TaskSpec(learner="gaussian_field", initial="typical", batch=1, budget=65)
STRATEGIES = ("expected_error_reduction", "margin", "random")
OUT = Path(__file__).parent / "results"


def main() -> None:
    executor = Processes(2)
    try:
        result = bench(SPEC, STRATEGIES, executor, seeds=SEEDS)
    finally:
        executor.shutdown()
    document, rows = [], []
    for name in STRATEGIES:
        curves = [cell.curve for cell in result.of(name)]
        hits = {f"{target:.0%}": [first_hit(curve, target) for curve in curves] for target in TARGETS}
        final = statistics.fmean(curve[-1][1] for curve in curves)
        document.append({"strategy": name, "labels_to": hits, "accuracy_at_65": final, "curves": curves})
        rows.append([name, *(_mean(values) for values in hits.values()), f"{final:.3f}"])
    OUT.mkdir(exist_ok=True)
    text = json.dumps({"learner": SPEC.learner, "initial": SPEC.initial, "seeds": SEEDS, "strategies": document}) + "\n"
    (OUT / "few_labels.json").write_text(text, encoding="utf-8")
    table = markdown(["strategy", *(f"→{target:.0%}" for target in TARGETS), "at 65"], rows)
    (OUT / "few_labels.md").write_text(
        f"digits, {SPEC.learner}, start typical, batch 1, {SEEDS} seeds\n\n{table}", encoding="utf-8"
    )
    print(table)


def _mean(hits: list[int | None]) -> str:
    reached = [hit for hit in hits if hit is not None]
    text = f"{statistics.fmean(reached):.1f}" if reached else "never"
    return text if len(reached) == len(hits) else f"{text} ({len(reached)}/{len(hits)})"


if __name__ == "__main__":
    main()
