"""How long a query takes: peers and al-tui side by side, in one process, on one BLAS thread.

Every pair is timed in turn, peer, ours, peer, ours, …, in processor time, which on one thread is the time on an idle machine;
what counts is the ratio of the medians. Extra memory is the largest allocation over what was there before, of one more call
under ``tracemalloc``, which sees every NumPy array.

    python benchmarks/query.py                     everything up to 100,000 items
    python benchmarks/query.py --sizes 1000000 --only uncertainty
    python benchmarks/query.py --growth            margin from 100,000 items to a memory map of 10,000,000

Needs scikit-activeml; modAL (modAL-python) and small-text are timed too when they are installed.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import platform
import statistics
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from al_core.compute.one_thread import one_thread
from al_core.learners.estimator import EstimatorModel
from al_core.strategies.registry import QueryContext, resolve_strategy

BATCH, DIMENSION, CLASSES = 10, 64, 10
RESULTS = Path(__file__).parent / "results"
Query = Callable[[], Any]


@dataclass(frozen=True)
class Row:
    """One comparison."""

    what: str
    n: int
    peer: str
    peer_seconds: float | None
    our_seconds: float
    ratio: float | None
    bar: float | None
    same_picks: bool | None
    extra_mb: float
    memory_bar_mb: float | None
    repeats: int


class Pool:
    """A pool of ten overlapping classes, a logistic regression fitted on a few labels, and what each side is handed."""

    def __init__(self, n: int, labelled: int, features: Any = None) -> None:
        from sklearn.linear_model import LogisticRegression

        rng = np.random.default_rng(0)
        self.n = n
        self.X = blobs(n) if features is None else features
        self.labelled = np.sort(rng.choice(min(n, 10_000), labelled, replace=False))
        labels = rng.permutation(np.arange(labelled) % CLASSES)
        if features is None:
            labels = classes_of(n)[self.labelled]
        self.labels = labels
        self.candidates = np.delete(np.arange(n), self.labelled)
        self.estimator = LogisticRegression(max_iter=1000).fit(self.X[self.labelled], labels)
        self.y = np.full(n, np.nan)
        self.y[self.labelled] = labels
        self.model = EstimatorModel(self.estimator, self.X, CLASSES)

    def ours(self, name: str) -> Query:
        """A query as the loop makes it, with a fresh context and nothing kept from an earlier one."""
        strategy = resolve_strategy(name)

        def query() -> Any:
            rng = np.random.default_rng(0)
            context = QueryContext(self.model, self.X, self.candidates, self.labelled, self.labels, CLASSES, rng)
            return self.candidates[strategy.choose(context, BATCH).indices]

        return query


def classes_of(n: int) -> Any:
    return np.random.default_rng(1).integers(CLASSES, size=n)


def blobs(n: int) -> Any:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(n, DIMENSION))
    X += (0.5 * rng.normal(size=(CLASSES, DIMENSION)))[classes_of(n)]
    return X


METHODS = {"least_confidence": "least_confident", "margin": "margin_sampling", "entropy": "entropy"}


def skactiveml_uncertainty(pool: Pool, name: str) -> Query:
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import UncertaintySampling
    from sklearn.linear_model import LogisticRegression

    clf = SklearnClassifier(LogisticRegression(max_iter=1000), classes=list(range(CLASSES)), random_state=0)
    clf.fit(pool.X[pool.labelled], pool.labels)
    query = UncertaintySampling(method=METHODS[name], random_state=0)
    return lambda: query.query(pool.X, pool.y, clf=clf, fit_clf=False, batch_size=BATCH)


def numpy_uncertainty(pool: Pool, name: str) -> Query:
    def query() -> Any:
        p = pool.estimator.predict_proba(pool.X[pool.candidates])
        if name == "least_confidence":
            utility = 1 - p.max(axis=1)
        elif name == "margin":
            two = np.partition(p, -2, axis=1)
            utility = two[:, -2] - two[:, -1]
        else:
            utility = -(p * np.log(np.clip(p, 1e-300, None))).sum(axis=1)
        return pool.candidates[np.argpartition(-utility, BATCH)[:BATCH]]

    return query


def modal_uncertainty(pool: Pool, name: str) -> Query:
    from modAL import uncertainty

    function = {
        "least_confidence": uncertainty.uncertainty_sampling,
        "margin": uncertainty.margin_sampling,
        "entropy": uncertainty.entropy_sampling,
    }[name]

    def query() -> Any:
        answer = function(pool.estimator, pool.X[pool.candidates], n_instances=BATCH)
        return pool.candidates[np.asarray(answer[0] if isinstance(answer, tuple) else answer, dtype=int)]

    return query


def small_text_uncertainty(pool: Pool, name: str) -> Query:
    from small_text.query_strategies import strategies as small

    strategy = {
        "least_confidence": small.LeastConfidence,
        "margin": small.BreakingTies,
        "entropy": small.PredictionEntropy,
    }[name]()

    class Classifier:
        def predict_proba(self, X: Any) -> Any:
            return pool.estimator.predict_proba(X)

    return lambda: strategy.query(Classifier(), pool.X, pool.candidates, pool.labelled, pool.labels, n=BATCH)


def skactiveml_coreset(pool: Pool) -> Query:
    from skactiveml.pool import CoreSet

    query = CoreSet(random_state=0)
    return lambda: query.query(pool.X, pool.y, batch_size=BATCH)


def skactiveml_badge(pool: Pool) -> Query:
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import Badge
    from sklearn.linear_model import LogisticRegression

    clf = SklearnClassifier(LogisticRegression(max_iter=1000), classes=list(range(CLASSES)), random_state=0)
    clf.fit(pool.X[pool.labelled], pool.labels)
    return lambda: Badge(random_state=0).query(pool.X, pool.y, clf=clf, fit_clf=False, batch_size=BATCH)


def skactiveml_typiclust(pool: Pool) -> Query:
    from skactiveml.pool import TypiClust

    return lambda: TypiClust(random_state=0).query(pool.X, pool.y, batch_size=BATCH)


def skactiveml_probcover(pool: Pool) -> Query:
    from skactiveml.pool import ProbCover

    return lambda: ProbCover(n_classes=CLASSES, random_state=0).query(pool.X, pool.y, batch_size=BATCH)


def extra_memory(query: Query) -> float:
    """Megabytes (10⁶ bytes) allocated at the peak of a call beyond what was there before."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    query()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (peak - before) / 1e6


