"""The Gaussian field on 100,000 items: time of the first model and of the next ones, and memory. Run by hand:

    python benchmarks/field_scale.py

Ten Gaussian clusters in 64 dimensions, 100 labels, one thread. The first model searches neighbours; the next ones know them.
Writes results/field_scale.json and .md.
"""

from __future__ import annotations

import resource
import time

import numpy as np
from report import write

from al_core.compute.one_thread import one_thread
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.run.warm_up import warm_up

ITEMS, FEATURES, CLASSES, LABELS = 100_000, 64, 10, 100


def megabytes() -> float:
    """The most memory that this process has used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure, print, and write."""
    warm_up()
    rng = np.random.default_rng(0)
    y = rng.integers(0, CLASSES, ITEMS)
    X = rng.normal(size=(CLASSES, FEATURES))[y] * 2 + rng.normal(size=(ITEMS, FEATURES))
    rows = np.sort(rng.choice(ITEMS, LABELS, replace=False))
    training = Training(X, rows, y[rows], CLASSES, np.arange(ITEMS), (0,), {})
    learner = resolve_learner("gaussian_field")
    before = megabytes()
    with one_thread():
        begin = time.process_time()
        learner.fit(training)
        first = time.process_time() - begin
        model = learner.fit(training)
        again = time.process_time() - begin - first
    sample = rng.choice(ITEMS, 2000, replace=False)
    right = float(np.mean(model.predict(sample) == y[sample]))
    what = f"{ITEMS:,} × {FEATURES}, {LABELS} labels"
    write(
        "field_scale",
        [
            ("CPU seconds of the first model, neighbour search included", first, "–", what),
            ("CPU seconds of every further model", again, "–", f"{right:.1%} of a sample predicted right"),
            ("extra memory, MB", megabytes() - before, "≪ 80,000", "an n × n matrix would take 80 GB"),
        ],
    )


if __name__ == "__main__":
    main()
