"""Labels that nobody knows: a run over partly labelled data learns from and measures on what is known, says so, and ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from al_core.data.dataset import UNKNOWN, Dataset
from al_core.ground.errors import UserError
from al_core.race.view import agreement
from al_core.run.oracle import GroundTruth, answered
from al_core.run.play import play
from al_core.run.round import accuracy, advance, known, known_further, learn, start
from al_core.run.state import By, answer, settle
from al_core.task.spec import TaskSpec
from al_core.task.split import Task, split

SPEC = TaskSpec(dataset="mine", batch=7, budget=10_000)
NAMES = ("a", "b", "c")


def blobs(n: int = 150, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    return 3.0 * np.eye(3)[y] + rng.normal(size=(n, 3)), y


def partly(hidden: float = 0.4) -> Dataset:
    X, y = blobs()
    y = np.where(np.random.default_rng(1).random(len(y)) < hidden, UNKNOWN, y)
    return Dataset("mine", X, y, NAMES)


@pytest.fixture
def data() -> Dataset:
    return partly()


def test_a_task_is_made_of_the_rows_whose_label_is_known_and_says_so(data: Dataset) -> None:
    left = int((data.y == UNKNOWN).sum())
    assert 30 < left < 120
    with pytest.warns(UserWarning, match=rf"^data set 'mine': {left} of 150 items have no label; .* the other {150 - left}$"):
        task = split(data, SPEC)
    rows = np.concatenate([task.test, task.pool, task.initial])
    assert np.sort(rows).tolist() == data.known.tolist()
    assert task.unknown.tolist() == np.setdiff1d(np.arange(150), data.known).tolist()


def test_a_task_of_known_labels_has_nothing_to_say(recwarn: pytest.WarningsRecorder) -> None:
    task = split(partly(hidden=0.0), SPEC)
    assert len(task.unknown) == 0
    assert not recwarn.list


@pytest.mark.filterwarnings("ignore:data set 'mine'")
@pytest.mark.parametrize("initial", ["random_per_class", "typical"])
@pytest.mark.parametrize("strategy", ["random", "margin", "expected_error_reduction(tries=3)", "typiclust"])
def test_a_partly_labelled_race_ends_with_all_that_is_known(data: Dataset, initial: str, strategy: str) -> None:
    task = split(data, replace(SPEC, initial=initial))
    state = play(task, start(strategy), rounds=60).state
    assert state.done
    assert state.curve[-1][0] == len(task.pool) + len(task.initial)
    assert {entry.row for entry in state.history} == set(task.pool.tolist())
    assert UNKNOWN not in {entry.label for entry in state.history}


@pytest.mark.filterwarnings("ignore:data set 'mine'")
def test_it_is_the_race_over_the_known_rows_alone(data: Dataset) -> None:
    alone = Dataset("mine", data.X[data.known], data.y[data.known], NAMES)
    some, whole = (play(split(given, SPEC), start("margin"), rounds=0).state for given in (data, alone))
    assert some.curve == whole.curve
    assert [entry.row for entry in some.history] == [int(data.known[entry.row]) for entry in whole.history]


def by_hand(y: np.ndarray) -> Task:
    """A task that somebody put together: rows without a label stand in every part of it."""
    X, _ = blobs()
    rows = np.arange(150)
    return Task(SPEC, Dataset("mine", X, y, NAMES), rows[:50], rows[59:], rows[50:59])


def test_items_that_nobody_can_answer_are_put_aside_and_the_race_ends(data: Dataset) -> None:
    task = by_hand(data.y)
    state = play(task, start("margin"), rounds=60).state
    assert state.done
    assert state.curve[-1][0] == int((data.y[50:] != UNKNOWN).sum())
    answers = {entry.row: entry.label for entry in state.history}
    assert answers == {row: None if data.y[row] == UNKNOWN else int(data.y[row]) for row in task.pool.tolist()}


def test_accuracy_is_that_of_the_test_rows_whose_label_is_known(data: Dataset) -> None:
    task = by_hand(data.y)
    query = advance(task, start("margin")).query
    rows = task.test[data.y[task.test] != UNKNOWN]
    model = learn(task, start("margin"))
    assert query is not None
    assert query.accuracy == np.mean(model.predict(rows) == data.y[rows])
    assert accuracy(task, model) == query.accuracy > 0.5


def test_a_starting_set_teaches_what_is_known_of_it(data: Dataset) -> None:
    task = by_hand(data.y)
    given = known(task, start("margin"))
    assert given.rows.tolist() == [row for row in range(50, 59) if data.y[row] != UNKNOWN]
    assert given.labels.tolist() == [int(data.y[row]) for row in given.rows]
    assert given.candidates.tolist() == list(range(59, 150))


def test_what_was_asked_is_no_label_however_it_was_answered(data: Dataset) -> None:
    """Put aside, answered, or answered with what stands for no label: asked is asked, also after more answers."""
    task = by_hand(data.y)
    state = advance(task, start("margin"))
    first, second, *rest = state.waiting
    for row, label in [(first, None), (second, UNKNOWN), *((row, 1) for row in rest)]:
        state = answer(state, row, label)
    step, whole = known_further(task, known(task, start("margin")), state.answers), known(task, settle(state))
    for given in (step, whole):
        assert not {first, second, *rest} & set(given.candidates.tolist())
        assert set(rest) < set(given.rows.tolist())
        assert not {first, second} & set(given.rows.tolist())
    assert all(np.array_equal(one, other) for one, other in zip(step, whole, strict=True))


@pytest.mark.filterwarnings("ignore:data set 'mine'")
def test_says_what_is_missing_when_there_is_too_little_to_learn_or_to_measure() -> None:
    X, y = blobs()
    nothing = np.full(150, UNKNOWN)
    with pytest.raises(UserError, match="data set 'mine': no label is known"):
        split(Dataset("mine", X, nothing, NAMES), SPEC)
    few = np.where(np.arange(150) < 6, y, UNKNOWN)
    with pytest.raises(UserError, match="data set 'mine'"):
        split(Dataset("mine", X, few, NAMES), SPEC)
    one_each = nothing.copy()
    one_each[[0, 3, 1, 4]] = [0, 0, 1, 1]
    with pytest.raises(UserError, match="data set 'mine'"):
        split(Dataset("mine", X, one_each, NAMES), SPEC)
    with pytest.raises(UserError, match="data set 'mine': no test item has a known label"):
        advance(by_hand(np.where(np.arange(150) < 50, UNKNOWN, y)), start("margin"))
    with pytest.raises(UserError, match="data set 'mine': nothing is labelled"):
        advance(by_hand(np.where(np.arange(150) < 59, UNKNOWN, y)), start("margin"))


def test_ground_truth_that_is_not_known_answers_with_put_aside() -> None:
    task = by_hand(blobs()[1])
    state = advance(task, start("margin"))
    truth = [UNKNOWN if row % 2 else 2 for row in range(150)]
    after = answered(state, GroundTruth(truth))
    assert {(entry.row, entry.label, entry.by) for entry in after.answers} == {
        (row, None if row % 2 else 2, By.TRUTH) for row in state.waiting
    }


def test_nobody_agrees_or_disagrees_with_what_is_not_known() -> None:
    task = by_hand(blobs()[1])
    state = advance(task, start("margin"))
    unknown, wrong, *right = state.waiting
    for row in state.waiting:
        state = answer(state, row, 1)
    truth = {unknown: UNKNOWN, wrong: 2} | dict.fromkeys(right, 1)
    assert agreement(settle(state), tuple(truth.get(row, 0) for row in range(150))) == (len(right), len(right) + 1)
