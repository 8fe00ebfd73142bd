"""Between a plan and what a store keeps: every answer belongs to the question that it is given to, and to its software."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from al_core.comparison.asked import Asked
from al_core.comparison.cell import Cell
from al_core.comparison.identity import Identity, identify, versions
from al_core.comparison.lookup import apart, cells_of, find_cells, recalled, remember, remember_failed, renew
from al_core.comparison.plan import plan
from al_core.comparison.store import ResultsStore
from al_core.ground.errors import UserError
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(dataset="iris", batch=10, budget=26)
PLAN = plan([SPEC], ["random", "margin"], seeds=2, references=False)
QUESTIONS = PLAN.questions


@cache
def identities() -> list[Identity]:
    return [identify(*question) for question in QUESTIONS]


@cache
def keys() -> tuple[str, ...]:
    return tuple(identity.key for identity in identities())


@cache
def noted() -> Asked:
    """What is asked as an older program noted it: neither with what its keys hang on, nor with how its machine adds."""
    return Asked.of(PLAN, versions(), keys())


def answer(place: int) -> Cell:
    return Cell(*QUESTIONS[place], ((6, 0.8), (16, 0.9)), ((3, 5),), 0.1, 0.2, 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResultsStore]:
    with ResultsStore(tmp_path / "results.sqlite3") as opened:
        yield opened


def test_answers_are_given_to_their_questions_with_the_target_that_is_asked_for_now(store: ResultsStore) -> None:
    for place in (0, 2):
        store.put(identities()[place], answer(place))
    assert cells_of(store, replace(noted(), plugins=True)) == {0: answer(0), 2: answer(2)}
    other = [(place, (replace(spec, target=0.5), strategy)) for place, (spec, strategy) in enumerate(QUESTIONS)]
    found = find_cells(store, other, keys(), noted().versions)
    assert {place: cell.spec.target for place, cell in found.items()} == {0: 0.5, 2: 0.5}
    with pytest.raises(UserError, match=f"cell {keys()[0]} answers another question"):
        find_cells(store, [(0, QUESTIONS[1])], keys(), noted().versions)


def test_answers_of_other_software_are_no_answers(store: ResultsStore) -> None:
    store.put(identities()[0], answer(0))
    with pytest.raises(UserError, match=f"cell {keys()[0]} was not computed by"):
        cells_of(store, replace(noted(), versions=replace(noted().versions, numpy="0")))


def test_a_run_that_is_not_under_its_key_is_noticed_where_nothing_else_can_have_moved_it(store: ResultsStore) -> None:
    """Not where keys hang on more than an older program noted, nor of another question or of other software."""
    store.put(identities()[0], answer(0))
    moved = replace(noted(), keys=("e" * 32, *keys()[1:]), specs=(replace(SPEC, target=0.7),))
    with pytest.raises(UserError, match="a run of random on seed 0 is not under the key that was asked for"):
        cells_of(store, moved)
    for asked in (
        replace(moved, plugins=True),
        replace(moved, arithmetic="adds so"),
        replace(moved, versions=replace(versions(), numpy="0")),
        replace(moved, specs=(replace(SPEC, batch=9),), keys=tuple(f"{number:032x}" for number in range(len(keys())))),
    ):
        assert cells_of(store, asked) == {}


def test_what_was_asked_before_is_recalled_with_its_keys_where_it_is_the_same(store: ResultsStore) -> None:
    remember(store, PLAN, identities(), "here")
    remember_failed(store, PLAN, identities(), "here", {1: "oh"})
    asked = recalled(store, PLAN, "here")
    assert asked is not None
    assert (asked.keys, asked.failed, asked.machine) == (keys(), {keys()[1]: "oh"}, "here")
    assert (asked.arithmetic, asked.plugins) == (identities()[0].arithmetic, False)
    assert recalled(store, PLAN, "there") is recalled(store, PLAN, "") is None
    assert recalled(store, replace(PLAN, targets=(0.5,)), "here") is None
    renew(store, asked)
    assert [bench.asked for bench in store.benches()] == [replace(asked, failed={})]


def test_what_others_computed_is_counted_and_named(store: ResultsStore) -> None:
    old = replace(versions(), numpy="0")
    for identity, place in zip(identities()[:2], range(2), strict=True):
        store.put(replace(identity, versions=old), answer(place))
    assert remember(store, PLAN, identities(), "here") == {old: 2}
    assert apart(2, old) == f"2 cells computed by {old} are kept apart and computed anew by this version"
    assert apart(2, versions()) == "2 cells computed on another kind of processor are kept apart and computed anew here"
