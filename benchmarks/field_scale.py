"""100,000 items: the Gaussian field, and learner and strategy `auto`: the first model, the next ones, and memory. Run by hand:

    python benchmarks/field_scale.py

Ten Gaussian clusters in 64 dimensions, 100 labels, one thread. The first model looks for anchors or neighbours; the next ones
know them. Beside them stands the field that ties items to each other: its first model is the search for the neighbours of all.
Writes results/field_scale.json and .md.
"""

from __future__ import annotations

import resource
import time

import numpy as np
from report import write

from al_core.compute.one_thread import one_thread
from al_core.data.dataset import FloatArray
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.run.warm_up import warm_up
from al_core.strategies.registry import QueryContext, resolve_strategy

ITEMS, FEATURES, CLASSES, LABELS = 100_000, 64, 10, 100
CLASS_OF = np.random.default_rng(0).integers(0, CLASSES, ITEMS)


def megabytes() -> float:
    """The most memory that this process has used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fits(name: str, training: Training) -> tuple[float, float, float, float]:
    """CPU seconds of a learner's first model and of a further one, memory in MB, and the share of a sample that is right."""
    learner = resolve_learner(name)
    before, begin = megabytes(), time.process_time()
    learner.fit(training)
    first = time.process_time() - begin
    model = learner.fit(training)
    again = time.process_time() - begin - first
    sample = np.random.default_rng(1).choice(ITEMS, 2000, replace=False)
    right = float(np.mean(model.predict(sample) == CLASS_OF[sample]))
    return first, again, megabytes() - before, right


def main() -> None:
    """Measure, print, and write."""
    warm_up()
    rng = np.random.default_rng(0)
    X = rng.normal(size=(CLASSES, FEATURES))[CLASS_OF] * 2 + rng.normal(size=(ITEMS, FEATURES))
    rows = np.sort(rng.choice(ITEMS, LABELS, replace=False))
    what, table = f"{ITEMS:,} × {FEATURES}, {LABELS} labels", []
    with one_thread():
        for name in ("gaussian_field", "gaussian_field(anchors=0)"):
            training = Training(X, rows, CLASS_OF[rows], CLASSES, np.arange(ITEMS), (0,), {})
            first, again, memory, right = fits(name, training)
            table += [
                (f"{name}: CPU seconds of the first model", first, "–", what),
                (f"{name}: CPU seconds of every further model", again, "–", f"{right:.1%} of a sample predicted right"),
                (f"{name}: extra memory, MB", memory, "≪ 80,000", "an n × n matrix would take 80 GB"),
            ]
            if "anchors" not in name:
                table.append(
                    ("expected error after the label of each candidate, CPU seconds", tried(training), "–", "all of them")
                )
        table += both_auto(X)
    write("field_scale", table)


def both_auto(X: FloatArray) -> list[tuple[str, float, str, str]]:
    """CPU seconds of learner and strategy `auto`: the first model and its batch, and those after ten labels more."""
    learner, strategy, memo = resolve_learner("auto"), resolve_strategy("auto"), {}
    order, pool, table = np.random.default_rng(3).permutation(ITEMS), np.arange(ITEMS), []
    for labels, which, bar in ((LABELS, "the first", "≤ 5"), (LABELS + 10, "every further", "–")):
        rows = np.sort(order[:labels])
        begin = time.process_time()
        model = learner.fit(Training(X, rows, CLASS_OF[rows], CLASSES, pool, (0,), memo))
        learnt = time.process_time()
        rng, candidates = np.random.default_rng(2), np.setdiff1d(pool, rows)
        context = QueryContext(model, X, candidates, rows, CLASS_OF[rows], CLASSES, rng, memo, pool=pool)
        _ = context.probabilities
        said = time.process_time()
        strategy.choose(context, 10)
        asked = time.process_time() - said
        what = f"{labels} labels; probabilities of all items {said - learnt:.2f} s"
        table.append((f"learner auto: CPU seconds of {which} model", learnt - begin, bar, what))
        table.append((f"strategy auto: CPU seconds of {which} batch of ten", asked, "–", "anchors and field are known"))
    return table


def tried(training: Training) -> float:
    """CPU seconds to try every candidate and class on a fitted field."""
    model = resolve_learner("gaussian_field").fit(training)
    candidates = np.setdiff1d(training.pool, training.rows)
    rng = np.random.default_rng(2)
    context = QueryContext(model, training.features, candidates, training.rows, training.labels, CLASSES, rng)
    begin = time.process_time()
    resolve_strategy("expected_error_reduction").choose(context, 1)
    return time.process_time() - begin


if __name__ == "__main__":
    main()
