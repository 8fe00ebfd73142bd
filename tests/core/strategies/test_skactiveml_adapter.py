"""Strategies of scikit-activeml in the race."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from peers import peer

from al_core.data.dataset import Dataset
from al_core.ground.errors import StrategyError, UserError
from al_core.run.round import advance
from al_core.run.state import RunState
from al_core.strategies.registry import resolve_strategy
from al_core.strategies.skactiveml_adapter import _global_seed, peer_names
from al_core.task.spec import TaskSpec
from al_core.task.split import Task

peer("skactiveml")

TWO_CLASSES_ONLY = {"EpistemicUncertaintySampling"}


def small_task(classes: int = 3, batch: int = 2) -> Task:
    rng = np.random.default_rng(0)
    y = np.arange(24) % classes
    X = rng.normal(size=(24, 3)) + 2 * y[:, None]
    rows = np.arange(24)
    data = Dataset("small", X, y, tuple("abc"[:classes]))
    return Task(TaskSpec(batch=batch, budget=1000), data, rows[:4], np.sort(rows[10:]), rows[4:10])


def asked(task: Task, name: str) -> list[int]:
    state = advance(task, RunState(name))
    assert state.query is not None
    return [pick.row for pick in state.query.picks]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", peer_names())
def test_every_one_that_is_listed_plays(name: str) -> None:
    task = small_task(classes=2 if name in TWO_CLASSES_ONLY else 3)
    items = asked(task, f"skactiveml:{name}")
    assert len(set(items)) == 2
    assert set(items) <= set(task.pool.tolist())
    assert asked(task, f"skactiveml:{name}") == items


def test_numpys_global_stream_is_fixed_meanwhile_and_given_back() -> None:
    np.random.seed(1)
    expected = np.random.random(2)
    drawn = []
    for _ in range(2):
        np.random.seed(1)
        first = np.random.random()
        with _global_seed(7):
            drawn.append(np.random.random())
        assert [first, np.random.random()] == expected.tolist()
    assert drawn[0] == drawn[1] != expected[1]


def test_it_picks_what_our_own_picks() -> None:
    task = small_task(batch=4)
    assert sorted(asked(task, "skactiveml:UncertaintySampling(method=margin_sampling)")) == sorted(asked(task, "margin"))
    assert asked(task, "skactiveml:CoreSet") == asked(task, "coreset")


def test_those_that_need_a_regressor_or_another_strategy_are_left_out() -> None:
    names = peer_names()
    assert {"Falcun", "MonteCarloEER", "QueryByCommittee"} <= set(names)
    assert not {"GreedySamplingTarget", "SubSamplingWrapper", "ExpectedErrorReduction"} & set(names)


def test_parameters_are_kept_in_the_name_and_reach_it() -> None:
    found = resolve_strategy("skactiveml:Falcun(gamma=3)")
    assert str(found) == "skactiveml:Falcun(gamma=3)"
    assert str(resolve_strategy(str(found))) == str(found)
    with pytest.raises(StrategyError, match="gamma"):
        asked(small_task(), "skactiveml:Falcun(gamma=wrong)")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("skactiveml:Falcon", "did you mean 'Falcun'.*there are: .*Badge, .*Falcun"),
        ("skactiveml:", "there are: .*Falcun"),
        ("skactiveml:Nope", "^no scikit-activeml strategy 'Nope'; there are: (?!.*there are)"),
        ("skactiveml:Falcun(gama=1)", "no parameter of skactiveml:Falcun 'gama'; did you mean 'gamma'"),
        ("skactiveml:Falcun(3)", "write parameters as"),
    ],
)
def test_what_is_not_there_is_said(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        resolve_strategy(text)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skactiveml", None)
    monkeypatch.delitem(sys.modules, "skactiveml.pool", raising=False)
    resolve_strategy.cache_clear()
    with pytest.raises(UserError, match=r"pip install 'al-tui\[skactiveml\]'"):
        resolve_strategy("skactiveml:Falcun")
