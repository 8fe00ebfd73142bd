"""Drawings that are made in parts: whatever comes between them, in the end the screen shows what was asked for last."""

from __future__ import annotations

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from al_tui.widgets import drawn
from al_tui.widgets.drawn import DrawnInParts, Overtaken, Parts, in_its_place


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """One part at a time, so that something can come between any two."""
    monkeypatch.setattr(drawn, "AT_ONCE", 0.0)


class Word(DrawnInParts):
    """Shows a word, letter by letter in the making; says how many drawings were begun."""

    def __init__(self) -> None:
        super().__init__()
        self.word = "one"
        self.begun = 0
        self.finished: list[str] = []
        self.taken = False

    def show(self, word: str) -> None:
        self.word = word
        self.redraw()

    def parts(self) -> Parts:
        self.begun += 1
        word, made = self.word, ""
        for letter in word:
            if self.taken:
                self.taken = False
                raise Overtaken
            made += letter
            yield
        self.finished.append(made)
        return Text(f"{made} {self.size.width}")


class Words(App[None]):
    """One word."""

    def compose(self) -> ComposeResult:
        yield Word()


def shown(word: Word) -> str:
    """The top line of the terminal."""
    return word.screen._compositor.render_strips()[0].text.rstrip()


async def begun(pilot: Pilot[None], word: Word, drawings: int) -> None:
    """Wait until so many drawings have been begun."""
    while word.begun < drawings:
        await pilot.pause(0.001)


async def drawn_at_last(pilot: Pilot[None], word: Word, text: str) -> None:
    for _ in range(200):
        if shown(word) == text:
            return
        await pilot.pause(0.01)
    raise AssertionError(f"it shows {shown(word)!r}, not {text!r}")


async def test_the_old_drawing_stays_until_the_new_one_is_whole() -> None:
    async with Words().run_test(size=(30, 5)) as pilot:
        word = pilot.app.query_one(Word)
        assert shown(word) == "one 30"
        word.show("two")
        assert shown(word) == "one 30"
        await drawn_at_last(pilot, word, "two 30")


async def test_what_is_asked_meanwhile_is_drawn_next_and_the_rest_left_out() -> None:
    async with Words().run_test(size=(30, 5)) as pilot:
        word = pilot.app.query_one(Word)
        word.show("first")
        await begun(pilot, word, 2)
        word.show("second")
        word.show("third")
        await drawn_at_last(pilot, word, "third 30")
        assert word.finished == ["one", "first", "third"]
        await pilot.pause(0.1)
        assert word.begun == 3


async def test_a_new_size_in_the_midst_of_a_drawing() -> None:
    async with Words().run_test(size=(30, 5)) as pilot:
        word = pilot.app.query_one(Word)
        word.show("a rather long word")
        await begun(pilot, word, 2)
        await pilot.resize_terminal(40, 5)
        await drawn_at_last(pilot, word, "a rather long word 40")
        await pilot.pause(0.1)
        assert shown(word) == "a rather long word 40"


async def test_a_drawing_that_was_overtaken_is_made_anew() -> None:
    async with Words().run_test(size=(30, 5)) as pilot:
        word = pilot.app.query_one(Word)
        word.taken = True
        word.show("again")
        await drawn_at_last(pilot, word, "again 30")
        assert word.begun == 3


async def test_new_styles_in_the_midst_of_a_drawing() -> None:
    """The drawing at hand wears the old styles, and Textual does not always ask for another one."""
    async with Words().run_test(size=(30, 5)) as pilot:
        word = pilot.app.query_one(Word)
        word.show("a rather long word")
        await begun(pilot, word, 2)
        word.notify_style_update()
        await drawn_at_last(pilot, word, "a rather long word 30")


async def test_an_older_drawing_does_not_replace_a_newer_one() -> None:
    async with Words().run_test(size=(30, 5)) as pilot:
        word = pilot.app.query_one(Word)
        word.show("an older and much longer word")
        await begun(pilot, word, 2)
        word.notify_style_update()
        word.show("newer")
        await drawn_at_last(pilot, word, "newer 30")
        await pilot.pause(0.2)
        assert shown(word) == "newer 30"


@pytest.mark.parametrize("width", [1, 10, 26, 27, 28, 80])
def test_words_in_place_of_a_drawing_are_all_there(width: int) -> None:
    words = "The curves begin with the first model."
    lines = in_its_place(words, width, "").plain.split("\n")
    assert lines[0] == ""
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(len(line) < max(width, 4) for line in lines)
