"""Searching, more like this, and the list of answers, by keys, with a model and a search that are made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from labelling import START, LabelDesk, the_contents
from textual.pilot import Pilot
from textual.widgets import Input, Static

from al_core.labelling.answered import KINDS
from al_core.labelling.finding import Found, Match
from al_tui.screens.label import find
from al_tui.screens.label.find import Find, Preview
from al_tui.screens.label.screen import LabelScreen
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.rows import Rows

MakeDesk = Callable[..., LabelDesk]
SIZES = [(80, 24), (120, 40)]
TEN = tuple("0123456789")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "PAUSE", 0.0)


def answers(at: LabelDesk, monkeypatch: pytest.MonkeyPatch, *rows: int) -> list[tuple[Any, ...]]:
    """Searches find these rows; returns what was asked."""
    import labelling

    asked: list[tuple[Any, ...]] = []

    def found(stand: Any, spec: Any, origin: Any, *wanted: Any) -> Found:
        asked.append(wanted)
        return Found(tuple(Match(row, f"number {row}") for row in rows), len(rows), 1257)

    for name in ("find_items", "items_like"):
        monkeypatch.setitem(labelling.MADE_UP, name, found)
    return asked


async def there(at: LabelDesk, pilot: Pilot[None]) -> Find:
    """The dialogue, once it has found what it is asked for."""
    for _ in range(1000):
        await pilot.pause()
        screen = at.app.screen
        if isinstance(screen, Find) and not screen._asking:
            await pilot.pause()
            return screen
    raise AssertionError("nothing is found")


async def back(at: LabelDesk, pilot: Pilot[None]) -> None:
    """The labelling screen is there again, and drawn."""
    for _ in range(1000):
        await pilot.pause()
        if isinstance(at.app.screen, LabelScreen) and not at.screen._view.where.just_came and not at.screen.painting:
            return


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_searched_for_is_listed_and_gone_to_and_counts_as_found(
    label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    at = label_desk()
    asked = answers(at, monkeypatch, 200, 300)
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, *TEN, "slash")
        await there(at, pilot)
        await pilot.press(*"two")
        screen = await there(at, pilot)
        assert asked[-1] == ("two",)
        assert screen.query_one(Rows).count == 2
        await pilot.press("down")
        screen = await there(at, pilot)
        assert screen.query_one(Rows).at == 1
        assert "number 300" in at.shown(Rows)
        assert "2 of 1,257 items" in str(screen.query_one("#said", Static).content)
        await pilot.press("enter")
        await back(at, pilot)
        assert (at.screen.offer.row, at.screen.offer.how) == (300, "search")
        await at.press(pilot, "7")
        item = at.session.items.ids[300]
        assert at.session.ledger.person_label(item) == 7
        assert at.session.ledger.choices[item].by == "search"
        assert at.screen.offer.how == "strategy"


async def test_enter_before_anything_is_found_goes_to_the_first_when_it_is(
    label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "PAUSE", 0.05)
    at = label_desk()
    answers(at, monkeypatch, 200, 300)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *TEN, "slash")
        await there(at, pilot)
        await pilot.press(*"two", "enter")
        await back(at, pilot)
        while not isinstance(at.app.screen, LabelScreen):
            await pilot.pause()
        await back(at, pilot)
        assert at.screen.offer.row == 200


async def test_esc_goes_nowhere_and_a_failing_worker_is_said_in_the_dialogue(
    label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = label_desk()
    answers(at, monkeypatch, 200)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *TEN)
        before = at.screen.offer.row
        at.stand.fail = lambda name: ValueError("no luck") if name == "find_items" else None
        await at.press(pilot, "slash")
        await there(at, pilot)
        await pilot.press("x")
        screen = await there(at, pilot)
        assert "no luck" in str(screen.query_one("#said", Static).content)
        await pilot.press("enter", "escape")
        await back(at, pilot)
        assert at.screen.offer.row == before
        assert len(at.labels) == 10


async def test_more_like_this_asks_for_the_item_or_for_what_has_a_label(
    label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = label_desk()
    asked = answers(at, monkeypatch, 200, 300)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *TEN)
        row = at.screen.offer.row
        await at.press(pilot, "n")
        screen = await there(at, pilot)
        assert asked[-1] == ((row,), START)
        assert "most like this item" in str(screen.query_one("#said", Static).content)
        await pilot.press("3")
        await there(at, pilot)
        assert asked[-1] == ((START[3],), START)
        assert "most like 3" in str(screen.query_one("#said", Static).content)
        await pilot.press("x")
        await there(at, pilot)
        assert "no class '3x'" in str(screen.query_one("#said", Static).content)
        await pilot.press("backspace", "backspace")
        await there(at, pilot)
        await pilot.press("enter")
        await back(at, pilot)
        assert (at.screen.offer.row, at.screen.offer.how) == (200, "search")


async def test_nothing_is_like_what_was_drawn_to_measure_by(label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = label_desk(audit=0.5)
    asked = answers(at, monkeypatch, 200)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        while at.session.offer.how != "audit":
            await at.press(pilot, "1")
        await at.press(pilot, "n")
        assert isinstance(at.app.screen, LabelScreen)
        assert "measures the model" in at.told
        await at.press(pilot, "1", "left", "n")
        assert not asked


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_is_cut_by_tab_and_by_typing_and_leads_back_to_any_answer(
    label_desk: MakeDesk, size: tuple[int, int]
) -> None:
    at = label_desk()
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, *TEN, "4", "d", "5", "b", "l")
        screen = await there(at, pilot)
        rows = screen.query_one(Rows)
        assert rows.count == 14
        kinds = str(screen.query_one("#kinds", Static).content)
        assert "all 14" in kinds
        assert "don't know 1" in kinds
        assert "changed 0" in kinds.splitlines()[-1]
        assert len(kinds.splitlines()) == screen.query_one("#kinds", Static).size.height == (2 if size == SIZES[0] else 1)
        await pilot.press("tab")
        await there(at, pilot)
        assert (rows.count, "don't know · item" in at.shown(Rows)) == (1, True)
        await pilot.press("shift+tab", *"= 3")
        await there(at, pilot)
        assert rows.count == 1
        assert screen.query_one(Preview)._look is not None
        await pilot.press("enter")
        await back(at, pilot)
        assert (at.screen.offer.row, at.screen._view.where.back) == (START[3], 11)
        await at.press(pilot, "8")
        assert at.session.ledger.person_label(at.session.items.ids[START[3]]) == 8
        await at.press(pilot, "l")
        screen = await there(at, pilot)
        for _ in range([kind.name for kind in KINDS].index("changed")):
            await pilot.press("tab")
        await there(at, pilot)
        assert "changed" in at.shown(Rows)
        assert screen.query_one(Rows).count == 1


async def test_a_click_goes_to_a_line_and_the_wheel_moves(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *TEN, "l")
        screen = await there(at, pilot)
        rows = screen.query_one(Rows)
        rows.post_message(Rows.Moved("down"))
        await there(at, pilot)
        assert rows.at == 1
        await pilot.click(Rows, offset=(5, 4))
        await back(at, pilot)
        assert at.screen.offer.row == START[5]


async def test_letters_typed_into_the_line_label_nothing(label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = label_desk()
    answers(at, monkeypatch, 200)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "1", "slash")
        await there(at, pilot)
        await pilot.press(*"77sdbux")
        screen = await there(at, pilot)
        assert screen.query_one(Input).value == "77sdbux"
        assert at.labels == [1]
        assert the_contents().classes


async def test_before_there_is_a_session_nothing_is_looked_for_and_that_is_told(label_desk: MakeDesk) -> None:
    at = label_desk(dataset="/home/ann/pots")
    at.stand.far = []
    async with at.app.run_test(size=(120, 40)) as pilot:
        while not at.stand.unread:
            await pilot.pause()
        for look in (at.screen.action_search, at.screen.action_like, at.screen.action_list):
            look()
            await pilot.pause()
            assert at.told == "The engine is still starting; nothing was done."
            assert isinstance(at.app.screen, LabelScreen)
            at.screen.query_one(KeyBar).told = None
