"""Answers, undo and the learning curve of one run, as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.ground.errors import UserError
from al_core.run.oracle import GroundTruth, answered
from al_core.run.state import Answer, By, Pick, Query, RunState, answer, forget, settle

TRUTH = [number % 10 for number in range(100)]


def query(items: list[int], labels: int = 20, accuracy: float = 0.5) -> Query:
    return Query(labels, accuracy, 80, tuple(Pick(item, None, None, (0.4, 0.6)) for item in items))


def asking(*batches: list[int]) -> RunState:
    """A run whose earlier batches are learnt from truth and whose last one is open."""
    state = RunState("margin")
    for number, batch in enumerate(batches):
        state = RunState("margin", state.rounds, query(batch, 20 + number * len(batch), 0.5 + 0.1 * number))
        if number < len(batches) - 1:
            state = settle(answered(state, GroundTruth(TRUTH)))
    return state


def test_answer_counts_labels_and_leaves_the_rest_waiting() -> None:
    state = answer(asking([3, 4, 5]), 4, 9)
    assert state.labels == 21
    assert state.waiting == (3, 5)
    assert state.answers == (Answer(4, 9, By.PERSON),)


def test_a_skip_is_an_answer_but_no_label() -> None:
    state = answer(asking([3, 4]), 3, None)
    assert state.labels == 20
    assert state.waiting == (4,)


def test_a_second_answer_replaces_the_first() -> None:
    state = answer(answer(asking([3, 4]), 3, 1), 3, 2)
    assert [given.label for given in state.answers] == [2]


def test_answering_a_foreign_item_is_refused() -> None:
    with pytest.raises(UserError, match="row 77 is not in the batch"):
        answer(asking([3]), 77, 1)


def test_settle_refuses_an_open_batch() -> None:
    with pytest.raises(UserError, match="1 items"):
        settle(answer(asking([3, 4]), 3, 1))


def test_curve_keeps_one_point_per_label_count() -> None:
    state = asking([1, 2], [3, 4], [5, 6])
    assert state.curve == ((20, 0.5), (22, 0.6), (24, 0.7))
    skipped = RunState("margin", (*state.rounds,), query([7], labels=22, accuracy=0.9))
    assert [labels for labels, _ in skipped.curve] == [20, 22]


def test_forget_in_the_open_batch_leaves_the_others() -> None:
    state = answer(answer(asking([3, 4, 5]), 3, 3), 4, 4)
    assert forget(state, 3).waiting == (3, 5)


def test_forget_in_a_learnt_batch_returns_to_it_with_its_other_answers() -> None:
    state = forget(asking([1, 2], [3, 4], [5, 6]), 2)
    assert len(state.rounds) == 0
    assert state.waiting == (2,)
    assert state.answers == (Answer(1, 1, By.TRUTH),)
    assert state.curve == ((20, 0.5),)


def test_forget_of_something_never_answered_is_refused() -> None:
    with pytest.raises(UserError, match="row 9 has no answer"):
        forget(asking([1]), 9)


@given(st.lists(st.integers(0, 99), min_size=1, max_size=12, unique=True), st.data())
def test_undoing_every_answer_restores_the_start(items: list[int], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(items)))
    batches = [items[at : at + size] for at in range(0, len(items), size)]
    start = asking(batches[0])
    state = start
    for number, batch in enumerate(batches):
        if number:
            state = settle(state)
            state = RunState("margin", state.rounds, query(batch, 20 + number))
        for item in data.draw(st.permutations(batch)):
            state = answer(state, item, data.draw(st.one_of(st.none(), st.integers(0, 9))))
    given_order = [entry.row for entry in state.history]
    assert sorted(given_order) == sorted(items)
    for item in reversed(given_order):
        state = forget(state, item)
    assert state == start
