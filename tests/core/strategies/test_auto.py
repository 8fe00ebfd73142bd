"""The mix of herding and expected error reduction: its formula, and who it goes by where there is no field."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from al_core.data.readers.bundled import load_digits
from al_core.learners import gaussian_field
from al_core.learners.gaussian_field import GaussianField
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.strategies.auto import MOST_HEARD, field_of
from al_core.strategies.parts.coverage import add, doubts, gains, kernel_of
from al_core.strategies.parts.field_errors import expected_errors
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


@pytest.mark.parametrize("learner", ["gaussian_field", "stack(gaussian_field,logistic)"])
def test_a_pick_is_the_largest_of_both_shares_of_the_most(learner: str) -> None:
    made = context(learner)
    field, share = field_of(made.model)
    assert field is not None
    kernel, covered = kernel_of(made, 50, 1.0), np.zeros(500)
    for position in LABELLED.tolist():
        add(kernel, position, covered)
    stood = gains(kernel, doubts(made), covered)[30:]
    f, covariance = field.field(made.candidates), field.covariance(made.candidates, made.candidates)
    taught = (1 - f.max(axis=1)).mean() - expected_errors(f, covariance, np.diag(covariance), f, "zero_one")
    assert stood.max() > 0
    assert taught.max() > 0
    heard = share / 2
    mixed = (1 - heard) * stood / stood.max() + heard * np.maximum(taught, 0) / taught.max()
    choice = resolve_strategy("auto").choose(made, 1)
    assert choice.indices.tolist() == [int(mixed.argmax())]
    np.testing.assert_allclose(choice.scores, [mixed.max()], rtol=1e-9)
    assert MOST_HEARD == 0.5


def test_a_field_is_heard_by_its_weight() -> None:
    assert field_of(context("logistic").model) == (None, 0.0)
    whole, share = field_of(context("gaussian_field").model)
    assert (type(whole), share) == (GaussianField, 1.0)
    mixed = context("stack(logistic,gaussian_field)").model
    part, share = field_of(mixed)
    assert isinstance(part, GaussianField)
    assert share == mixed.voices[1].weight  # type: ignore[attr-defined]
    assert 0 < share < 1


def test_without_a_field_it_is_herding() -> None:
    assert picks(context("logistic"), "auto") == picks(context("logistic"), "herding")
    assert picks(context("gaussian_field"), "auto") != picks(context("gaussian_field"), "herding")


def test_a_field_too_large_to_try_every_label_leaves_herding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_field, "DENSE_LIMIT", 100)
    assert picks(context("gaussian_field"), "auto") == picks(context("gaussian_field"), "herding")


def test_from_no_label_it_covers_the_pool_and_a_batch_asks_nothing_twice() -> None:
    nothing = np.empty(0, dtype=np.int64)
    before = [replace(context("logistic"), labelled=nothing, labels=nothing, candidates=np.arange(500)) for _ in range(2)]
    assert picks(before[0], "auto", 20) == picks(before[1], "herding(weight=none)", 20)
    assert len(set(picks(context("gaussian_field"), "auto", 60))) == 60
