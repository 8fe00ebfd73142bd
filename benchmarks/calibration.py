"""How sure the Gaussian field is, and how right: the field as it is beside the sharpened one.

    python benchmarks/calibration.py [--seeds 10]

The same models, the same labels, on test rows: the expected calibration error (15 bins), the error the model expects beside the
error it makes, and what stands above a confidence of 0.95: which share of the items, and how many of those are right. Writes
results/calibration.json and .md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from al_core.comparison.in_worker import play_cell
from al_core.compute.one_thread import one_thread
from al_core.data.dataset import FloatArray, IntArray
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.reports.tables import markdown
from al_core.run.warm_up import warm_up
from al_core.task.spec import TaskSpec
from al_core.task.split import Task, make_task

OUT = Path(__file__).parent / "results"
BINS, SURE = 15, 0.95
LEARNERS = {"field": "gaussian_field(sharpness=1)", "sharpened": "gaussian_field"}
SETTINGS: tuple[tuple[str, str, TaskSpec, tuple[int, ...]], ...] = (
    ("digits", "random", TaskSpec(budget=200), (20, 60, 200)),
    ("digits", "margin", TaskSpec(budget=200), (60, 200)),
    ("digits", "expected_error_reduction", TaskSpec(initial="typical", batch=1, budget=65), (20, 65)),
    ("breast_cancer", "random", TaskSpec(dataset="breast_cancer", batch=4, budget=60), (20, 60)),
    ("wine", "random", TaskSpec(dataset="wine", batch=2, budget=60), (20, 60)),
    ("iris", "random", TaskSpec(dataset="iris", batch=2, budget=60), (20, 60)),
)


def figures(p: FloatArray, y: IntArray) -> list[float]:
    """Calibration error, expected error, error, share above the threshold, and how many of those are right."""
    confidence, right = p.max(axis=1), p.argmax(axis=1) == y
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(right[bins == b].sum() - confidence[bins == b].sum()) for b in range(BINS)]
    sure = confidence >= SURE
    return [
        float(sum(gaps) / len(y)),
        float(1 - confidence.mean()),
        float(1 - right.mean()),
        float(sure.mean()),
        float(right[sure].mean()) if sure.any() else float("nan"),
    ]


def at(task: Task, rows: IntArray, learner: str) -> list[float]:
    """Figures of one learner with exactly ``rows`` labelled."""
    y = task.dataset.y
    training = Training(task.dataset.X, rows, y[rows], len(task.dataset.classes), task.pool, (0,), task.memo)
    return figures(resolve_learner(learner).fit(training).probabilities(task.test), y[task.test])


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    warm_up()
    rows, document = [], []
    with one_thread():
        for dataset, strategy, base, sizes in SETTINGS:
            found: dict[tuple[int, str], list[list[float]]] = {(size, name): [] for size in sizes for name in LEARNERS}
            for seed in range(options.seeds):
                spec = TaskSpec(dataset, "gaussian_field", seed, base.batch, base.budget, initial=base.initial)
                task = make_task(spec)
                order = np.concatenate([task.initial, *(np.array(batch) for batch in play_cell(spec, strategy).picks)])
                for size, name in found:
                    found[size, name].append(at(task, np.sort(order[:size]), LEARNERS[name]))
            for (size, name), values in found.items():
                ece, said, made, share, right = np.nanmean(values, axis=0).tolist()
                document.append(
                    {"dataset": dataset, "strategy": strategy, "labels": size, "learner": LEARNERS[name], "ece": ece}
                )
                document[-1] |= {"expected_error": said, "error": made, "above": share, "right_above": right}
                cells = [f"{value:.3f}" for value in (ece, said, made)] + [f"{share:.0%}", f"{right:.1%}" if share else "–"]
                rows.append([dataset, strategy, str(size), name, *cells])
                print(*rows[-1], flush=True)
    OUT.mkdir(exist_ok=True)
    head = ["data", "labels by", "labels", "probabilities", "ECE", "expects to err", "errs", f"above {SURE}", "of those right"]
    text = f"`python benchmarks/calibration.py`, test rows, means of {options.seeds} seeds\n\n{markdown(head, rows)}"
    (OUT / "calibration.md").write_text(text, encoding="utf-8")
    (OUT / "calibration.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
