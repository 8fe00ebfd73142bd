"""The protocol's figures for every strategy over 20 paired seeds, beside an independent reference over 20 seeds of its own.

    python benchmarks/figures.py [--seeds 20] [--random-seeds 50] [--strategies a,b,…]

writes results/figures.json and results/figures.md: mean labels to 90 %, median labels to 95 % (plain first hit; a seed that
never gets there counts as beyond every other in the median), AULC ± half a 95 % interval, and accuracy at 320 labels. The last
columns say how far labels to 90 % and AULC lie from the reference, in standard errors of the difference of the two means: the
reference gives an interval for AULC, so its error is known there; for labels to 90 % it is taken to be that of 20 of our seeds.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from pathlib import Path

from al_core.comparison.campaign import campaign
from al_core.comparison.plan import plan
from al_core.compute.processes import Processes
from al_core.measures.curves import aulc, first_hit
from al_core.task.spec import TaskSpec

OUT = Path(__file__).parent / "results"
Curve = tuple[tuple[int, float], ...]
REFERENCE: dict[str, tuple[float, float, float, float, float]] = {  # →90 % mean, →95 % median, AULC, its half interval, at 320
    "random": (134.0, math.inf, 0.898, 0.006, 0.941),
    "least_confidence": (101.5, 180, 0.915, 0.004, 0.966),
    "margin": (75.0, 155, 0.930, 0.003, 0.966),
    "entropy": (129.5, 235, 0.895, 0.005, 0.964),
    "density": (91.0, 180, 0.917, 0.004, 0.964),
    "coreset": (80.0, 255, 0.918, 0.004, 0.951),
    "badge": (100.5, 230, 0.915, 0.005, 0.958),
    "vote_entropy": (89.5, 220, 0.915, 0.003, 0.955),
    "consensus_entropy": (102.0, 205, 0.913, 0.004, 0.960),
    "max_disagreement": (105.5, 260, 0.906, 0.004, 0.951),
    "expected_gradient_length": (105.0, 215, 0.909, 0.004, 0.965),
}
OTHERS = ("information_density", "bald", "typiclust", "probcover", "cluster_margin", "power_margin")


def curves(name: str, seeds: int, executor: Processes) -> list[Curve]:
    """The learning curves of one strategy over the seeds from 0."""
    result = campaign(plan([TaskSpec()], (name,), seeds=seeds, references=False), executor)[0]
    return [cell.curve for cell in result.of(name)]


def row(name: str, runs: list[Curve]) -> dict[str, object]:
    """The figures of one strategy, and their distance from the reference."""
    n = len(runs)
    first, second = ([first_hit(curve, target) for curve in runs] for target in (0.90, 0.95))
    reached = [hit for hit in first if hit is not None]
    areas = [area for curve in runs if (area := aulc(curve)) is not None]
    error = statistics.stdev(areas) / math.sqrt(n)
    found: dict[str, object] = {
        "strategy": name,
        "seeds": n,
        "to_90_mean": statistics.fmean(reached),
        "to_90_reached": len(reached),
        "to_95_median": statistics.median([math.inf if hit is None else hit for hit in second]),
        "to_95_reached": n - second.count(None),
        "aulc": statistics.fmean(areas),
        "aulc_half_ci95": 1.96 * error,
        "at_320": statistics.fmean(curve[-1][1] for curve in runs),
    }
    if name in REFERENCE:
        labels, _, area, half, _ = REFERENCE[name]
        own = statistics.stdev(reached) / math.sqrt(len(reached))
        theirs = statistics.stdev(reached) / math.sqrt(20)
        found["aulc_z"] = (statistics.fmean(areas) - area) / math.hypot(error, half / 1.96)
        found["to_90_z"] = (statistics.fmean(reached) - labels) / math.hypot(own, theirs)
    return found


def line(found: dict[str, object]) -> str:
    """A row of the table."""
    name = str(found["strategy"])
    reference = REFERENCE.get(name)
    never = found["to_90_reached"] != found["seeds"]
    cells = [
        f"`{name}`",
        str(found["seeds"]),
        f"{found['to_90_mean']:.1f}" + (f" ({found['to_90_reached']}/{found['seeds']})" if never else ""),
        _median(float(str(found["to_95_median"]))),
        f"{found['aulc']:.3f} ± {found['aulc_half_ci95']:.3f}",
        f"{found['at_320']:.3f}",
    ]
    if reference is None:
        return "| " + " | ".join([*cells, "–", "–", "–", "–", "–", "–"]) + " |"
    labels, median, area, half, last = reference
    theirs = [f"{labels:.1f}", _median(median), f"{area:.3f} ± {half:.3f}", f"{last:.3f}"]
    return "| " + " | ".join([*cells, *theirs, f"{found['to_90_z']:+.1f}", f"{found['aulc_z']:+.1f}"]) + " |"


def _median(value: float) -> str:
    return "never" if math.isinf(value) else f"{value:g}"


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--random-seeds", type=int, default=50)
    parser.add_argument("--strategies", default=",".join([*REFERENCE, *OTHERS]))
    options = parser.parse_args()
    rows = []
    executor = Processes(2)
    try:
        for name in options.strategies.split(","):
            rows.append(row(name, curves(name, options.seeds, executor)))
            print(line(rows[-1]), flush=True)
        if options.random_seeds > options.seeds:
            rows.append(row("random", curves("random", options.random_seeds, executor)))
            print(line(rows[-1]), flush=True)
    finally:
        executor.shutdown()
    head = (
        "| strategy | seeds | →90 % | →95 % | AULC | at 320 "
        "| reference →90 % | →95 % | AULC | at 320 | z of →90 % | z of AULC |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    )
    OUT.mkdir(exist_ok=True)
    table = head + "\n".join(line(found) for found in rows) + "\n"
    (OUT / "figures.md").write_text("digits, logistic, `python benchmarks/figures.py`\n\n" + table, encoding="utf-8")
    (OUT / "figures.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
