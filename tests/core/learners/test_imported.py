"""Classifiers from elsewhere: their values are read as what they are, or refused in one line that says what is wrong."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from peers import peer

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.errors import UserError
from al_core.learners.model import Model, Training
from al_core.learners.outputs import per_class
from al_core.learners.registry import resolve_learner
from al_core.run.play import play
from al_core.run.round import start
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec

CLASSES = 6


def blobs(classes: int, each: int = 12, seed: int = 0) -> tuple[FloatArray, IntArray]:
    rng = np.random.default_rng(seed)
    y = np.arange(classes * each) % classes
    return 3.0 * np.eye(classes)[y] + rng.normal(size=(len(y), classes)), y


def training(classes: tuple[int, ...], each: int = 12) -> Training:
    """Everything labelled, the labels being ``classes`` out of `CLASSES`."""
    X, y = blobs(len(classes), each)
    return Training(X, np.arange(len(X)), np.array(classes)[y], CLASSES, np.arange(0), ("test",), {})


class Nearest:
    """A classifier to be changed: the softmax of minus the distance to the mean of every class."""

    def fit(self, X: FloatArray, y: IntArray) -> Nearest:
        self.fitted_on = y
        self.classes_ = np.unique(y)
        self.means = np.array([X[y == label].mean(axis=0) for label in self.classes_])
        return self

    def predict(self, X: FloatArray) -> Any:
        return self.classes_[self._near(X).argmax(axis=1)]

    def predict_proba(self, X: FloatArray) -> Any:
        odds = np.exp(self._near(X))
        return odds / odds.sum(axis=1, keepdims=True)

    def _near(self, X: FloatArray) -> Any:
        return -np.linalg.norm(X[:, None] - self.means, axis=2)


class Scores(Nearest):
    """The same without probabilities."""

    predict_proba = None

    def decision_function(self, X: FloatArray) -> Any:
        return self._near(X)

    def __getattribute__(self, name: str) -> Any:
        if name == "predict_proba":
            raise AttributeError(name)
        return super().__getattribute__(name)


class WantsCounted(Nearest):
    """Takes the labels 0, 1, …, k − 1 and no others, all of them."""

    def fit(self, X: FloatArray, y: IntArray) -> Nearest:
        if np.unique(y).tolist() != list(range(len(np.unique(y)))):
            raise ValueError(f"Invalid classes inferred from unique values of `y`. Got {np.unique(y)}")
        return super().fit(X, y)


class Backwards(Nearest):
    """Its columns stand in another order, and it says so."""

    def fit(self, X: FloatArray, y: IntArray) -> Nearest:
        super().fit(X, y)
        self.classes_ = self.classes_[::-1]
        self.means = self.means[::-1]
        return self


class Unnamed(Nearest):
    """It does not say which class a column is about."""

    def fit(self, X: FloatArray, y: IntArray) -> Nearest:
        super().fit(X, y)
        self._labels = self.classes_
        del self.classes_
        return self

    def predict(self, X: FloatArray) -> Any:
        return self._labels[self._near(X).argmax(axis=1)]


class UnnamedBackwards(Unnamed):
    def predict_proba(self, X: FloatArray) -> Any:
        return super().predict_proba(X)[:, ::-1]


class Pairs(Scores):
    """One value for every pair of classes, above 0 for the first of the two, as ``SVC(decision_function_shape="ovo")``."""

    def decision_function(self, X: FloatArray) -> Any:
        near = self._near(X)
        return np.column_stack([near[:, a] - near[:, b] for a, b in combinations(range(near.shape[1]), 2)])


def wrong(name: str, answer: Any) -> type[Nearest]:
    """A classifier whose method ``name`` returns ``answer(right answer)``."""
    base = Scores if name == "decision_function" else Nearest

    def method(self: Any, X: FloatArray) -> Any:
        return answer(getattr(super(made, self), name)(X))

    made = type("Odd", (base,), {name: method})
    return made


def with_nan(values: FloatArray) -> FloatArray:
    values = np.array(values)
    values[-1, 0] = np.nan
    return values


@pytest.fixture
def odd() -> Iterator[SimpleNamespace]:
    """A module of classifiers that a learner's name can be made with."""
    module = SimpleNamespace(
        Nearest=Nearest,
        Scores=Scores,
        WantsCounted=WantsCounted,
        Backwards=Backwards,
        Unnamed=Unnamed,
        Pairs=Pairs,
        UnnamedBackwards=UnnamedBackwards,
    )
    sys.modules["odd"] = module  # type: ignore[assignment]
    yield module
    resolve_learner.cache_clear()
    del sys.modules["odd"]


