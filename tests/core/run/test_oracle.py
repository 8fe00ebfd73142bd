"""Who answers: ground truth, somebody careless, or nobody but the person."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from al_core.compute.processes import Processes
from al_core.data.dataset import UNKNOWN, Dataset
from al_core.run.oracle import Careless, GroundTruth, OnlyThePerson, answered, oracle_of
from al_core.run.play import play
from al_core.run.round import accuracy, fit, known, labels_given, learn
from al_core.run.state import By, RunState
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task, split

SPEC = TaskSpec("iris", "gaussian_field", seed=3, batch=4, budget=26, noise=0.3)
TRUTH = tuple(row % 5 for row in range(4000))
WRONG_AT_SEED_1 = [0, 9, 11, 20, 21, 22, 23, 24]
"""Of the first hundred; written down, so that a result stays what it was."""


def test_a_task_without_noise_is_answered_by_ground_truth() -> None:
    assert oracle_of(replace(SPEC, noise=0.0), TRUTH, 5) == GroundTruth(TRUTH)
    assert oracle_of(SPEC, TRUTH, 5) == Careless(TRUTH, 5, 0.3, 3)
    assert GroundTruth((2, UNKNOWN)).answer(1) == (1, None, By.TRUTH)
    assert GroundTruth((2, UNKNOWN)).answer(0) == (0, 2, By.TRUTH)


@pytest.mark.parametrize("noise", [0.1, 0.3, 0.9])
def test_as_many_labels_are_wrong_as_were_asked_for(noise: float) -> None:
    who = Careless(TRUTH, 5, noise, seed=0)
    labels = [who.answer(row).label for row in range(len(TRUTH))]
    wrong = [row for row, label in enumerate(labels) if label != TRUTH[row]]
    assert abs(len(wrong) / len(TRUTH) - noise) < 5 * (noise * (1 - noise) / len(TRUTH)) ** 0.5
    turned = Counter((labels[row] or 0) - TRUTH[row] for row in wrong)  # every other class, about as often
    shares = Counter({shift % 5: 0 for shift in turned})
    for shift, count in turned.items():
        shares[shift % 5] += count
    assert set(shares) == {1, 2, 3, 4}
    assert max(shares.values()) < 1.5 * min(shares.values())


def test_a_label_hangs_on_seed_and_item_alone_and_is_the_same_for_good() -> None:
    who = Careless(TRUTH, 5, 0.3, seed=1)
    forwards = [who.answer(row) for row in range(100)]
    assert [who.answer(row) for row in reversed(range(100))] == forwards[::-1]
    assert [row for row, label, _ in forwards if label != TRUTH[row]][:8] == WRONG_AT_SEED_1
    other = [row for row in range(100) if Careless(TRUTH, 5, 0.3, seed=2).answer(row).label != TRUTH[row]]
    assert other[:8] != WRONG_AT_SEED_1
    less = {row for row in range(len(TRUTH)) if Careless(TRUTH, 5, 0.1, 1).answer(row).label != TRUTH[row]}
    more = {row for row in range(len(TRUTH)) if who.answer(row).label != TRUTH[row]}
    assert less < more


def test_what_nobody_knows_nobody_gets_wrong() -> None:
    assert Careless((UNKNOWN,) * 50, 5, 0.9, 0).answer(7) == (7, None, By.CARELESS)
    assert Careless((0,) * 50, 1, 0.9, 0).answer(7) == (7, 0, By.CARELESS)


def test_the_learner_gets_the_careless_labels_and_is_measured_by_the_true_ones() -> None:
    task = make_task(SPEC)
    state = play(SPEC, RunState("margin"), rounds=0).state
    assert state.done
    given = known(task, state)
    expected = labels_given(task, given.rows)
    assert np.array_equal(given.labels, expected)
    assert (expected != task.dataset.y[given.rows]).sum() > 2
    assert {answer.by for answer in state.history} == {By.CARELESS}
    assert (given.said[task.initial] != task.dataset.y[task.initial]).any()
    model = fit(task, given.rows, expected, len(state.rounds))
    assert state.query is not None
    assert state.query.accuracy == accuracy(task, model) == np.mean(model.predict(task.test) == task.dataset.y[task.test])


def test_runs_of_a_seed_are_paired_whatever_they_ask_first() -> None:
    runs = [play(SPEC, RunState(name), rounds=0).state for name in ("margin", "random")]
    first, second = ({answer.row: answer.label for answer in state.history} for state in runs)
    both = first.keys() & second.keys()
    assert both
    assert all(first[row] == second[row] for row in both)
    assert first != second


def test_the_history_is_the_same_on_one_core_on_two_and_after_a_stop() -> None:
    whole = {name: play(SPEC, RunState(name), rounds=0).state for name in ("margin", "random")}
    with Processes(2) as pool:
        futures = {name: pool.submit(play, SPEC, RunState(name), 0) for name in whole}
        assert {name: future.result().state for name, future in futures.items()} == whole
    for name, state in whole.items():
        part = play(SPEC, RunState(name), rounds=2).state
        assert not part.done
        assert play(SPEC, part, rounds=0).state == state


def test_where_only_the_person_answers_a_run_waits() -> None:
    begun = play(SPEC, RunState("margin")).state
    assert len(begun.waiting) == SPEC.batch
    assert answered(begun, OnlyThePerson()) == begun
    assert play(SPEC, begun, 5, OnlyThePerson()).state == begun
    assert answered(begun, GroundTruth(make_task(SPEC).dataset.truth)).waiting == ()


def test_a_partly_labelled_race_with_noise_ends() -> None:
    whole = make_task(replace(SPEC, noise=0.0)).dataset
    y = [UNKNOWN if row % 3 == 0 else int(label) for row, label in enumerate(whole.y)]
    with pytest.warns(UserWarning, match="50 of 150 items have no label; the race is over the other 100"):
        task = split(Dataset("part", whole.X, y, whole.classes), SPEC)
    state = play(task, RunState("margin"), rounds=0).state
    assert state.done
    assert all(answer.label is not None for answer in state.history)
    assert len(learn(task, state).predict(task.test)) == len(task.test)