def compare(
    what: str,
    pool: Pool,
    peer: str,
    theirs: Query,
    ours: Query,
    *,
    repeats: int,
    bar: float | None,
    memory_bar: float | None = None,
    deterministic: bool = True,
) -> Row:
    """Time both in turn and print the row."""
    times: tuple[list[float], list[float]] = ([], [])
    answers = [np.sort(theirs()), np.sort(ours())]  # the first call of each is not counted
    for _ in range(repeats):
        for side, query in enumerate((theirs, ours)):
            begin = time.process_time()
            query()
            times[side].append(time.process_time() - begin)
    medians = [statistics.median(values) for values in times]
    same = bool(np.array_equal(*answers)) if deterministic else None
    row = Row(
        what, pool.n, peer, medians[0], medians[1], medians[0] / medians[1], bar, same, extra_memory(ours), memory_bar, repeats
    )
    print(as_line(row), file=sys.stderr, flush=True)
    return row


def uncertainty(pool: Pool, repeats: int) -> list[Row]:
    peers: list[tuple[str, Callable[[Pool, str], Query], float, int]] = [
        ("scikit-activeml", skactiveml_uncertainty, 4, repeats),
        ("plain numpy over predict_proba", numpy_uncertainty, 1.5, repeats),
    ]
    if installed("modAL-python"):
        peers.append(("modAL", modal_uncertainty, 1.5, repeats))
    if installed("small-text") and pool.n <= 100_000:  # a Python call per row: minutes beyond
        peers.append(("small-text", small_text_uncertainty, 1.5, 3))
    memory_bar = 20 if pool.n == 1_000_000 else None
    return [
        compare(name, pool, peer, make(pool, name), pool.ours(name), repeats=times, bar=bar, memory_bar=memory_bar)
        for name in METHODS
        for peer, make, bar, times in peers
    ]


def coreset(pool: Pool, repeats: int) -> list[Row]:
    bar = 4 if pool.n <= 10_000 else 2.5
    ours = pool.ours("coreset")
    return [compare("coreset", pool, "scikit-activeml", skactiveml_coreset(pool), ours, repeats=repeats, bar=bar)]


def badge(pool: Pool, repeats: int) -> list[Row]:
    return [
        compare(
            "badge",
            pool,
            "scikit-activeml",
            skactiveml_badge(pool),
            pool.ours("badge"),
            repeats=min(repeats, 3),
            bar=12,
            memory_bar=25 if pool.n == 100_000 else None,
            deterministic=False,
        )
    ]


def typiclust(pool: Pool, repeats: int) -> list[Row]:
    peer = skactiveml_typiclust(pool)
    times = min(repeats, 5)
    ours = pool.ours("typiclust")
    return [
        compare("typiclust", pool, "scikit-activeml", peer, ours, repeats=times, bar=1.2, memory_bar=100, deterministic=False)
    ]