def fitted(text: str, given: Training) -> Model:
    return resolve_learner(text).fit(given)


@pytest.mark.parametrize("classes", [(0, 1, 2), (1, 4), (0, 2, 5), (5, 3, 1, 0)])
@pytest.mark.parametrize("name", ["Nearest", "WantsCounted", "Backwards", "Unnamed"])
def test_learns_the_seen_classes_as_0_to_k_and_answers_in_those_there_are(
    odd: SimpleNamespace, name: str, classes: tuple[int, ...]
) -> None:
    given = training(classes)
    model = fitted(f"odd:{name}", given)
    plain = Nearest().fit(given.X, given.labels)
    expected = np.zeros((len(given.rows), CLASSES))
    expected[:, plain.classes_] = plain.predict_proba(given.X)
    np.testing.assert_allclose(model.probabilities(given.rows), expected, atol=1e-12)
    assert model.predict(given.rows).tolist() == plain.predict(given.X).tolist()
    assert np.unique(model.estimator.fitted_on).tolist() == list(range(len(classes)))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "sklearn.linear_model:LogisticRegression", "sklearn.linear_model:RidgeClassifier", "sklearn.svm:SVC(C=10)",
        "sklearn.svm:LinearSVC", "sklearn.ensemble:RandomForestClassifier(n_estimators=5)", "sklearn.naive_bayes:GaussianNB",
        "svm", "knn", "random_forest(trees=5)", "naive_bayes", "mlp(hidden=5)", "soft_vote(knn,svm)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("classes", [(1, 4), (0, 2, 5)])
def test_a_gap_in_the_classes_changes_no_number(text: str, classes: tuple[int, ...]) -> None:
    gaps, none = training(classes), training(tuple(range(len(classes))))
    with_gaps, without = fitted(text, gaps), fitted(text, none)
    np.testing.assert_array_equal(
        with_gaps.probabilities(gaps.rows)[:, list(classes)], without.probabilities(none.rows)[:, : len(classes)]
    )
    np.testing.assert_array_equal(with_gaps.predict(gaps.rows), np.array(classes)[without.predict(none.rows)])
    head, plain = getattr(with_gaps, "linear_head", None), getattr(without, "linear_head", None)
    if plain is not None:
        assert head.classes.tolist() == list(classes)
        np.testing.assert_array_equal(head.coef, plain.coef)


def test_a_run_of_a_classifier_that_wants_counted_labels_reaches_its_end(odd: SimpleNamespace) -> None:
    spec = TaskSpec(learner="odd:WantsCounted", initial="typical", budget=40)
    from al_core.task.split import make_task

    task = make_task(spec)
    assert len(np.unique(task.dataset.y[task.initial])) < 10, "a start that lacks a class is what this is about"
    assert play(spec, start("margin"), rounds=0).state.curve[-1][0] == 40


def test_peers_hand_the_seen_classes_on_as_0_to_k(odd: SimpleNamespace) -> None:
    peer("skactiveml")
    from sklearn.base import BaseEstimator, ClassifierMixin

    odd.Wants = type("Wants", (ClassifierMixin, WantsCounted, BaseEstimator), {})
    odd.Takes = type("Takes", (ClassifierMixin, Nearest, BaseEstimator), {})
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*base_estimator")  # it goes on without the classifier, with a warning
        wants, takes = (
            play(
                TaskSpec(learner=f"odd:{name}", initial="typical", budget=30),
                RunState("skactiveml:UncertaintySampling"),
                rounds=0,
            )
            for name in ("Wants", "Takes")
        )
    assert wants.state == takes.state


# One-against-one values.


