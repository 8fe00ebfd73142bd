"""The mix of doubt, herding and expected error reduction: its formula, and what it goes by where the field is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from al_core.data.readers.bundled import load_digits
from al_core.learners import gaussian_field
from al_core.learners.gaussian_field import GaussianField
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.learners.stack import StackModel
from al_core.strategies import auto
from al_core.strategies.auto import belief, field_of, missing
from al_core.strategies.parts import coverage
from al_core.strategies.parts.anchored import AnchorKernel
from al_core.strategies.parts.coverage import Kernel, covered_by, doubts, kernel_of
from al_core.strategies.parts.field_errors import expected_errors, lessons_of
from al_core.strategies.registry import QueryContext, resolve_strategy

LABELLED = np.arange(30)


def context(learner: str, n: int = 500) -> QueryContext:
    data = load_digits()
    X, y = data.X[:n], data.y[:n]
    training = Training(X, LABELLED, y[LABELLED], 10, np.arange(30, n), ("test",), {})
    model = resolve_learner(learner).fit(training)
    rng = np.random.default_rng(0)
    return QueryContext(model, X, np.arange(30, n), LABELLED, y[LABELLED], 10, rng, training.memo)


def picks(made: QueryContext, name: str, k: int = 8) -> list[int]:
    return resolve_strategy(name).choose(made, k).indices.tolist()


@pytest.mark.parametrize("exact", [1000, 0])
@pytest.mark.parametrize("learner", ["gaussian_field", "stack(gaussian_field,logistic)"])
def test_a_pick_is_the_largest_of_the_mixed_shares_of_the_most(
    learner: str, exact: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is neighbours that are covered, or anchors."""
    monkeypatch.setattr(coverage, "EXACT", exact)
    made = context(learner)
    field, share, _ = field_of(made.model)
    assert field is not None
    assert share is not None
    kernel = kernel_of(made, 50, 1.0)
    assert isinstance(kernel, Kernel if exact else AnchorKernel)
    covered = covered_by(made, kernel, LABELLED)
    weights = doubts(made)
    doubt, stood = (weights * (1 - kernel.of_rows(covered)))[30:], kernel.gains(weights, covered)[30:]
    f, covariance = field.field(made.candidates), field.covariance(made.candidates, made.candidates)
    taught = (1 - f.max(axis=1)).mean() - expected_errors(f, covariance, np.diag(covariance), f, "zero_one")
    assert min(doubt.max(), stood.max(), taught.max()) > 0
    believed = 1.0 if learner == "gaussian_field" else share * (2 * share - 1)
    assert 0 < believed <= 1
    mixed = (1 - believed) * doubt / doubt.max()
    mixed += believed / 2 * (stood / stood.max() + np.maximum(taught, 0) / taught.max())
    choice = resolve_strategy("auto").choose(made, 1)
    assert choice.indices.tolist() == [int(mixed.argmax())]
    np.testing.assert_allclose(choice.scores, [mixed.max()], rtol=1e-9)


def test_a_field_is_heard_by_its_weight() -> None:
    assert field_of(context("logistic").model) == (None, None, 1)
    whole, share, members = field_of(context("gaussian_field").model)
    assert (type(whole), share, members) == (GaussianField, 1.0, 1)
    mixed = context("stack(logistic,gaussian_field)").model
    part, share, members = field_of(mixed)
    assert isinstance(part, GaussianField)
    assert share is not None
    assert share == mixed.voices[1].weight  # type: ignore[attr-defined]
    assert 0 < share < 1
    assert members == 2


def test_a_field_in_a_stack_in_a_stack_is_heard_by_both_weights() -> None:
    mixed: Any = context("stack(naive_bayes,stack(logistic,gaussian_field))").model
    part, share, members = field_of(mixed)
    assert part is mixed.members[1].members[1]
    assert share == pytest.approx(mixed.voices[1].weight * mixed.members[1].voices[1].weight)
    assert members == 3


def test_several_fields_are_believed_together() -> None:
    mixed: Any = context("stack(gaussian_field,gaussian_field(neighbours=3),logistic)").model
    part, share, members = field_of(mixed)
    weights = [voice.weight for voice in mixed.voices]
    assert part is mixed.members[weights.index(max(weights[:2]))]
    assert share == pytest.approx(weights[0] + weights[1])
    assert members == 3


def test_a_vote_says_of_no_field_how_far_to_believe_it() -> None:
    made = context("soft_vote(gaussian_field,logistic)")
    assert field_of(made.model)[:2] == (None, None)
    assert picks(made, "auto") == picks(made, "herding")


def test_a_class_that_is_no_more_is_not_looked_for() -> None:
    made = context("gaussian_field")
    classes = made.n_classes
    alive = replace(made, n_classes=classes + 3, dead=3)
    assert alive.n_living == classes
    assert missing(made.labels, alive.n_living) == 0.0
    assert picks(alive, "auto") == picks(made, "auto")


