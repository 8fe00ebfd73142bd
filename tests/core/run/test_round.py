"""Rounds are pure: what they learn, what they ask, and that nothing else matters."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from al_core.data.dataset import Dataset
from al_core.ground.errors import StrategyError, UserError
from al_core.run.oracle import GroundTruth, answered
from al_core.run.play import play
from al_core.run.round import advance, ask, choose, known, known_further, learn, query_context, start
from al_core.run.state import RunState, answer, forget, settle
from al_core.strategies import registry
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task, split

SPEC = TaskSpec(budget=60)


def test_first_round_asks_ten_of_the_pool_with_scores_ranks_and_probabilities() -> None:
    task = make_task(SPEC)
    state = advance(task, start("margin"))
    assert state.query is not None
    items = [pick.row for pick in state.query.picks]
    assert len(set(items)) == 10
    assert set(items) <= set(task.pool.tolist())
    assert state.query.candidates == 1237
    assert [pick.rank for pick in state.query.picks] == list(range(1, 11))
    scores = [pick.score for pick in state.query.picks]
    assert scores == sorted(scores)
    for pick in state.query.picks:
        top = sorted(pick.probabilities)[-2:]
        assert pick.score == pytest.approx(top[1] - top[0])
        assert sum(pick.probabilities) == pytest.approx(1.0)


def test_a_run_spends_its_budget_exactly_and_measures_the_last_model() -> None:
    state = play(replace(SPEC, budget=47), start("entropy"), rounds=0).state
    assert state.done
    assert [labels for labels, _ in state.curve] == [20, 30, 40, 47]
    assert advance(make_task(replace(SPEC, budget=47)), state) is state


def test_the_order_in_which_a_person_answers_changes_nothing() -> None:
    task = make_task(SPEC)
    state = advance(task, start("margin"))
    forward = backward = state
    for item in state.waiting:
        forward = answer(forward, item, 3)
    for item in reversed(state.waiting):
        backward = answer(backward, item, 3)
    assert advance(task, forward).query == advance(task, backward).query


def test_skipped_items_are_neither_learnt_nor_asked_again() -> None:
    task = make_task(SPEC)
    state = advance(task, start("margin"))
    skipped = state.waiting
    for item in skipped:
        state = answer(state, item, None)
    after = advance(task, state)
    assert after.query is not None
    assert after.query.labels == 20
    assert not {pick.row for pick in after.query.picks} & set(skipped)
    assert len(known(task, after).rows) == 20
    assert not set(known(task, after).candidates.tolist()) & set(skipped)


def test_what_the_person_says_is_learnt_even_when_it_is_wrong() -> None:
    task = make_task(SPEC)
    state = advance(task, start("random"))
    for item in state.waiting:
        state = answer(state, item, 7)
    _, rows, labels, _ = known(task, state)
    asked = {entry.row for entry in state.answers}
    assert {int(label) for row, label in zip(rows, labels, strict=True) if row in asked} == {7}


def test_an_open_batch_is_refused() -> None:
    task = make_task(SPEC)
    with pytest.raises(UserError, match="still wait"):
        advance(task, advance(task, start("margin")))


def test_undone_and_answered_again_gives_the_same_history() -> None:
    straight = play(SPEC, start("margin"), rounds=3).state
    state = play(SPEC, start("margin"), rounds=2).state
    state = answered(state, GroundTruth(make_task(SPEC).dataset.y.tolist()))
    state = play(SPEC, state, rounds=1).state
    assert state == straight
    back = forget(state, state.rounds[0].answers[4].row)
    assert len(back.rounds) == 0
    assert play(SPEC, back, rounds=2).state.query == straight.query


def test_strategies_of_one_seed_share_start_and_first_model() -> None:
    first = [advance(make_task(SPEC), start(name)).query for name in ("random", "margin", "entropy")]
    assert len({query.accuracy for query in first if query}) == 1


def test_pool_labels_do_not_reach_the_choice() -> None:
    task = make_task(SPEC)
    poisoned = task.dataset.y.copy()
    poisoned[task.pool] = 0
    dataset = Dataset("poisoned", task.dataset.X, poisoned, task.dataset.classes)
    for name in ("random", "least_confidence", "margin", "entropy"):
        clean = advance(task, start(name)).query
        dirty = advance(replace(task, dataset=dataset, memo={}), start(name)).query
        assert clean is not None
        assert dirty is not None
        assert clean.picks == dirty.picks


def test_a_pool_that_runs_dry_ends_the_run() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    dataset = Dataset("small", X, np.repeat([0, 1], 30), ("a", "b"))
    task = split(dataset, TaskSpec(dataset="small", batch=50, budget=1000))
    state = play(task, start("margin"), rounds=0).state
    assert state.done
    assert state.curve[-1][0] == 42


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (lambda context, k: np.zeros(k, dtype=int), "more than once"),
        (lambda context, k: np.arange(k) + len(context.candidates), "out of range"),
        (lambda context, k: np.arange(k) - 1, "out of range"),
        (lambda context, k: np.arange(k + 1), "not 10 integers"),
        (lambda context, k: np.linspace(0, 9, k), "not 10 integers"),
        (lambda context, k: 1 / 0, "raised ZeroDivisionError"),
    ],
)
def test_a_broken_batch_strategy_is_told_by_name(monkeypatch: pytest.MonkeyPatch, result: object, words: str) -> None:
    registry.strategies()
    monkeypatch.setitem(registry._STRATEGIES, "broken", None)
    registry.strategy("broken", family="test", formula="", source="", cost="", why="")(result)
    with pytest.raises(StrategyError, match=f"broken.*{words}"):
        advance(make_task(SPEC), RunState("broken"))


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (lambda context: np.full(len(context.candidates), np.nan), "NaN for 1,237 of 1,237"),
        (lambda context: np.zeros(3), "shape"),
    ],
)
def test_a_broken_score_strategy_is_told_by_name(monkeypatch: pytest.MonkeyPatch, result: object, words: str) -> None:
    registry.strategies()
    monkeypatch.setitem(registry._STRATEGIES, "broken", None)
    registry.strategy("broken", family="test", formula="", source="", cost="", why="", wants="largest")(result)
    with pytest.raises(StrategyError, match=words):
        advance(make_task(SPEC), RunState("broken"))


def test_parameters_that_nobody_described_are_refused() -> None:
    with pytest.raises(TypeError, match="describe exactly"):

        @registry.strategy("odd", family="test", formula="", source="", cost="", why="")
        def odd(context: object, k: int, *, beta: float = 1.0) -> None: ...


def test_what_answers_add_is_what_the_whole_run_tells() -> None:
    task = make_task(SPEC)
    state = advance(task, start("margin"))
    first, *rest = state.waiting
    before = known(task, state)
    for item, label in [(first, None), *((item, 3) for item in rest)]:
        state = answer(state, item, label)
    step, whole = known_further(task, before, state.answers), known(task, state)
    assert all(np.array_equal(one, other) for one, other in zip(step, whole, strict=True))
    assert np.array_equal(before.rows, task.initial)


def test_scores_that_are_no_numbers_are_none_and_such_probabilities_fail_the_round() -> None:
    choice = registry.Choice(np.array([2, 0]), np.array([np.inf, 0.5]), None)
    strategy = SimpleNamespace(choose=lambda context, k: choice)

    def context(probabilities: list[list[float]]) -> Any:
        model = SimpleNamespace(probabilities=lambda rows: np.array(probabilities))
        return SimpleNamespace(candidates=np.array([7, 8, 9]), model=model)

    good = [[0.25, 0.75], [0.5, 0.5]]
    assert choose(strategy, context(good), 2) == ((9, None, None, (0.25, 0.75)), (7, 0.5, None, (0.5, 0.5)))
    with pytest.raises(ValueError, match="probabilities that are no numbers"):
        choose(strategy, context([[np.nan, 1.0], [0.5, 0.5]]), 2)


def test_luck_hangs_on_seed_and_round_that_of_a_learner_on_no_strategy_and_that_of_a_strategy_on_its_name() -> None:
    """Otherwise paired seeds repeat each other's luck, strategies of one seed are not paired, and both `random` ask alike."""
    task = make_task(replace(SPEC, learner="random_forest(trees=5)"))
    other = replace(task, spec=replace(task.spec, seed=1))  # the same items, so that nothing but luck is another
    played = settle(answered(advance(task, start("random")), GroundTruth(task.dataset.truth)))
    given = known(task, start("random"))  # and the same labels
    assert len(played.rounds) == 1

    def guesses(task: Any, state: RunState) -> bytes:
        return learn(task, state, given).probabilities(task.test).tobytes()

    def asked(task: Any, state: RunState) -> tuple[int, ...]:
        model = SimpleNamespace(
            predict=lambda rows: np.zeros(len(rows)), probabilities=lambda rows: np.full((len(rows), 10), 0.1)
        )
        return ask(task, state, model, given, registry.resolve_strategy(state.strategy)).waiting

    here = guesses(task, start("random"))
    assert here == guesses(task, start("random")) == guesses(task, start("margin"))
    assert len({here, guesses(other, start("random")), guesses(task, played)}) == 3
    first = asked(task, start("random"))
    assert first == asked(task, start("random"))
    others = [asked(other, start("random")), asked(task, start("random#2")), asked(task, played)]
    assert len({frozenset(rows) for rows in (first, *others)}) == 4


def test_a_strategy_is_told_which_classes_are_no_more() -> None:
    """Merged, deleted and split ones have a number for ever, and no label is of them."""
    task = make_task(TaskSpec(dataset="iris"))
    given, model = known(task, start("margin")), learn(task, start("margin"))
    for follows, added, living in (((), 0, 3), ((0, 0, 2), 0, 2), ((0, 1, -1, 3, 4), 2, 4)):
        now = replace(task, follows=follows, added=added)
        context = query_context(now, given, model, np.random.default_rng(0), 0)
        assert (context.n_classes, context.n_living) == (3 + added, living)
