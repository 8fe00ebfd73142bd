"""One temperature: guesses stay, and probabilities become as sure as they are right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.measures.calibration import SURPRISE, calibration_error, chosen_temperature, log_loss, tempered


def said(rng: np.random.Generator, rows: int, classes: int, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """What a model says that is too sure by a temperature, and what is true."""
    logits = rng.normal(scale=1.2, size=(rows, classes))
    right = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (right.cumsum(axis=1) > rng.random((rows, 1))).argmax(axis=1)
    wrong = np.exp(logits * temperature)
    return wrong / wrong.sum(axis=1, keepdims=True), labels


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_of_a_model_that_is_too_sure_or_not_sure_enough_is_found(temperature: float) -> None:
    rng = np.random.default_rng(0)
    probabilities, labels = said(rng, 4000, 5, temperature)
    found = chosen_temperature(probabilities[:1000], labels[:1000])
    assert found == pytest.approx(temperature, rel=0.12)
    better = tempered(probabilities[1000:], found)
    if temperature != 1.0:
        assert log_loss(better, labels[1000:]) < log_loss(probabilities[1000:], labels[1000:]) - 0.02
        assert calibration_error(better, labels[1000:]) < calibration_error(probabilities[1000:], labels[1000:]) / 2


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10.0), st.integers(2, 12))
def test_guesses_stay_what_they_are_and_rows_sum_to_one(seed: int, temperature: float, classes: int) -> None:
    probabilities, _ = said(np.random.default_rng(seed), 30, classes, 3.0)
    probabilities[0] = np.eye(classes)[0]
    made = tempered(probabilities, temperature)
    np.testing.assert_array_equal(made.argmax(axis=1), probabilities.argmax(axis=1))
    np.testing.assert_allclose(made.sum(axis=1), 1.0)
    assert (made > 0).all()
    order = np.argsort(probabilities[1])
    assert (np.diff(made[1][order]) >= -1e-12).all()


def test_of_few_labels_nothing_much_is_believed_and_of_none_nothing() -> None:
    sure = np.array([[0.99, 0.01]] * 3)
    assert chosen_temperature(sure[:0], np.array([], dtype=np.int64)) == 1.0
    one, many = (chosen_temperature(np.repeat(sure[:1], n, axis=0), np.ones(n, dtype=np.int64)) for n in (1, 50))
    assert 1.0 < one < many
    half = chosen_temperature(np.repeat(sure[:1], 50, axis=0), np.ones(50, dtype=np.int64), np.full(50, 1 / 50))
    assert half == pytest.approx(one, rel=1e-3), "fifty labels that count a fiftieth say as much as one"


def test_what_a_model_holds_for_impossible_is_not_infinitely_surprising() -> None:
    p = np.array([[1.0, 0.0, 0.0]])
    assert log_loss(tempered(p, 1.0), np.array([2])) == pytest.approx(-np.log(SURPRISE / 3))
    assert tempered(np.empty((0, 3)), 2.0).shape == (0, 3)


def test_the_calibration_error_by_hand() -> None:
    p = np.array([[0.95, 0.05]] * 4 + [[0.55, 0.45]] * 4)
    labels = np.array([0, 0, 0, 1, 0, 0, 1, 1])
    assert calibration_error(p, labels) == pytest.approx((4 * abs(0.75 - 0.95) + 4 * abs(0.5 - 0.55)) / 8)
