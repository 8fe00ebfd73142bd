"""The pool on a map while labelling: what is on it, how one goes over it, and that an item of it can be labelled."""

from __future__ import annotations

from collections.abc import Callable

from labelling import LabelDesk, the_items
from textual.widgets import Static

from al_tui.screens.label.map import MapScreen
from al_tui.screens.label.screen import LabelScreen
from al_tui.widgets.per_class import PerClass
from al_tui.widgets.pool_map import PoolMap
from al_tui.widgets.so_far import SoFar

TEN = tuple("0123456789")
MakeDesk = Callable[..., LabelDesk]


def said(at: LabelDesk) -> str:
    return str(at.app.screen.query_one("#said", Static).render())


async def test_beside_the_item_are_a_map_labels_per_class_and_how_far_one_is(label_desk: MakeDesk) -> None:
    at = label_desk(budget=40)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *TEN, "4", "4")
        panel = at.screen.query_one(PoolMap)
        scene = panel._scene
        assert scene is not None
        assert scene.labelled == {
            at.session.items.row_of[item]: given.label for item, given in at.session.ledger.answers.items()
        }
        assert at.screen.offer is not None
        assert scene.highlighted == at.screen.offer.row
        bars = at.shown(PerClass)
        assert "labels per class" in bars
        assert "4█" in bars
        assert "12 of 40 labels" in at.shown(SoFar)
        assert "target 90%, now" in at.shown(SoFar)


async def test_on_a_small_screen_they_take_no_room_and_nothing_is_fetched(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *TEN, "4")
        assert not any(at.screen.query_one(widget).is_on_screen for widget in (PoolMap, PerClass, SoFar))
        assert "open_plane" not in at.stand.asked


async def test_one_goes_over_the_map_by_keys_and_labels_what_one_goes_to(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *TEN)
        left = at.screen.offer
        assert left is not None
        await at.press(pilot, "m")
        screen = at.app.screen
        assert isinstance(screen, MapScreen)
        assert screen._row == left.row
        seen = {left.row}
        for key in ("right", "down", "right", "tab"):
            await at.press(pilot, key)
            assert screen._row is not None
            seen.add(screen._row)
        assert len(seen) > 2
        while the_items().ids[screen._row] in at.session.ledger.answers:
            await at.press(pilot, "down")
        assert said(at).startswith("no answer yet")
        wanted = screen._row
        await at.press(pilot, "enter")
        assert isinstance(at.app.screen, LabelScreen)
        assert at.screen.offer is not None
        assert (at.screen.offer.row, at.screen.offer.how) == (wanted, "search")
        await at.press(pilot, "7")
        assert at.session.ledger.person_label(the_items().ids[wanted]) == 7
        await at.press(pilot, "m", "escape")
        assert isinstance(at.app.screen, LabelScreen)


async def test_a_click_beside_the_item_goes_there_and_on_the_large_map_points_first(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *TEN)
        panel = at.screen.query_one(PoolMap)
        grid = panel.grid
        assert grid is not None
        labelled = at.session.items.row_of[next(iter(at.session.ledger.answers))]
        x, y = grid.cell(labelled)
        wanted = grid.at(x, y)
        await pilot.click(panel, offset=(x + panel.gutter.left, y + panel.gutter.top))
        await at.rest(pilot)
        assert at.screen.offer is not None
        assert at.screen.offer.row == wanted
        await at.press(pilot, "escape", "m")
        large = at.app.screen.query_one(PoolMap)
        assert large.grid is not None
        x, y = large.grid.cell(wanted)
        for _ in range(2):
            await pilot.click(large, offset=(x + large.gutter.left, y + large.gutter.top))
            await at.rest(pilot)
        assert isinstance(at.app.screen, LabelScreen)
        assert at.screen.offer is not None
        assert at.screen.offer.row == wanted


async def test_what_is_the_matter_stands_in_place_of_the_map(label_desk: MakeDesk) -> None:
    at = label_desk()
    at.stand.fail = lambda name: MemoryError("no memory") if name == "open_plane" else None
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *TEN)
        assert "There is no map: no memory" in at.shown(PoolMap)
        await at.press(pilot, "m", "right", "enter")
        assert "There is no map: no memory" in at.shown(PoolMap)
        await at.press(pilot, "m", "4")
        assert len(at.labels) == 11
