"""What the defaults make of texts at a hundred random labels, beside plain sparse TF-IDF. Run by hand, on Debian:

    pip install -e '.[bench]' && python benchmarks/texts.py [--draws 10]

The texts are fetched, never kept: `fortunes` of Debian, each file a class, and ReutersGrain of Debian's `weka` (two
classes, one text in fifteen of the rare one). A third is kept apart; the features of the rest are fitted without labels.
Beside them stands logistic regression (C = 10) on sparse TF-IDF of words and pairs of words. What the writing of a text
counts for (`WEIGHT` of `al_core.data.writing`) was chosen on Reuters and on the files of fortunes that are not among the
twelve largest. Writes results/texts.json and .md.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from report import write
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from al_core.compute.one_thread import one_thread
from al_core.data.text_features import fitted_texts
from al_core.data.writing import COLUMNS
from al_core.labelling.defaults import LEARNER, OF_MANY
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner

LABELS = 100
SILENT = ", without the writing"
SOFT = OF_MANY["learner"]
LEARNERS = (SOFT, LEARNER, "svm", "logistic")
_ROW = re.compile(r"\s*'((?:\\.|[^'\\])*)'\s*,\s*(\S+)")
Texts = tuple[list[str], np.ndarray, int]
"""Texts, their classes, and how many of them come first that may be asked for."""


def fetched(package: str, place: Path) -> Path:
    """Where the files of a package of Debian are, none of which is installed."""
    subprocess.run(["apt-get", "download", "-q", package], cwd=place, check=True, capture_output=True)
    (archive,) = place.glob(f"{package}_*.deb")
    subprocess.run(["dpkg-deb", "-x", str(archive), str(place / package)], check=True)
    return place / package


def fortunes(place: Path, begin: int, end: int) -> Texts:
    """The texts of the largest files, from the ``begin``-th to before the ``end``-th, in a random order."""
    found = {}
    for file in sorted(fetched("fortunes", place).glob("usr/share/games/fortunes/*")):
        if file.suffix == "" and not file.is_symlink():
            texts = file.read_text("utf-8", "replace").split("\n%\n")
            found[file.name] = [text.strip() for text in texts if text.strip("% \n")]
    files = sorted(found, key=lambda name: -len(found[name]))[begin:end]
    rows = [(text, number) for number, name in enumerate(files) for text in found[name]]
    order = np.random.default_rng(7).permutation(len(rows)).tolist()
    return [rows[row][0] for row in order], np.array([rows[row][1] for row in order]), 2 * len(rows) // 3


def reuters(place: Path) -> Texts:
    """ReutersGrain with the split that it comes with."""
    texts: list[str] = []
    labels: list[int] = []
    pool = 0
    for part in ("train", "test"):
        path = fetched("weka", place) / "usr/share/doc/weka/examples" / f"ReutersGrain-{part}.arff"
        for line in path.read_text("latin-1").partition("@data")[2].splitlines():
            if (row := _ROW.match(line)) is not None:
                texts.append(row[1].replace("\\n", "\n").replace("\\'", "'"))
                labels.append(int(row[2]))
        pool = pool or len(texts)
    return texts, np.array(labels), pool


def points(data: Texts, draws: range) -> dict[str, list[float]]:
    """By who learns: accuracy in per cent, or macro F1 where there are two classes, for every draw."""
    texts, labels, pool = data
    classes, test = int(labels.max()) + 1, np.arange(pool, len(texts))
    features, _ = fitted_texts("texts", texts, pool)
    sparse = TfidfVectorizer(ngram_range=(1, 2)).fit(texts[:pool]).transform(texts)
    known: dict[str, tuple[np.ndarray, dict[object, object]]] = {"": (features, {}), SILENT: (features[:, :-COLUMNS], {})}
    found: dict[str, list[float]] = {"plain": []} | {learner + name: [] for name in known for learner in LEARNERS}

    def judged(guesses: np.ndarray) -> float:
        if classes == 2:
            return 100 * float(f1_score(labels[test], guesses, average="macro"))
        return 100 * float((guesses == labels[test]).mean())

    for draw in draws:
        rows = np.sort(np.random.default_rng(draw).choice(pool, LABELS, replace=False))
        plain = LogisticRegression(C=10, max_iter=2000).fit(sparse[rows], labels[rows])
        found["plain"].append(judged(plain.predict(sparse[test])))
        for name, (X, memo) in known.items():
            training = Training(X, rows, labels[rows], classes, np.arange(pool), ("texts", draw), memo)
            for learner in LEARNERS:
                found[learner + name].append(judged(resolve_learner(learner).fit(training).predict(test)))
    return found


def main() -> None:
    """Fetch, learn, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=10)
    draws = range(100, 100 + parser.parse_args().draws)
    rows = []
    with tempfile.TemporaryDirectory() as made, one_thread():
        place = Path(made)
        for name, data, bar in (
            ("the 12 largest of fortunes", fortunes(place, 0, 12), "≥ 12"),
            ("the 13th to 24th of fortunes", fortunes(place, 12, 24), ""),
            ("ReutersGrain, macro F1", reuters(place), ""),
        ):
            found = points(data, draws)
            plain = found.pop("plain")
            size = f"{len(data[0]):,} texts, {LABELS} labels"
            rows.append((f"{name}: plain sparse TF-IDF", statistics.mean(plain), "", size))
            for learner, reached in found.items():
                ahead = [one - other for one, other in zip(reached, plain, strict=True)]
                error = statistics.stdev(ahead) / len(ahead) ** 0.5
                note = f"{statistics.mean(reached):.1f}; {len(ahead)} draws, standard error {error:.1f}"
                rows.append((f"{name}: {learner}, points ahead", statistics.mean(ahead), bar * (learner == SOFT), note))
    write("texts", rows)


if __name__ == "__main__":
    main()
