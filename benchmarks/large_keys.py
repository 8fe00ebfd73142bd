"""100,000 items of one's own on learner and strategy `auto`: from a key to the next item, and the first model. By hand:

    python benchmarks/large_keys.py

100,000 × 64 numbers in a file, ten Gaussian clusters as in field_scale.py. Keys are pressed through a pseudo-terminal into the
real app, as labelling.py does it, while the mix of four learns beside it. What a worker does for a model is measured in one
of its own that has read the items and nothing else: learn ten labels, say what the model says of all items, choose the next
batch; then the same of more labels. Beside it stands what no k-means can do without: one product of all items with a thousand
centres. Writes results/large_keys.json and .md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from field_scale import CLASS_OF, CLASSES, FEATURES, ITEMS
from labelling import keys, prefer
from report import write

ONE = "--one"
STEPS = (10, 20, 100)
CENTRES = 1000


def one(path: str) -> None:
    """Seconds by the clock of a first round and of further ones, and of the reference, as JSON."""
    from al_core.compute.one_thread import one_thread
    from al_core.data.origin import Origin
    from al_core.labelling.messages import ModelRequest
    from al_core.labelling.model import model_round
    from al_core.labelling.opening import open_items, task_of
    from al_core.run.warm_up import warm_up
    from al_core.task.spec import TaskSpec

    warm_up()
    spec = TaskSpec(learner="auto", batch=10)
    items = open_items(spec, Origin(path))
    task = task_of(spec, items.origin)
    order = np.random.default_rng(3).permutation(np.array(items.pool))[: STEPS[-1]].tolist()
    labels = tuple((items.ids[row], int(CLASS_OF[row])) for row in order)
    found, asked = [], ModelRequest(spec, "auto", (), (), 0, origin=items.origin)
    for count in STEPS:
        begin, cpu = time.perf_counter(), time.process_time()
        reply = model_round(replace(asked, labels=labels[:count]))
        found.append((time.perf_counter() - begin, time.process_time() - cpu))
        assert len(reply.picks) == spec.batch
    X = task.dataset.X
    with one_thread():
        begin = time.perf_counter()
        for start in range(0, len(X), 4096):
            (X[start : start + 4096] @ X[:CENTRES].T).argmax(axis=1)
        reference = time.perf_counter() - begin
    print(json.dumps({"rounds": found, "reference": reference}))


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=2)
    rounds = parser.parse_args().rounds
    rng = np.random.default_rng(0)
    X = rng.normal(size=(CLASSES, FEATURES))[CLASS_OF] * 2 + rng.normal(size=(ITEMS, FEATURES))
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "many.npz"
        np.savez(path, X=X, y=CLASS_OF)
        command = [sys.executable, __file__, ONE, str(path)]
        models = [json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(rounds)]
        felt = [keys(place, f"auto{number}", str(path), "auto", "auto") for number in range(rounds)]
        digits = [keys(place, f"digits{number}") for number in range(rounds)]
    load = f"load {os.getloadavg()[1]:.0f}{' beside a preferred session' if prefer() else ''}"
    table = []
    for name, runs, bar in ((f"{ITEMS:,} items, learner and strategy auto", felt, "≤ 0.300 s"), ("1,797 digits", digits, "–")):
        p99, median = (max(run[key] for run in runs) for key in ("drawn", "drawn_median"))
        note = f"{sum(run['keys'] for run in runs):.0f} keys, {load}; median {median:.4f} s"
        table.append((f"{name}: key → next item on the screen, p99", p99, bar, note))
    for place_, count in enumerate(STEPS):
        took = max(run["rounds"][place_][0] for run in models)
        cpu = max(run["rounds"][place_][1] for run in models)
        what = "the first model and its batch" if not place_ else "a further one"
        table.append((f"{count} labels: {what}, s by the clock", took, "≤ 5" if not place_ else "–", f"{cpu:.2f} s of CPU"))
    table.append(
        (f"{ITEMS:,} × {FEATURES} times {CENTRES:,} centres, s", max(run["reference"] for run in models), "–", "beside it")
    )
    write("large_keys", table)


if __name__ == "__main__":
    if ONE in sys.argv:
        one(sys.argv[2])
    else:
        main()
