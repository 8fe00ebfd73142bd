"""The first frame of a race: as the next one, and of everything only what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.geometry import Region

from al_core.task.spec import TaskSpec
from al_tui.screens.race.screen import RaceScreen
from al_tui.screens.room import size_classes
from al_tui.widgets.item import Item
from al_tui.widgets.keybar import KeyBar, Told
from al_tui.widgets.paper import Column, Row
from al_tui.widgets.pool_map import COMING, PoolMap

MakeDesk = Callable[..., Any]


def test_what_is_paper_has_the_styles_of_what_it_is() -> None:
    """Textual gives a class the styles of its first base that is a widget, and of no other."""
    assert "Horizontal" in Row._css_type_names
    assert "Vertical" in Column._css_type_names
    assert "Screen" in RaceScreen._css_type_names


@pytest.mark.parametrize("no_colour", [False, True])
async def test_paper_is_what_textual_would_draw(desk: MakeDesk, no_colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for paper in (at.app.screen, *(at.app.screen.query_one(name) for name in ("#top", "#standings", "#bottom"))):
            crop = Region(2, 1, paper.size.width - 4, 3)
            assert paper.render_lines(crop) == paper._styles_cache.render_widget(paper, crop)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (99, 31), (100, 32), (120, 40), (180, 52), (200, 60)])
async def test_a_screen_has_the_classes_of_its_size_from_the_first_frame_on(desk: MakeDesk, size: tuple[int, int]) -> None:
    at, first = desk(), []
    display = type(at.app)._display

    def note(app: App[None], screen: Any, frame: Any) -> None:
        first.append(set(screen.classes))
        display(app, screen, frame)

    at.app._display = note.__get__(at.app)
    async with at.app.run_test(size=size) as pilot:
        await pilot.pause()
        of_size = {name for name in at.app.screen.classes if name.startswith("-")}
        assert set(size_classes(at.app)) == of_size
    assert {name for name in first[0] if name.startswith("-")} == of_size


async def test_what_is_told_before_there_is_a_place_for_it_stands_in_it(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        bar = at.app.screen.query_one(KeyBar)
        await bar.query(Told).remove()
        bar.tell("told early")
        await bar._make_room()
        await pilot.pause()
        assert at.shown(Told).strip() == "told early"


async def test_planes_are_coming_where_nobody_knows_the_data_yet(desk: MakeDesk) -> None:
    at = desk(("random", "margin"), spec=TaskSpec("moons", batch=1, budget=30))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        at.engine.pool.plane = None
        assert await at.app.screen.painting.beside.planes.next() == COMING


async def test_every_key_of_a_class_can_be_read_at_80x24(desk: MakeDesk) -> None:
    at = desk(("random", "margin"), spec=TaskSpec("moons", batch=1, budget=30))
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n", "h")
        shown = at.shown(Item).replace("\u00a0", " ")
        assert "1 upper" in shown
        assert "2 lower" in shown


async def test_counts_of_a_round_one_has_stepped_back_to_agree(desk: MakeDesk) -> None:
    """What was asked then had no label."""
    at = desk(("random", "margin"))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *["n"] * 11, "escape", "home")
        scene, query = at.app.screen.query_one(PoolMap)._scene, at.app.screen.flow.view().run.state.query
        assert len(scene.labelled) == query.labels == 20
        assert len(scene.labelled) + query.candidates == len(scene.rows)
        assert set(scene.labelled) == set(at.engine.pool.initial)
        assert "round 1" in str(at.app.screen.query_one(PoolMap).border_title)