def probcover(pool: Pool, repeats: int) -> list[Row]:
    """Both find their radius as well; scikit-activeml tries ten, ours is exact, so the picks differ."""
    peer = skactiveml_probcover(pool)
    times = min(repeats, 3)
    ours = pool.ours("probcover")
    return [
        compare("probcover", pool, "scikit-activeml", peer, ours, repeats=times, bar=5, memory_bar=100, deterministic=False)
    ]


PARTS = {"uncertainty": uncertainty, "coreset": coreset, "badge": badge, "typiclust": typiclust, "probcover": probcover}
UP_TO = {"uncertainty": 10**6, "coreset": 10**5, "badge": 10**5, "typiclust": 10**4, "probcover": 10**4}


def growth(labelled: int, repeats: int) -> list[Row]:
    """Margin at 10⁵ and 10⁶ items in memory, and over 10⁷ items on disk."""
    rows = []
    for n in (10**5, 10**6):
        rows.append(alone(f"margin, {n:,} items in memory", Pool(n, labelled), repeats))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "X.npy"
        n = 10**7
        X = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n, DIMENSION))
        for begin in range(0, n, 10**6):
            X[begin : begin + 10**6] = blobs(10**6)
        X.flush()
        del X
        rows.append(
            alone(f"margin, {n:,} items, read-only float32 memory map", Pool(n, labelled, np.load(path, mmap_mode="r")), 3)
        )
    return rows


def alone(what: str, pool: Pool, repeats: int) -> Row:
    ours, times = pool.ours("margin"), []
    for _ in range(repeats + 1):
        begin = time.process_time()
        ours()
        times.append(time.process_time() - begin)
    row = Row(what, pool.n, "", None, statistics.median(times[1:]), None, None, None, extra_memory(ours), None, repeats)
    print(as_line(row), file=sys.stderr, flush=True)
    return row


def installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def as_line(row: Row) -> str:
    same = {True: "yes", False: "no", None: "–"}[row.same_picks]
    theirs = "–" if row.peer_seconds is None else f"{1e3 * row.peer_seconds:,.1f}"
    ratio = "–" if row.ratio is None else f"**{row.ratio:.1f}**"
    bar = "–" if row.bar is None else f"≥ {row.bar:g}"
    memory = f"{row.extra_mb:.1f}" + (f" (≤ {row.memory_bar_mb:g})" if row.memory_bar_mb else "")
    ours = f"{1e3 * row.our_seconds:,.1f}"
    return f"| {row.what} | {row.n:,} | {row.peer or '–'} | {theirs} | {ours} | {ratio} | {bar} | {same} | {memory} |"


def document(rows: list[Row], labelled: int) -> dict[str, Any]:
    versions = {
        name: importlib.metadata.version(name)
        for name in ("numpy", "scipy", "scikit-learn", "scikit-activeml", "modAL-python", "small-text")
        if installed(name)
    }
    machine = {"python": platform.python_version(), "machine": platform.machine(), "versions": versions}
    protocol = {"batch": BATCH, "dimension": DIMENSION, "classes": CLASSES, "labelled": labelled, "threads": 1}
    return {"protocol": protocol, "machine": machine, "rows": [asdict(row) for row in rows]}


def markdown(result: dict[str, Any], rows: list[Row]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in result["machine"]["versions"].items())
    labelled = result["protocol"]["labelled"]
    head = (
        f"Batch {BATCH}, d = {DIMENSION}, {CLASSES} classes, {labelled} labels, one BLAS thread, float64;"
        " medians of processor time, calls in turn; prediction included, fitting not.\n"
        f"Python {platform.python_version()}, {versions}.\n"
    )
    columns = "| what | n | peer | peer, ms | ours, ms | peer ÷ ours | bar | same picks | our extra memory, MB |\n"
    return head + "\n" + columns + "|---|---:|---|---:|---:|---:|---|---|---:|\n" + "\n".join(map(as_line, rows)) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="10000,100000", help="numbers of items, separated by commas")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--labelled", type=int, default=2 * CLASSES, help="labels there are, by default two of each class")
    parser.add_argument("--growth", action="store_true", help="only margin from 100,000 to 10,000,000 items")
    parser.add_argument("--name", default="query", help="name of the result files")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with one_thread():
        if options.growth:
            rows = growth(options.labelled, options.repeats)
        else:
            rows = []
            for n in map(int, options.sizes.split(",")):
                pool = Pool(n, options.labelled)
                for part in options.only.split(","):
                    if n <= UP_TO[part]:
                        rows += PARTS[part](pool, options.repeats)
    result = document(rows, options.labelled)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{options.name}.json").write_text(json.dumps(result, indent=2) + "\n")
    (RESULTS / f"{options.name}.md").write_text(markdown(result, rows))


if __name__ == "__main__":
    main()
