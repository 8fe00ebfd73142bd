"""Metrics are those of scikit-learn, whatever the rows are; their words are read, and what is no word is one line."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from al_core.ground.errors import UserError
from al_core.measures.metrics import METRICS, check_word, metric_of

CLASSES = ("ant", "bee", "large jug (old)", "8")
WORDS = ("accuracy", "balanced_accuracy", "macro_f1", "recall(bee)", "recall(large jug (old))", "recall(8)")
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


def reference(word: str, true: np.ndarray, predicted: np.ndarray) -> float:
    """The same by scikit-learn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class that is predicted and not there
        if word == "accuracy":
            return float(theirs.accuracy_score(true, predicted))
        if word == "balanced_accuracy":
            return float(theirs.balanced_accuracy_score(true, predicted))
        if word == "macro_f1":
            return float(theirs.f1_score(true, predicted, average="macro", zero_division=0))
        label = CLASSES.index(metric_of(word).label)
        return float(theirs.recall_score(true, predicted, labels=[label], average="macro", zero_division=0))


@pytest.mark.parametrize("word", WORDS)
@given(pairs=rows)
def test_each_is_what_scikit_learn_says(word: str, pairs: list[tuple[int, int]]) -> None:
    true, predicted = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    found, metric = metric_of(word).measure(true, predicted, CLASSES), metric_of(word)
    if metric.label and CLASSES.index(metric.label) not in true:
        assert found is None
    else:
        assert found == pytest.approx(reference(word, true, predicted), abs=1e-12)


def test_every_metric_is_compared() -> None:
    assert {metric_of(word).name for word in WORDS} == set(METRICS)


def test_there_is_nothing_to_measure_without_rows() -> None:
    nothing = np.empty(0, dtype=np.int64)
    assert [metric_of(word).measure(nothing, nothing, CLASSES) for word in WORDS] == [None] * len(WORDS)


@pytest.mark.parametrize(
    ("word", "words", "title", "written"),
    [
        ("accuracy", "accuracy", "Accuracy", "accuracy"),
        (" macro_f1 ", "macro F1", "Macro F1", "macro_f1"),
        ("recall(8)", "recall of 8", "Recall of 8", "recall(8)"),
        ("recall( '8' )", "recall of 8", "Recall of 8", "recall(8)"),
        ('recall("large jug (old)")', "recall of large jug (old)", "Recall of large jug (old)", "recall(large jug (old))"),
    ],
)
def test_words_are_read_and_written(word: str, words: str, title: str, written: str) -> None:
    metric = metric_of(word)
    assert (metric.words, metric.title, str(metric)) == (words, title, written)
    assert metric_of(written) == metric


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("acuracy", "no metric 'acuracy'; did you mean 'accuracy'?"),
        ("kappa", "no metric 'kappa'; there are: accuracy, balanced_accuracy, macro_f1, recall(CLASS)"),
        ("", "no metric ''; there are: accuracy, "),
        ("recal(8)", "no metric 'recal'; did you mean 'recall(CLASS)'?"),
        ("recal", "no metric 'recal'; did you mean 'recall(CLASS)'?"),
        ("recall", "name the class that it is of, e.g. recall(8)"),
        ("recall()", "name the class that it is of, e.g. recall(8)"),
        ("recall(8", "lacks a ')'; write recall(CLASS)"),
        ("macro_f1(8)", "macro_f1 is of all classes; write macro_f1"),
        ("accuracy()", "accuracy is of all classes; write accuracy"),
    ],
)
def test_what_is_no_metric_is_one_line(word: str, message: str) -> None:
    with pytest.raises(UserError) as found:
        check_word(word)
    assert message in str(found.value)
    assert "\n" not in str(found.value)


def test_a_class_that_is_not_there_is_told_with_those_that_are() -> None:
    some = np.zeros(3, dtype=np.int64)
    with pytest.raises(UserError, match=r"--metric is recall\(wasp\), and there is no such class; the classes are: ant, bee, "):
        metric_of("recall(wasp)").measure(some, some, CLASSES)
