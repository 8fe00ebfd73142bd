"""What looks for text that is cut off sees it."""

from __future__ import annotations

import pytest
from cuts import check_cuts
from rich.text import Text
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from al_tui.widgets.drawn import Drawn


class Words(Drawn):
    def __init__(self, text: Text) -> None:
        super().__init__()
        self._text = text
        self.styles.width, self.styles.height = 10, 2

    def render(self) -> Text:
        return self._text


class Page(App[None]):
    def __init__(self, text: Text | str, scrolled: bool = False) -> None:
        super().__init__()
        self._text, self._scrolled = text, scrolled

    def compose(self) -> ComposeResult:
        if isinstance(self._text, Text):
            yield Words(self._text)
            return
        words = Static(self._text)
        words.styles.width = 10
        if self._scrolled:
            with VerticalScroll():
                yield words
        else:
            words.styles.height = 2
            yield words


@pytest.mark.parametrize(
    "page",
    [
        Page(Text("1234567890\n1234567890")),
        Page(Text("123456789…\n12345     ")),
        Page(Text("12345678901     ", overflow="ellipsis")),
        Page(Text("1\n2\n\n")),
        Page("two lines of words"),
        Page("more than two lines of words, to be scrolled", scrolled=True),
    ],
)
async def test_what_has_room_or_a_sign_is_let_pass(page: Page) -> None:
    async with page.run_test(size=(40, 12)):
        check_cuts(page, "here")


@pytest.mark.parametrize(
    "page",
    [
        Page(Text("12345678901\n1")),
        Page(Text("12345678901")),
        Page(Text("漢漢漢漢漢漢")),
        Page(Text("1\n2\n3")),
        Page("more than two lines of words"),
    ],
)
async def test_what_is_cut_off_is_seen(page: Page) -> None:
    async with page.run_test(size=(40, 12)):
        with pytest.raises(AssertionError, match="here"):
            check_cuts(page, "here")
