"""Probabilities before and after their temperature, on items that nobody has labelled.

    python benchmarks/tempered.py [--seeds 10]

Labels are chosen by a strategy or at random; 0, 10 or 30 more are drawn at random to measure by, as an audit does. Log loss and
expected calibration error (15 bins) on test rows: of the model as it is, with a temperature by all labels that it did not learn
as `al-tui predict` has it, and by those in folds alone. Writes results/tempered.json and .md.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from al_core.comparison.in_worker import play_cell
from al_core.compute.one_thread import one_thread
from al_core.data.dataset import FloatArray, IntArray
from al_core.labelling.folds import CHOSEN_COUNTS, judged
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.measures.calibration import calibration_error, chosen_temperature, log_loss, tempered
from al_core.reports.tables import markdown
from al_core.run.warm_up import warm_up
from al_core.task.spec import TaskSpec
from al_core.task.split import Task, make_task

OUT = Path(__file__).parent / "results"
LEARNERS = ("gaussian_field", "logistic", "random_forest", "naive_bayes", "knn")
SETTINGS = (
    ("digits", "margin", TaskSpec(initial="typical", batch=5, budget=60)),
    ("digits", "margin", TaskSpec(initial="typical", batch=5, budget=150)),
    ("digits", "random", TaskSpec(batch=5, budget=60)),
    ("breast_cancer", "margin", TaskSpec(dataset="breast_cancer", batch=2, budget=40)),
    ("breast_cancer", "random", TaskSpec(dataset="breast_cancer", batch=2, budget=40)),
    ("iris", "random", TaskSpec(dataset="iris", batch=2, budget=30)),
    ("wine", "margin", TaskSpec(dataset="wine", batch=2, budget=40)),
)
DRAWN = (0, 10, 30)
Figures = dict[str, tuple[float, float]]


def figures(p: FloatArray, labels: IntArray) -> tuple[float, float]:
    """Log loss and calibration error."""
    return log_loss(p, labels), calibration_error(p, labels)


def at(task: Task, rows: IntArray, learner: str, seed: int) -> Figures:
    """Figures of a learner that has learnt ``rows``, before and after."""
    y = task.dataset.y
    training = Training(task.dataset.X, rows, y[rows], task.n_classes, task.pool, (0,), task.memo)
    model = resolve_learner(learner).fit(training)
    free = np.random.default_rng(seed).permutation(np.setdiff1d(task.pool, rows))
    folds = list(judged(replace(task, spec=replace(task.spec, learner=learner)), rows, y[rows]))
    told, labels = np.concatenate([part[2] for part in folds]), np.concatenate([part[1] for part in folds])
    raw, test = model.probabilities(task.test), y[task.test]
    found = {"as it is": figures(raw, test), "folds alone": figures(tempered(raw, chosen_temperature(told, labels)), test)}
    for count in DRAWN:
        drawn = free[:count]
        every = np.concatenate([told, model.probabilities(drawn)]) if count else told
        weights = np.concatenate([np.full(len(labels), CHOSEN_COUNTS), np.ones(count)])
        temperature = chosen_temperature(every, np.concatenate([labels, y[drawn]]), weights)
        found[f"{count} drawn"] = figures(tempered(raw, temperature), test)
    return found


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    warm_up()
    found: dict[str, list[Figures]] = {learner: [] for learner in LEARNERS}
    with one_thread():
        for dataset, strategy, base in SETTINGS:
            for seed in range(options.seeds):
                spec = replace(base, seed=seed)
                task = make_task(spec)
                order = np.concatenate([task.initial, *(np.array(batch) for batch in play_cell(spec, strategy).picks)])
                for learner in LEARNERS:
                    found[learner].append(at(task, np.sort(order[: spec.budget]), learner, seed))
            print(dataset, strategy, base.budget, flush=True)
    rows, document = [], []
    for learner, each in found.items():
        for way in each[0]:
            losses, errors = (np.array([entry[way][number] for entry in each]) for number in (0, 1))
            worst = max(entry[way][0] - entry["as it is"][0] for entry in each)
            rows.append([learner, way, f"{losses.mean():.3f}", f"{errors.mean():.3f}", f"{worst:+.3f}"])
            document.append({"learner": learner, "way": way, "log_loss": losses.mean(), "ece": errors.mean(), "worst": worst})
            print(*rows[-1], flush=True)
    OUT.mkdir(exist_ok=True)
    head = ["learner", "temperature by", "log loss", "ECE", "log loss, the worst run against as it is"]
    places = ", ".join(f"{dataset} ({strategy}, {base.budget} labels)" for dataset, strategy, base in SETTINGS)
    text = f"`python benchmarks/tempered.py`, test rows, means over {options.seeds} seeds of {places}\n\n{markdown(head, rows)}"
    (OUT / "tempered.md").write_text(text)
    (OUT / "tempered.json").write_text(json.dumps({"seeds": options.seeds, "rows": document}, indent=1) + "\n")


if __name__ == "__main__":
    main()