@pytest.mark.parametrize(
    ("weight", "members", "believed"), [(1, 1, 1), (1, 3, 1), (0.5, 2, 0), (0.2, 4, 0), (0.75, 3, 0.46875)]
)
def test_a_member_is_believed_as_far_as_it_is_more_than_an_even_part(weight: float, members: int, believed: float) -> None:
    assert belief(weight, members) == pytest.approx(believed)


def believing(made: QueryContext, weight: float) -> QueryContext:
    """The same context, of whose stack the field has that weight in the mind of the strategy, whatever it says."""
    model = made.model
    assert isinstance(model, StackModel)
    voices = tuple(replace(v, weight=weight if v.name == "gaussian_field" else 1.0 - weight) for v in model.voices)
    return replace(made, model=replace(model, voices=voices))


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5])
def test_a_field_of_no_more_than_an_even_part_is_not_heard(weight: float) -> None:
    """What is asked is what is doubted and not covered."""
    made = believing(context("stack(gaussian_field,logistic)"), weight)
    covered = np.zeros(500)
    for position in LABELLED.tolist():
        kernel_of(made, 50, 1.0).add(position, covered)
    assert picks(made, "auto", 1) == [int((doubts(made) * (1 - covered))[30:].argmax())]


def test_without_a_field_it_is_herding() -> None:
    assert picks(context("logistic"), "auto") == picks(context("logistic"), "herding")
    assert picks(context("gaussian_field"), "auto") != picks(context("gaussian_field"), "herding")


def test_a_field_without_covariance_leaves_the_cover(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_field, "DENSE_LIMIT", 100)
    assert picks(context("gaussian_field(anchors=0)"), "auto") == picks(context("gaussian_field(anchors=0)"), "herding")


def test_on_anchors_what_the_rest_likes_best_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_field, "DENSE_LIMIT", 100)
    made = context("gaussian_field(anchors=60)")
    field, *_ = field_of(made.model)
    assert field is not None
    kernel, covered = kernel_of(made, 50, 1.0), np.zeros(500)
    for position in LABELLED.tolist():
        kernel.add(position, covered)
    stood = kernel.gains(doubts(made), covered)[30:]
    lessons = lessons_of(field, made.candidates, np.arange(470))
    taught = np.maximum(lessons.now() - lessons.errors(np.ones(470, dtype=bool), "zero_one"), 0)
    for tried in (470, 40):
        monkeypatch.setattr(auto, "TRIED", tried)
        of_these = np.where(np.isin(np.arange(470), np.argsort(-stood)[:tried]), taught, 0)
        best = int((stood / stood.max() + of_these / of_these.max()).argmax())
        assert picks(made, "auto", 1) == [best]
    assert len(set(picks(made, "auto", 30))) == 30


def ring(n: int = 1200) -> QueryContext:
    """A dense ball of class 0 and class 1 scattered around it, with five labels of the ball."""
    rng = np.random.default_rng(3)
    y = np.arange(n) % 2
    X = rng.normal(size=(n, 20)) * np.where(y == 0, 1.0, 3.0)[:, None]
    labelled = np.arange(0, 10, 2)
    training = Training(X, labelled, y[labelled], 2, np.setdiff1d(np.arange(n), labelled), ("test",), {})
    model = resolve_learner("stack(gaussian_field,svm)").fit(training)
    rng = np.random.default_rng(0)
    return QueryContext(model, X, training.pool, labelled, y[labelled], 2, rng, training.memo)


def test_it_leaves_a_dense_class_when_another_has_no_label() -> None:
    made = ring()
    assert set((made.candidates[picks(made, "herding(weight=none)", 5)] % 2).tolist()) == {0}
    assert set((made.candidates[picks(ring(), "auto", 5)] % 2).tolist()) == {0, 1}


def test_missing_classes_are_looked_for_as_far_as_chance_does_not_miss_them() -> None:
    by_chance = 3 * (2 / 3) ** 8
    assert missing(np.array([0, 1] * 4), 3) == pytest.approx((1 - by_chance) / 2)
    assert missing(np.zeros(8, dtype=np.int64), 3) == pytest.approx(1 - by_chance / 2)
    assert missing(np.array([0, 1, 2] * 9), 3) == 0.0
    assert missing(np.arange(7), 10) == 0.0
    assert missing(np.empty(0, dtype=np.int64), 4) == 0.0


def test_from_no_label_it_covers_the_pool_and_a_batch_asks_nothing_twice() -> None:
    nothing = np.empty(0, dtype=np.int64)
    before = [replace(context("logistic"), labelled=nothing, labels=nothing, candidates=np.arange(500)) for _ in range(2)]
    assert picks(before[0], "auto", 20) == picks(before[1], "herding(weight=none)", 20)
    assert len(set(picks(context("gaussian_field"), "auto", 60))) == 60
