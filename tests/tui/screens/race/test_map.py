"""The map in a race: where it is at which size, what is on it, and what it says where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from al_core.data.plane import open_plane
from al_core.run.field import open_field
from al_core.run.oracle import GroundTruth
from al_core.run.play import pool_rows
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task
from al_tui.background.pool import Pool
from al_tui.widgets.curves import Curves
from al_tui.widgets.leaderboard import Leaderboard
from al_tui.widgets.per_class import PerClass
from al_tui.widgets.pool_map import ASKED, PoolMap

MakeDesk = Callable[..., Any]


def test_the_pool_is_what_may_be_asked_and_the_starting_set() -> None:
    spec = TaskSpec()
    rows, initial = pool_rows(spec)
    task = make_task(spec)
    assert set(rows) == {*task.pool.tolist(), *task.initial.tolist()}
    assert not set(rows) & set(task.test.tolist())
    assert set(initial) == set(task.initial.tolist())


@pytest.mark.parametrize(("size", "there"), [((80, 24), False), ((120, 40), True), ((200, 60), True), ((60, 20), False)])
async def test_m_shows_the_map_where_there_is_no_room_for_both(desk: MakeDesk, size: tuple[int, int], there: bool) -> None:
    at = desk()
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, "n", "n")
        screen = at.app.screen
        assert screen.query_one(PoolMap).display is there
        assert screen.query_one(Leaderboard).display
        await at.press(pilot, "m")
        assert screen.query_one(PoolMap).display
        assert not screen.query_one(Leaderboard).display
        assert at.shown(PoolMap).count(ASKED) >= 1
        await at.press(pilot, "m")
        assert screen.query_one(Leaderboard).display
        assert screen.query_one(PoolMap).display is there


async def test_what_is_labelled_and_asked_is_on_it(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(200, 60)) as pilot:
        await at.press(pilot, "n", "n", "n")
        scene = at.app.screen.query_one(PoolMap)._scene
        state = at.state("least_confidence")
        truth = at.contents.truth
        _, initial = pool_rows(at.engine.view.spec)
        given = {row: truth[row] for row in (*initial, *(answer.row for answer in state.history))}
        assert dict(scene.labelled) == given
        assert scene.asked == tuple(pick.row for pick in state.query.picks)
        assert scene.highlighted == scene.asked[0]
        await at.press(pilot, "right")
        assert at.app.screen.query_one(PoolMap)._scene.highlighted == scene.asked[1]
        await at.press(pilot, "down")  # another strategy knows other items
        assert dict(at.app.screen.query_one(PoolMap)._scene.labelled) != given
        per_class = at.shown(PerClass)
        assert all(f" {name}" in per_class for name in at.contents.classes)
        there = at.engine.pool.there(truth, len(at.contents.classes))
        assert there == tuple(sum(truth[row] == label for row in at.engine.pool.rows) for label in range(10))


async def test_answers_by_hand_are_on_it_at_once_and_gone_with_undo(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        before = dict(at.app.screen.query_one(PoolMap)._scene.labelled)
        row = at.app.screen.query_one(PoolMap)._scene.highlighted
        await at.press(pilot, "4")
        assert dict(at.app.screen.query_one(PoolMap)._scene.labelled) == {**before, row: 4}
        await at.press(pilot, "u")
        assert dict(at.app.screen.query_one(PoolMap)._scene.labelled) == before


async def test_a_map_that_cannot_be_made_says_so_and_the_race_goes_on(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk()
    submit = at.executor.submit

    def broken(fn: Any, *args: Any) -> Any:
        if fn is not open_plane:
            return submit(fn, *args)
        future = submit(len, ())
        future = type(future)()
        future.set_exception(MemoryError("no memory for a map"))
        return future

    monkeypatch.setattr(at.executor, "submit", broken)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        assert "no memory for a map" in at.shown(PoolMap)
        assert len(at.state("margin").curve) == 2


async def test_another_seed_has_another_pool_on_the_same_plane(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        plane, rows = at.engine.pool.plane, at.engine.pool.rows
        await at.press(pilot, "R", "enter")
        await at.press(pilot, "n")
        assert at.engine.pool.plane is plane
        assert at.engine.pool.rows != rows


def test_labels_of_a_run_follow_it_forwards_and_back(desk: MakeDesk) -> None:
    from conftest import made_up

    from al_core.run.state import By, RunState, answer, forget, settle

    spec, truth = TaskSpec(budget=120), desk().contents.truth
    pool, who = Pool(lambda: None), GroundTruth(truth)
    states = [made_up(spec, RunState("margin"), truth)]
    for _ in range(3):
        state = states[-1]
        for pick in state.query.picks:  # type: ignore[union-attr]
            state = answer(state, pick.row, truth[pick.row], By.PERSON)
        states += [state, made_up(spec, settle(state), truth)]
    row = states[-1].history[5].row
    for state in (*states, forget(states[-1], row), states[2], states[0]):
        expected = {given.row: given.label for given in state.history}
        assert pool.labelled(state, who) == expected


async def test_the_field_under_a_plane_is_of_the_room_it_has_and_of_the_round_one_sees(desk: MakeDesk) -> None:
    spec = TaskSpec("plane(separation=0.5)", batch=1, budget=30)
    at = desk(spec=spec)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n", "n", "n", "m")
        panel = at.app.screen.query_one(PoolMap)
        small = panel._scene
        assert small.field == open_field(spec, at.state("least_confidence"), *panel.cells)
        before = RunState("least_confidence", at.state("least_confidence").rounds[:-1])
        assert small.before == open_field(spec, before, *panel.cells)
        await at.press(pilot, "f")
        assert panel.size.width > 70
        assert panel._scene.field == open_field(spec, at.state("least_confidence"), *panel.cells)
        assert not at.app.screen.query_one(Curves).display
        await at.press(pilot, "f")
        assert panel._scene.field == small.field


async def test_what_the_model_thinks_everywhere_is_hidden_from_who_labels(desk: MakeDesk) -> None:
    at = desk(spec=TaskSpec("plane", batch=1, budget=30))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        panel = at.app.screen.query_one(PoolMap)
        assert panel._scene.field is not None
        await at.press(pilot, "h")
        assert panel._scene.field is None
        await at.press(pilot, "p")
        assert panel._scene.field is not None


async def test_the_members_of_a_committee_are_on_the_plane_and_named_below_it(desk: MakeDesk) -> None:
    at = desk(("random", "consensus_entropy"), spec=TaskSpec("plane(separation=0.4)", batch=1, budget=30))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "n", "n", "m", "f")
        shown = at.shown(PoolMap)
        for sign, name in zip("¹²³⁴", ("logistic regression", "decision tree", "naive Bayes", "2 nearest"), strict=True):
            assert f"{sign} {name}" in shown
            assert sign in shown.partition(f" {name}")[0]
        assert any(shown.count(sign) > 10 for sign in "²³⁴")
        await at.press(pilot, "f")
        assert "◎ asked  ¹ logistic  ² tree  ³ Bayes  ⁴ 2 nearest" in at.shown(PoolMap), "beside the curves they have less room"
        await at.press(pilot, "f")
        assert at.app.screen.query_one(PoolMap)._scene.field.members
        await at.press(pilot, "down")
        assert not at.app.screen.query_one(PoolMap)._scene.field.members
        assert "²" not in at.shown(PoolMap)


async def test_the_plane_is_drawn_when_something_changes_and_only_then(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(spec=TaskSpec("plane", batch=1, budget=30))
    drawn: list[None] = []
    redraw = PoolMap.redraw
    monkeypatch.setattr(PoolMap, "redraw", lambda self: (drawn.append(None), redraw(self))[1])
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        assert at.app.screen.query_one(PoolMap)._scene.field is not None
        drawn.clear()
        frames = at.app.barrier.frames
        for _ in range(20):
            await at.rest(pilot)
        assert at.app.barrier.frames == frames, "nothing happened, and something was sent to the terminal"
        for _ in range(5):
            at.app.screen.paint_again()
            await at.rest(pilot)
        assert not drawn
        await at.press(pilot, "n")
        assert drawn


async def test_a_click_on_what_is_asked_highlights_it_and_elsewhere_nothing(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "n")
        panel, looking = at.app.screen.query_one(PoolMap), at.app.screen.flow.looking
        grid, cells = panel.grid, [panel.grid.cell(pick.row) for pick in looking.picks]
        wanted = max(at for at, cell in enumerate(cells) if cells.index(cell) == at)
        assert wanted != looking.cursor

        async def click(x: int, y: int) -> None:
            await pilot.click(panel, offset=(x + panel.gutter.left, y + panel.gutter.top))
            await at.rest(pilot)

        await click(*cells[wanted])
        assert looking.cursor == wanted
        assert panel._scene.highlighted == looking.picks[wanted].row
        await click(*next(grid.cell(row) for row in panel._scene.rows if grid.cell(row) not in cells))
        assert looking.cursor == wanted
        assert "not asked about now" in at.told
