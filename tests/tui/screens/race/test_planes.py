"""Planes beside each other: which rounds, whose, what is on each, and where there is room for them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

from al_core.ground.numbers import fixed
from al_core.run.field import centres, open_field
from al_core.run.play import pool_rows
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task
from al_tui.screens.race.planes import rounds_between
from al_tui.widgets.curves import Curves
from al_tui.widgets.planes import Planes
from al_tui.widgets.pool_map import PoolMap

MakeDesk = Callable[..., Any]
SPEC = TaskSpec("plane(separation=0.5)", batch=1, budget=30)


def panes(at: Any) -> list[PoolMap]:
    return [pane for pane in at.app.screen.query_one(Planes).query(PoolMap) if pane.display]


@pytest.mark.parametrize("last", range(60))
def test_rounds_are_the_first_the_last_and_as_many_between_as_have_room(last: int) -> None:
    found = rounds_between(last)
    assert found == sorted(set(found))
    assert (found[0], found[-1], len(found)) == (0, last, min(9, last + 1))
    widest = max((after - one for one, after in pairwise(found)), default=0)
    assert widest <= -(-last // 8), "no gap is wider than that of nine that are evenly spaced"
    assert len(set(rounds_between(last + 1)) - {*found, last + 1}) <= 7


async def test_nine_rounds_are_each_as_they_were_and_each_cell_is_what_the_model_said_at_its_centre(desk: MakeDesk) -> None:
    at = desk(("random", "margin"), spec=SPEC)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *("n",) * 11, "g")
        state, task, (_, initial) = at.state("margin"), make_task(SPEC), pool_rows(SPEC)
        shown, truth = panes(at), task.dataset.y
        last = len(state.rounds)
        assert len(shown) == 9
        assert not at.app.screen.query_one(Curves).is_on_screen
        assert len({pane.cells for pane in shown}) == 1, "a border of one is seen on the next"
        before = None
        for number, pane in zip(rounds_between(last), shown, strict=True):
            query = state.query if number == last else state.rounds[number].query
            scene, rows = pane._scene, [*initial, *(given.row for entry in state.rounds[:number] for given in entry.answers)]
            assert f"round {number + 1} · {query.labels} labels · acc {fixed(query.accuracy)}" in str(pane.border_title)
            assert scene.labelled == {row: truth[row] for row in rows}
            assert len(rows) == query.labels
            assert scene.asked == tuple(pick.row for pick in query.picks)
            assert scene.field == open_field(SPEC, RunState("margin", state.rounds[:number]), *pane.cells)
            plain = LogisticRegression(max_iter=10_000, tol=1e-10).fit(task.dataset.X[rows], truth[rows])
            p = plain.predict_proba(centres(task.dataset.X, *pane.cells))
            clear = abs(p[:, 1] - p[:, 0]) > 1e-3
            assert [*map(int, scene.field.classes)] == [
                int(said.argmax()) if sure else label for said, sure, label in zip(p, clear, scene.field.classes, strict=True)
            ]
            assert scene.before == before
            before = scene.field
        await at.press(pilot, "up")
        assert panes(at)[0]._scene.field == open_field(SPEC, RunState("random"), *panes(at)[0].cells)


async def test_a_round_s_field_is_computed_once(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at, asked = desk(("random", "margin"), spec=SPEC), []
    submit = at.executor.submit

    def noted(fn: Any, *args: Any) -> Any:
        if fn is open_field:
            _, state, width, height = args
            asked.append((state.strategy, len(state.rounds), width, height))
        return submit(fn, *args)

    monkeypatch.setattr(at.executor, "submit", noted)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "n", "n", "g")
        assert len(set(asked)) == len(asked)
        asked.clear()
        await at.press(pilot, "n")
        rooms = {pane.cells for pane in panes(at)}
        assert [entry[:2] for entry in asked] == [("margin", len(at.state("margin").rounds))]
        assert asked[0][2:] in rooms
        asked.clear()
        await at.press(pilot, "g", "g")
        at.app.screen.paint_again()
        await at.rest(pilot)
        assert not [entry for entry in asked if entry[2:] in rooms]


async def test_strategies_are_as_they_are_now_and_those_that_are_hidden_are_not_there(desk: MakeDesk) -> None:
    at = desk(spec=SPEC)
    async with at.app.run_test(size=(200, 60)) as pilot:
        await at.press(pilot, *("n",) * 4, "g", "g")
        runs = at.engine.view.runs
        assert len(panes(at)) == len(runs)
        for run, pane in zip(runs, panes(at), strict=True):
            rounds = run.state.rounds
            assert f" {run.name} · {run.state.query.labels} labels · acc {fixed(run.accuracy)}" in str(pane.border_title)
            assert pane._scene.field == open_field(SPEC, RunState(run.name, rounds), *pane.cells)
            assert pane._scene.before == open_field(SPEC, RunState(run.name, rounds[:-1]), *pane.cells)
            assert pane._scene.asked == tuple(pick.row for pick in run.state.query.picks)
        await at.press(pilot, "i")
        assert [run.name in str(pane.border_title) for run, pane in zip(runs, panes(at), strict=False)] == [True, True]
        await at.press(pilot, "g")
        assert not at.app.screen.query_one(Planes).display
        assert at.app.screen.query_one(Curves).is_on_screen


async def test_of_many_strategies_six_have_room_and_the_one_looked_at_is_among_them(desk: MakeDesk) -> None:
    names = ("random", "margin", "entropy", "least_confidence", "coreset", "badge", "information_density")
    at = desk(names, spec=SPEC)
    async with at.app.run_test(size=(200, 60)) as pilot:
        await at.press(pilot, "n", "g", "g")
        at.app.screen.focus_run(6)
        await at.rest(pilot)
        assert len(panes(at)) == 6
        assert "information_density" in str(panes(at)[-1].border_title)
        assert "6 of 7" in str(at.app.screen.query_one(Planes).border_title)


@pytest.mark.parametrize(("size", "needed"), [((119, 40), "120×40"), ((120, 39), "120×40"), ((199, 60), "200×60")])
async def test_where_there_is_no_room_it_says_what_size_is_needed(desk: MakeDesk, size: tuple[int, int], needed: str) -> None:
    at = desk(("random", "margin"), spec=SPEC)
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, "n", "m", "g", *(("g",) if needed == "200×60" else ()))
        assert f"need a terminal of {needed}; this one is {size[0]}×{size[1]}" in at.told
        assert not any(panel.display for panel in at.app.screen.query(Planes))
        assert at.app.screen.query(PoolMap).first().is_on_screen


async def test_what_loses_its_room_is_left_and_m_goes_back(desk: MakeDesk) -> None:
    at = desk(("random", "margin"), spec=SPEC)
    async with at.app.run_test(size=(200, 60)) as pilot:
        await at.press(pilot, "n", "n", "g", "g")
        assert len(panes(at)) == 2
        await pilot.resize_terminal(140, 44)
        await at.rest(pilot)
        assert len(panes(at)) == 1 + len(at.state("margin").rounds)
        await at.press(pilot, "m")
        assert not at.app.screen.has_class("planes", "map")
        await at.press(pilot, "g")
        await pilot.resize_terminal(100, 32)
        await at.rest(pilot)
        assert not at.app.screen.query_one(Planes).display


async def test_of_other_data_it_says_of_what_they_are(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "g")
        assert "two features" in at.told
        assert not at.app.screen.query(Planes)


async def test_what_the_model_thinks_is_hidden_from_who_labels(desk: MakeDesk) -> None:
    at = desk(("random", "margin"), spec=SPEC)
    async with at.app.run_test(size=(200, 60)) as pilot:
        await at.press(pilot, "n", "n", "h", "g")
        assert not any(pane._scene.field for pane in panes(at))
        await at.press(pilot, "g")
        own = [bool(run.by_hand) for run in at.engine.view.runs]
        assert [pane._scene.field is None for pane in panes(at)] == own
        assert any(own)
        await at.press(pilot, "p")
        assert all(pane._scene.field for pane in panes(at))