@pytest.mark.parametrize("classes", [(0, 1, 2), (0, 2, 5), (0, 1, 2, 3), (0, 1, 2, 3, 4), (5, 3, 4, 2, 1, 0)])
@pytest.mark.parametrize("kernel", ["rbf", "linear"])
def test_one_against_one_values_of_svc_are_those_it_aggregates_itself(classes: tuple[int, ...], kernel: str) -> None:
    given = training(classes)
    rows = given.rows
    pairs = fitted(f"sklearn.svm:SVC(decision_function_shape=ovo,kernel={kernel},C=10)", given)
    whole = fitted(f"sklearn.svm:SVC(decision_function_shape=ovr,kernel={kernel},C=10)", given)
    np.testing.assert_allclose(pairs.probabilities(rows), whole.probabilities(rows), atol=1e-12)
    assert pairs.predict(rows).tolist() == whole.predict(rows).tolist()


@pytest.mark.parametrize("each", [1, 2, 5])
@pytest.mark.parametrize("seed", range(5))
def test_three_pairs_are_told_from_three_classes_however_few_the_labels(each: int, seed: int) -> None:
    X, y = blobs(3, 20, seed)
    rows = np.arange(3 * each)
    given = Training(X, rows, y[rows], 3, np.arange(3 * each, 60), ("test",), {})
    whole, pairs = (
        fitted(f"sklearn.svm:SVC(decision_function_shape={shape})", given).probabilities(np.arange(60))
        for shape in ("ovr", "ovo")
    )
    np.testing.assert_allclose(pairs, whole, atol=1e-12)


