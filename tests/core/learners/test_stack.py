"""A mix that finds its own weights: they are the best there are, and the evidence is of labels that nobody had learnt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.readers.bundled import load_digits
from al_core.learners import gaussian_field
from al_core.learners.held_out import TellsHeldOut, folds_of, held_out
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.learners.stack import AUTO, OWN, PRIOR, StackModel, stack, stacked
from al_core.learners.voices import Voice, in_words, leader


def digits(labels: int = 80, seed: int = 0) -> Training:
    data = load_digits()
    order = np.random.default_rng(seed).permutation(800)
    rows = np.sort(order[:labels])
    return Training(data.X, rows, data.y[rows], 10, np.setdiff1d(np.arange(800), rows), ("test", seed), {})


def stripes(labels: int = 60) -> Training:
    """Classes that are no clusters: ten thin layers through one cloud, of which every other one is of a class."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(600, 6))
    y = (X[:, 0] > 0).astype(np.int64)
    X[:, 0] *= 0.3
    rows = np.arange(labels)
    return Training(X, rows, y[rows], 2, np.arange(labels, 600), ("test",), {})


def fitted(training: Training, *members: str) -> StackModel:
    model = stack(training, *members)
    assert isinstance(model, StackModel)
    return model


@settings(max_examples=40)
@given(members=st.integers(2, 5), labels=st.integers(1, 40), seed=st.integers(0, 10**6))
def test_no_weights_are_better(members: int, labels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    likelihood = rng.random((members, labels)) * 0.98 + 0.01
    prior = rng.random(members) * 3 + 0.01

    def worth(weights: FloatArray) -> float:
        return float(np.log(weights @ likelihood).sum() + prior @ np.log(weights))

    best = stacked(likelihood, prior)
    assert best.sum() == pytest.approx(1)
    assert best.min() > 0
    others = rng.dirichlet(np.ones(members), size=200)
    near = best * np.exp(0.01 * rng.normal(size=(200, members)))
    for weights in (*others, *(near / near.sum(axis=1, keepdims=True))):
        assert worth(weights) <= worth(best) + 1e-6


def test_without_labels_to_judge_by_all_are_heard_alike() -> None:
    assert stacked(np.empty((3, 0)), np.full(3, 0.5)).tolist() == [1 / 3] * 3
    voices = fitted(one_of_each(digits()), "logistic", "knn").voices
    assert [(voice.weight, voice.judged, voice.alone) for voice in voices] == [(0.5, 0, 0), (0.5, 0, 0)]


def one_of_each(data: Training, again: int = 0) -> Training:
    """Its first label of each class, and the second of some classes."""
    of = [np.flatnonzero(data.labels == label) for label in range(10)]
    kept = np.sort([*(at[0] for at in of), *(at[1] for at in of[:again])])
    return replace(data, rows=data.rows[kept], labels=data.labels[kept])


def test_a_label_that_is_the_only_one_of_its_class_counts_for_those_that_go_by_more() -> None:
    members = ("logistic", "gaussian_field", "knn", "svm")
    prior = PRIOR / 4
    voices = fitted(one_of_each(digits()), *members).voices
    assert [(voice.judged, voice.alone) for voice in voices] == [(0, 0), (0, 10), (0, 0), (0, 0)]
    assert [voice.weight for voice in voices] == pytest.approx([prior / 12, (10 + prior) / 12, prior / 12, prior / 12])
    assert [voice.alone for voice in fitted(one_of_each(digits(), again=7), *members).voices] == [0, 3, 0, 0]
    assert [voice.alone for voice in fitted(one_of_each(digits(), again=10), *members).voices] == [0, 0, 0, 0]


def test_lone_labels_count_for_a_model_of_ones_own_as_for_the_field() -> None:
    data = one_of_each(digits())
    told = np.full((len(data.features), 10), 0.1)
    voices = fitted(replace(data, predictions=told), "logistic", "gaussian_field").voices
    assert [(voice.name, voice.alone) for voice in voices] == [("logistic", 0), ("gaussian_field", 10), (OWN, 10)]
    assert voices[1].weight == pytest.approx(voices[2].weight) == pytest.approx((5 + PRIOR / 3) / 12)


def test_folds_part_every_class_evenly_and_hang_on_the_seed_alone() -> None:
    data = digits(200)
    folds = folds_of(data, 10)
    assert folds_of(data, 10).tolist() == folds.tolist()
    assert folds_of(replace(data, seed=("another",)), 10).tolist() != folds.tolist()
    assert set(folds.tolist()) == set(range(10))
    for label in range(10):
        counts = np.bincount(folds[data.labels == label], minlength=10)
        assert counts.max() - counts.min() <= 1
    assert np.ptp(np.bincount(folds)) <= 1


def test_the_field_without_a_fold_in_closed_form_is_the_field_that_never_learnt_it() -> None:
    data = digits()
    learner, folds = resolve_learner("gaussian_field(sharpness=1)"), folds_of(data, 5)
    model = learner.fit(data)
    assert isinstance(model, TellsHeldOut)
    told = model.held_out(folds)
    assert told is not None
    assert set(data.labels.tolist()) == set(range(10))
    for fold in range(5):
        out, kept = folds == fold, folds != fold
        assert set(data.labels[kept].tolist()) == set(range(10))
        everything = np.union1d(data.pool, data.rows)
        less = learner.fit(replace(data, rows=data.rows[kept], labels=data.labels[kept], pool=everything))
        np.testing.assert_allclose(told[out], less.probabilities(data.rows[out]), atol=1e-9)


def test_a_field_too_large_for_closed_form_is_fitted_again_on_the_same_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    data = digits()
    learner, folds = resolve_learner("gaussian_field(sharpness=2,anchors=0)"), folds_of(data, 4)
    exact = held_out(learner, learner.fit(data), data, folds)
    monkeypatch.setattr(gaussian_field, "DENSE_LIMIT", 10)
    large = replace(data, memo={})
    again = held_out(learner, learner.fit(large), large, folds)
    graphs = [key for key in large.memo if isinstance(key, tuple) and key[0] == "neighbour graph"]
    assert len(graphs) == 1
    np.testing.assert_allclose(again, exact, atol=1e-5)


def test_bagged_trees_are_judged_by_those_that_did_not_draw_the_label() -> None:
    from sklearn.ensemble import RandomForestClassifier

    data = digits(200)
    learner = resolve_learner("random_forest")
    told = held_out(learner, learner.fit(data), data, folds_of(data, 5))
    peer = RandomForestClassifier(100, oob_score=True, n_jobs=1, random_state=data.random_state).fit(data.X, data.labels)
    np.testing.assert_allclose(told, peer.oob_decision_function_, atol=1e-12)


@pytest.mark.parametrize("written", ["max_features=0.3", "max_samples=2"])
def test_what_is_bagged_of_some_features_or_classes_is_judged_by_folds(written: str) -> None:
    data = digits(60)
    learner = resolve_learner(f"sklearn.ensemble:BaggingClassifier({written},random_state=0)")
    told = held_out(learner, learner.fit(data), data, folds_of(data, 5))
    np.testing.assert_allclose(told.sum(axis=1), 1)
    mixed = fitted(data, f"sklearn.ensemble:BaggingClassifier({written},random_state=0)", "svm")
    np.testing.assert_allclose(mixed.probabilities(data.pool).sum(axis=1), 1)


@pytest.mark.parametrize("name", ["logistic", "svm", "knn", "gaussian_field(sharpness=1)", "random_forest", "naive_bayes"])
def test_what_is_said_of_a_label_does_not_hang_on_it(name: str) -> None:
    data = digits(60)
    learner, folds = resolve_learner(name), folds_of(data, 5)
    at = int(np.flatnonzero(np.bincount(data.labels, minlength=10)[data.labels] > 3)[0])
    other = data.labels.copy()
    other[at] = (other[at] + 1) % 10

    def said(labels: IntArray) -> FloatArray:
        same = replace(data, labels=labels)
        return np.asarray(held_out(learner, learner.fit(same), same, folds)[at])

    if name == "random_forest":  # what trees that drew it learnt else changes no tree that did not
        np.testing.assert_array_equal(said(data.labels), said(other))
    else:
        np.testing.assert_allclose(said(data.labels), said(other), atol=1e-9)


def test_the_field_leads_where_classes_are_clusters_and_not_where_they_are_not() -> None:
    members = ("gaussian_field", "logistic")
    field, line = fitted(digits(), *members).voices
    assert field.weight > 0.7
    assert field.right > line.right
    field, line = fitted(stripes(), *members).voices
    assert line.weight > 0.7
    assert line.right > field.right


def test_the_mix_is_the_weighted_mean_of_its_members_tempered() -> None:
    from al_core.measures.calibration import tempered

    data = digits()
    model, rows = fitted(data, "logistic", "svm"), np.arange(800, 900)
    expected = sum(
        voice.weight * tempered(member.probabilities(rows), voice.temperature)
        for voice, member in zip(model.voices, model.members, strict=True)
    )
    np.testing.assert_allclose(model.probabilities(rows), expected, atol=1e-12)
    assert sum(voice.weight for voice in model.voices) == pytest.approx(1)


def test_auto_is_a_stack_of_four() -> None:
    data, rows = digits(40), np.arange(800, 850)
    model = resolve_learner("auto").fit(data)
    same = resolve_learner(f"stack({','.join(AUTO)})").fit(data)
    np.testing.assert_array_equal(model.probabilities(rows), same.probabilities(rows))


def test_a_model_of_ones_own_is_one_more_member_and_is_heard_once() -> None:
    data = digits()
    y = load_digits().y
    right = np.full((len(y), 10), 0.01)
    right[np.arange(len(y)), y] = 0.91
    model = fitted(replace(data, predictions=right), "logistic", "stack(knn,naive_bayes)")
    assert [voice.name for voice in model.voices] == ["logistic", "stack(knn,naive_bayes)", OWN]
    assert model.voices[-1].weight > 0.8
    assert model.voices[-1].right == model.voices[-1].judged > 0
    wrong = fitted(replace(data, predictions=np.roll(right, 1, axis=1)), "logistic")
    assert wrong.voices[-1].weight < 0.1


def test_who_leads_and_why_in_words() -> None:
    voices = (
        Voice("logistic", 0.1, 1.0, 41, 60),
        Voice("gaussian_field", 0.862, 1.0, 58, 60),
        Voice("svm", 0.038, 1.0, 44, 60),
    )
    assert leader(voices) == "gaussian_field 86%"
    assert in_words(voices) == (
        "The model is a mix: gaussian_field 86%, it knew 58 of 60 labels before it learnt them; logistic 10%, 41; svm 4%, 44."
    )
    assert (leader(()), in_words(())) == ("", "")
