"""Rows of tables and texts on both screens: what is asked about can be read, in the strips too, and keys label it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cuts import check_cuts
from labelling import LabelDesk
from textual.pilot import Pilot

from al_core.data import kinds
from al_core.data.dataset import Dataset
from al_core.data.kinds import load_dataset
from al_core.data.looks import Card, Look, Passage
from al_tui.widgets.item import Item
from al_tui.widgets.reason import Reason

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
PICTURES = {**SIZES, "200x60": (200, 60)}
THEMES = {"dark": "textual-dark", "light": "textual-light", "ansi": "ansi-dark", "no-colour": ""}
TEN = tuple("0123456789")
KINDS: dict[str, tuple[Callable[[int], Look], str]] = {
    "cards": (lambda row: Card((("number", str(row)), ("名字", "鸢尾花"), ("remark", "long " * 40))), "number {}"),
    "passages": (lambda row: Passage(f"Text {row} is about 🐈 and أدب.\n" + "And so on. " * 200), "Text {}"),
}


@pytest.fixture(params=KINDS)
def words(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A data set whose items look so; what is to be read of each."""
    look, words = KINDS[request.param]
    digits = load_dataset("digits")
    data = Dataset("digits", digits.X, digits.y, digits.classes, looks=[look(row) for row in range(1797)])
    monkeypatch.setattr(kinds, "load_dataset", lambda name: data)
    return words


def within(at: Any, *widgets: Any) -> None:
    for widget in widgets:
        found = at.app.screen.query_one(widget)
        lines = at.shown(widget).split("\n")
        if widget is not Reason:  # its text is wrapped when it is drawn
            assert len(lines) <= found.size.height


@pytest.mark.parametrize("size", SIZES)
async def test_they_are_labelled(label_desk: Callable[..., LabelDesk], words: str, size: str) -> None:
    at = label_desk(batch=4)
    async with at.app.run_test(size=SIZES[size]) as pilot:
        await at.rest(pilot)
        assert words.format(at.screen.offer.row) in at.shown(Item)
        await at.press(pilot, *TEN)
        row = at.screen.offer.row
        assert words.format(row) in at.shown(Item)
        assert words.format(row) in at.shown("#batch")
        assert words.format(10) in at.shown("#answered")
        within(at, Item, "#batch", "#answered")
        await at.press(pilot, "7", "p", "left", "e")
        assert words.format(row) in at.shown(Item)
        within(at, Item, "#answered")
        assert at.labels == [*range(10), 7]


@pytest.mark.parametrize("size", SIZES)
async def test_keys_that_read_on_label_nothing(label_desk: Callable[..., LabelDesk], words: str, size: str) -> None:
    at = label_desk(batch=4)
    async with at.app.run_test(size=SIZES[size]) as pilot:
        await at.rest(pilot)
        row, before = at.screen.offer.row, at.shown(Item)
        for key in ("down", "pagedown", "end", "w", "up", "pageup", "home", "w"):
            await at.press(pilot, key)
            assert (at.labels, at.screen.offer.row) == ([], row), key
            if key == "pagedown" and "screens" in before:
                assert words.format(row) not in at.shown(Item)
        assert at.shown(Item) == before
        await at.press(pilot, "pagedown", "3")
        assert at.labels == [3]
        assert words.format(at.screen.offer.row) in at.shown(Item), "the next one begins at its top"


@pytest.mark.parametrize("size", SIZES)
async def test_they_are_raced_and_labelled_by_hand(desk: Callable[..., Any], words: str, size: str) -> None:
    at = desk()
    async with at.app.run_test(size=SIZES[size]) as pilot:
        await at.press(pilot, "n", "h")
        asking = at.app.screen.flow.view()
        assert words.format(asking.pick.row) in at.shown(Item)
        assert words.format(asking.pick.row) in at.shown("#batch")
        within(at, Item, "#batch")
        await at.press(pilot, "3", "p")
        within(at, Item, "#batch")
        assert [given.label for given in at.app.screen.flow.view().answers] == [3]


@pytest.mark.parametrize("look", THEMES)
@pytest.mark.parametrize("size", PICTURES)
def test_picture(
    label_desk: Callable[..., LabelDesk], snap_compare: Any, monkeypatch: pytest.MonkeyPatch, words: str, size: str, look: str
) -> None:
    """Rows and texts with their probabilities, and the answers before."""
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = label_desk()

    async def label(pilot: Pilot[None]) -> None:
        if THEMES[look]:
            at.app.theme = THEMES[look]
        await at.press(pilot, *TEN, "7", "p")
        await at.rest(pilot)
        check_cuts(pilot.app, "words")

    assert snap_compare(at.app, terminal_size=PICTURES[size], run_before=label)