@pytest.mark.parametrize("shape", ["ovo", "ovr"])
def test_where_only_one_class_is_ever_predicted_the_parameter_tells(odd: SimpleNamespace, shape: str) -> None:
    """Both readings agree with such predictions, and what else the values say still has to be read."""

    class Always(Scores):
        def get_params(self) -> dict[str, Any]:
            return {"svc__decision_function_shape": shape}

        def predict(self, X: FloatArray) -> Any:
            return np.zeros(len(X), dtype=np.int64)

        def decision_function(self, X: FloatArray) -> Any:
            return np.column_stack([np.full(len(X), 3.0), np.ones(len(X)), np.where(X[:, 0] > 0, 2.0, -2.0)])

    odd.Always = Always
    given = training((0, 1, 2))
    p = fitted("odd:Always", given).probabilities(given.rows)
    third = np.where(given.X[:, 0] > 0, 2.0, -2.0)
    values = per_class(np.column_stack([np.full(36, 3.0), np.ones(36), third])) if shape == "ovo" else None
    assert p[:, 0].min() > 0.4
    expected = third > 0 if shape == "ovo" else third < 0  # 1 beats 2 in their pair; or the third column is class 2's
    assert ((p[:, 1] > p[:, 2]) == expected).all()
    if values is not None:
        np.testing.assert_allclose(p[:, :3], np.exp(values) / np.exp(values).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("move", [0.0, 1e7])
def test_it_gets_the_features_as_they_are(odd: SimpleNamespace, move: float) -> None:
    seen: list[FloatArray] = []

    class Looks(Nearest):
        def fit(self, X: FloatArray, y: IntArray) -> Nearest:
            seen.append(X)
            return super().fit(X, y)

        def predict_proba(self, X: FloatArray) -> Any:
            seen.append(X)
            return super().predict_proba(X)

    odd.Looks = Looks
    X, y = blobs(3)
    rows = np.arange(12)
    given = Training(X + move, rows, y[rows], 3, np.arange(12, 36), ("test",), {})
    fitted("odd:Looks", given).probabilities(np.arange(12, 36))
    np.testing.assert_array_equal(seen[0], X[:12] + move)
    np.testing.assert_array_equal(seen[-1], X[12:] + move)


@pytest.mark.parametrize("classes", [(0, 1, 2), (1, 2, 4, 5), (5, 3, 4, 2, 1, 0)])
def test_pairs_lead_to_the_class_that_wins_most(odd: SimpleNamespace, classes: tuple[int, ...]) -> None:
    given = training(classes)
    model = fitted("odd:Pairs", given)
    p = model.probabilities(given.rows)
    assert (p.argmax(axis=1) == model.predict(given.rows)).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_inside_a_pipeline_too() -> None:
    given = training((0, 1, 2))
    from sklearn import pipeline, preprocessing, svm

    def made(shape: str) -> Any:
        return pipeline.make_pipeline(preprocessing.StandardScaler(), svm.SVC(decision_function_shape=shape, C=10))

    sys.modules["odd"] = SimpleNamespace(ovo=lambda: made("ovo"), ovr=lambda: made("ovr"))  # type: ignore[assignment]
    try:
        pairs, whole = (fitted(f"odd:{shape}", given).probabilities(given.rows) for shape in ("ovo", "ovr"))
    finally:
        del sys.modules["odd"]
        resolve_learner.cache_clear()
    np.testing.assert_allclose(pairs, whole, atol=1e-12)


def test_margin_on_iris_gains_what_it_gains_without_the_option() -> None:
    from al_core.measures.curves import aulc

    def area(shape: str) -> float:
        spec = TaskSpec(dataset="iris", learner=f"sklearn.svm:SVC(C=10,decision_function_shape={shape})", budget=60, batch=5)
        return aulc(play(spec, start("margin"), rounds=0).state.curve)

    assert area("ovo") == area("ovr") > 0.95


# What no classifier may return.


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("predict_proba", lambda p: p[:, :-1], r"predict_proba returned .*\(36, 2\).* 3 classes"),
        ("predict_proba", lambda p: np.c_[p, p], r"predict_proba returned .*\(36, 6\)"),
        ("predict_proba", lambda p: p[:-1], r"predict_proba returned .*\(35, 3\).* 36 items"),
        ("predict_proba", lambda p: p.argmax(axis=1), r"predict_proba returned .*\(36,\)"),
        ("predict_proba", lambda p: [np.c_[1 - c, c] for c in p.T], r"predict_proba returned .*\(3, 36, 2\)"),
        ("predict_proba", lambda p: np.log(p), "outside 0 to 1"),
        ("predict_proba", lambda p: 100 * p, "outside 0 to 1"),
        ("predict_proba", lambda p: p / 2, "add up to"),
        ("predict_proba", with_nan, "not a number"),
        ("predict_proba", lambda p: p.astype(str).astype(object) + "x", "no numbers"),
        ("predict_proba", lambda p: None, "predict_proba"),
        ("decision_function", lambda p: p[:, :-1], r"decision_function returned .*\(36, 2\)"),
        ("decision_function", lambda p: p[:, 0], r"decision_function returned .*\(36,\)"),
        ("decision_function", lambda p: -p, "decision_function.* not what predict says"),
        ("decision_function", lambda p: p[:, [1, 2, 0]], "decision_function.* not what predict says"),
        ("decision_function", with_nan, "not a number"),
        ("predict", lambda y: y + 1, "predict returned .*3"),
        ("predict", lambda y: y[:-1], "predict returned .*35"),
        ("predict", lambda y: y + 0.5, "predict returned"),
        ("predict", lambda y: np.array(list("abc"))[y], "predict returned"),
        ("predict", lambda y: np.eye(3)[y], r"predict returned .*\(36, 3\)"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_with_what_it_returns(odd: SimpleNamespace, name: str, answer: Any, words: str) -> None:
    odd.Odd = wrong(name, answer)
    given = training((0, 3, 5))

    def use() -> None:
        model = fitted("odd:Odd", given)
        model.probabilities(given.rows)
        model.predict(given.rows)

    with pytest.raises(UserError, match=words) as caught:
        use()
    assert "Odd" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("named", [np.array([0, 1, 1]), np.array([0, 1, 7]), np.array(["a", "b", "c"]), None])
def test_says_when_it_names_classes_that_it_was_not_given(odd: SimpleNamespace, named: Any) -> None:
    class Renames(Nearest):
        def fit(self, X: FloatArray, y: IntArray) -> Nearest:
            super().fit(X, y)
            self._labels, self.classes_ = self.classes_, named
            return self

        def predict(self, X: FloatArray) -> Any:
            return self._labels[self._near(X).argmax(axis=1)]

    odd.Renames = Renames
    given = training((0, 3, 5))
    if named is None:  # as if it had none: columns are in the order of the labels
        np.testing.assert_allclose(fitted("odd:Renames", given).probabilities(given.rows).sum(axis=1), 1.0)
        return
    with pytest.raises(UserError, match="classes_"):
        fitted("odd:Renames", given).probabilities(given.rows)


def test_columns_in_an_order_that_nobody_names_are_refused(odd: SimpleNamespace) -> None:
    given = training((0, 3, 5))
    with pytest.raises(UserError, match="which column belongs to which class"):
        fitted("odd:UnnamedBackwards", given).probabilities(given.rows)


def test_single_precision_probabilities_are_made_to_add_up(odd: SimpleNamespace) -> None:
    odd.Single = wrong("predict_proba", lambda p: (p * (1 + 1e-5)).astype(np.float32))
    given = training((0, 3, 5))
    p = fitted("odd:Single", given).probabilities(given.rows)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-12)


@pytest.mark.parametrize("classes", [(0, 3), (0, 3, 5)])
@pytest.mark.parametrize("name", ["sklearn.svm:OneClassSVM", "sklearn.ensemble:IsolationForest(n_estimators=3)"])
def test_a_detector_of_outliers_is_no_classifier(name: str, classes: tuple[int, ...]) -> None:
    with pytest.raises(
        UserError, match=r"learner (OneClassSVM|IsolationForest): (predict returned -1, 1|decision_function returned)"
    ):
        fitted(name, training(classes))


def test_who_breaks_a_tie_another_way_is_not_contradicted(odd: SimpleNamespace) -> None:
    """scikit-learn 1.6 gave equal values of one class against the rest to the last but one, 1.9 gives them to the first."""

    class Tied(Scores):
        def decision_function(self, X: FloatArray) -> Any:
            near = super().decision_function(X)
            return np.where(X[:, :1] > 1.0, near, -1.0)

        def predict(self, X: FloatArray) -> Any:
            return np.where(X[:, 0] > 1.0, super().predict(X), 3)

    odd.Tied = Tied
    given = training((0, 1, 2, 3))
    p = fitted("odd:Tied", given).probabilities(given.rows)
    np.testing.assert_allclose(p[given.X[:, 0] <= 1.0][:, :4], 0.25)

    class Wrong(Tied):
        def decision_function(self, X: FloatArray) -> Any:
            return np.where(X[:, :1] > 1.0, super().decision_function(X), [[0.0, 0.0, 0.0, -1.0]])

    odd.Wrong = Wrong
    with pytest.raises(UserError, match="not what predict says"):
        fitted("odd:Wrong", given)


def test_two_classes_have_one_decision_value(odd: SimpleNamespace) -> None:
    given = training((1, 4))
    for text in ("sklearn.svm:SVC(decision_function_shape=ovo)", "sklearn.linear_model:RidgeClassifier"):
        model = fitted(text, given)
        p = model.probabilities(given.rows)
        assert (p.argmax(axis=1) == model.predict(given.rows)).all()
        assert set(np.flatnonzero(p.any(axis=0))) == {1, 4}
    odd.Flat = wrong("decision_function", lambda z: z[:, 1] - z[:, 0])
    odd.Column = wrong("decision_function", lambda z: z[:, 1:] - z[:, :1])
    odd.Wrong = wrong("decision_function", lambda z: z[:, 0] - z[:, 1])
    flat, column = (fitted(f"odd:{name}", given).probabilities(given.rows) for name in ("Flat", "Column"))
    np.testing.assert_array_equal(flat, column)
    assert (flat.argmax(axis=1) == given.labels).mean() > 0.9
    with pytest.raises(UserError, match="not what predict says"):
        fitted("odd:Wrong", given).probabilities(given.rows)


def test_what_a_learner_does_wrong_is_told_by_the_run(odd: SimpleNamespace) -> None:
    from al_core.comparison.campaign import bench
    from al_core.compute.inline import Inline

    odd.Odd = wrong("predict_proba", lambda p: p / 2)
    (cell, *_) = bench(TaskSpec(learner="odd:Odd", budget=40), ["margin"], Inline()).failed
    assert cell.error is not None
    assert cell.error.startswith("learner Odd: predict_proba")
