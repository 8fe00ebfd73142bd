"""What the logistic learner's solver is worth: a fit, and the protocol's race against scikit-activeml's loop of its rounds.

    python benchmarks/solver.py [--seeds 2]

All in processor time of this process, on one BLAS thread, in turns. Two loops of scikit-activeml stand beside ours: one with
scikit-learn's learner as it comes, which stops at tol=1e-4 and is up to 0.01 from the minimum in some probabilities, and one
with the same learner run to convergence. How many batches are the same sets is counted round by round, both sides being given
the labels that our run had, so that one different pick does not make all later rounds differ. Writes results/solver.json and
.md.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from report import write
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import RandomSampling, UncertaintySampling
from sklearn.linear_model import LogisticRegression

from al_core.comparison.in_worker import play_cell
from al_core.compute.one_thread import one_thread
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.run.warm_up import warm_up
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec
from al_core.task.split import Task, make_task

METHODS = {"least_confidence": "least_confident", "margin": "margin_sampling", "entropy": "entropy"}
SIZES = (20, 100, 320)
Batches = list[list[int]]


def stopping_early() -> Any:
    """The learner as the protocol names it."""
    return LogisticRegression(max_iter=1000)


def converged() -> Any:
    """The same problem, solved."""
    return LogisticRegression(solver="newton-cg", tol=1e-9, max_iter=10_000)


def peer_loop(task: Task, strategy: str, learner: Callable[[], Any], picks: Batches) -> Batches:
    """Scikit-activeml's loop over the labels that were given: fit, measure, query. Returns what it would have asked for."""
    X, y = task.dataset.X, task.dataset.y
    rest = np.sort(np.concatenate([task.initial, task.pool]))
    pool, labels = X[rest], np.full(len(rest), np.nan)
    labels[np.searchsorted(rest, task.initial)] = y[task.initial]
    query = RandomSampling(random_state=0) if strategy == "random" else UncertaintySampling(METHODS[strategy], random_state=0)
    asked = []
    for batch in picks:
        model = SklearnClassifier(learner(), classes=list(range(10)), random_state=0).fit(pool, labels)
        model.score(X[task.test], y[task.test])
        options = {} if strategy == "random" else {"clf": model, "fit_clf": False}
        asked.append(rest[query.query(pool, labels, batch_size=len(batch), **options)].tolist())
        labels[np.searchsorted(rest, batch)] = y[batch]
    model = SklearnClassifier(learner(), classes=list(range(10)), random_state=0).fit(pool, labels)
    model.score(X[task.test], y[task.test])
    return asked


def race(seeds: int) -> list[tuple[str, float, str, str]]:
    """The four classical strategies over some seeds, all three loops in turns."""
    seconds = {"ours": 0.0, "early": 0.0, "converged": 0.0}
    same, rounds = {"early": 0, "converged": 0}, 0
    for seed in range(seeds):
        spec = TaskSpec(seed=seed)
        task = make_task(spec)
        for strategy in DEFAULT_STRATEGIES:
            begin = time.process_time()
            cell = play_cell(spec, strategy)
            seconds["ours"] += time.process_time() - begin
            picks = [list(batch) for batch in cell.picks]
            rounds += len(picks) if strategy != "random" else 0
            for name, learner in (("early", stopping_early), ("converged", converged)):
                begin = time.process_time()
                asked = peer_loop(task, strategy, learner, picks)
                seconds[name] += time.process_time() - begin
                if strategy != "random":  # two random streams agree on nothing
                    same[name] += sum(set(a) == set(b) for a, b in zip(picks, asked, strict=True))
    ours, bar = seconds["ours"], "≥ 2.0"
    note = "{:.2f} s ÷ {:.2f} s; {} of {} batches are the same set"
    return [
        (
            "race of four strategies: scikit-activeml as it comes ÷ ours",
            seconds["early"] / ours,
            bar,
            note.format(seconds["early"], ours, same["early"], rounds),
        ),
        (
            "the same, its learner run to convergence ÷ ours",
            seconds["converged"] / ours,
            bar,
            note.format(seconds["converged"], ours, same["converged"], rounds),
        ),
    ]


def fits() -> list[tuple[str, float, str, str]]:
    """One fit at the start, in the middle and at the end of the protocol; and how far apart the probabilities are."""
    task = make_task(TaskSpec())
    X, y = task.dataset.X, task.dataset.y
    rows = []
    for size in SIZES:
        more = np.random.default_rng(0).choice(task.pool, size - len(task.initial), replace=False)
        labelled = np.sort(np.concatenate([task.initial, more]))
        training = Training(X, labelled, y[labelled], 10, task.pool, (0,))
        solvers: dict[str, Callable[[], Any]] = {
            "ours": partial(resolve_learner("logistic").fit, training),
            "early": partial(_fit, stopping_early, X[labelled], y[labelled]),
            "converged": partial(_fit, converged, X[labelled], y[labelled]),
        }
        times: dict[str, list[float]] = {name: [] for name in solvers}
        for _ in range(15):
            for name, solve in solvers.items():
                begin = time.process_time()
                solve()
                times[name].append(time.process_time() - begin)
        ours, early, full = (1e3 * statistics.median(values) for values in times.values())
        p = solvers["ours"]().probabilities(np.arange(len(X)))
        away = [np.abs(p - solvers[name]().predict_proba(X)).max() for name in ("early", "converged")]
        note = f"{early:.1f} ms ÷ {ours:.1f} ms, run to convergence {full:.1f} ms; largest difference of a probability"
        note += f" {away[0]:.0e}, to the converged {away[1]:.0e}"
        rows.append((f"a fit on {size} labels: scikit-learn ÷ ours", early / ours, "–", note))
    return rows


def _fit(make: Callable[[], Any], X: Any, y: Any) -> Any:
    return make().fit(X, y)


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    warm_up()
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write("solver", [*race(options.seeds), *fits()])


if __name__ == "__main__":
    main()
