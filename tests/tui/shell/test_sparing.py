"""What leaves for the terminal: the same picture as Textual's own bytes, in fewer of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from al_tui.shell.sparing import OnScreen, Sparing

WIDTH, HEIGHT = 20, 4

LEVELS = st.sampled_from((0, 7, 100, 255))
COLOURS = st.one_of(
    st.none(),
    st.builds(Color.from_rgb, LEVELS, LEVELS, LEVELS),
    st.builds(Color.from_ansi, st.integers(0, 255)),
    st.just(Color.default()),
)
STYLES = st.builds(
    Style,
    color=COLOURS,
    bgcolor=COLOURS,
    bold=st.none() | st.booleans(),
    underline=st.none() | st.booleans(),
    reverse=st.none() | st.booleans(),
)
TEXTS = st.sampled_from((" ", "  ", "a", "ab", "▀", "▀▀▀", "·", "─", "ä", "x y", "字", "e\u0301"))
PIECES = st.lists(st.tuples(TEXTS, st.none() | STYLES), min_size=1, max_size=10)


def strip(pieces: Sequence[tuple[str, Style | None]], width: int) -> Strip:
    return Strip([Segment(text, style) for text, style in pieces]).adjust_cell_length(width)


def console(system: Any = "truecolor") -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system=system, width=WIDTH)


def whole(lines: Sequence[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[line] for line in lines], Region(0, 0, WIDTH, HEIGHT))


def cells(screen: pyte.Screen) -> list[list[tuple[Any, ...]]]:
    """What one sees: of a blank without lines or changed colours, only the paper."""
    out = []
    for y in range(HEIGHT):
        row = []
        for x in range(WIDTH):
            cell = screen.buffer[y][x]
            shows = cell.data != " " or cell.underscore or cell.reverse
            row.append((cell.data, cell.bg, *((cell.fg, cell.bold, cell.underscore, cell.reverse) if shows else ())))
        out.append(row)
    return out


class Side:
    """A terminal, and who writes to it."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self.screen)
        self.sent = 0

    def take(self, text: str) -> None:
        self.sent += len(text.encode())
        self._stream.feed(text)


@given(
    st.lists(PIECES, min_size=HEIGHT, max_size=HEIGHT),
    st.lists(st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, 2), st.integers(1, 12), PIECES), max_size=8),
    st.sampled_from(("truecolor", "256", "standard")),
)
def test_a_terminal_shows_the_same_as_after_textual_s_own_bytes(first: Any, changes: Any, system: str) -> None:
    ours, theirs, known, pen = Side(), Side(), OnScreen(), console(system)
    lines = [strip(pieces, WIDTH) for pieces in first]
    for side, update in ((ours, known.sparing(whole(lines))), (theirs, whole(lines))):
        assert update is not None
        side.take(update.render_segments(pen))
    assert cells(ours.screen) == cells(theirs.screen)
    for y, part, wide, pieces in changes:
        # Two widgets side by side, of which one is drawn anew, the whole of it or up to some cell.
        begin, end = ((0, 8), (8, WIDTH), (0, WIDTH))[part]
        chops: list[dict[int, Strip | None]] = [{0: None, 8: None} for _ in range(HEIGHT)]
        for x, until in ((0, 8), (8, WIDTH)):
            if begin <= x < end:
                chops[y][x] = strip(pieces, until - x)
        update = ChopsUpdate(chops, [(y, begin, min(end, begin + wide))], [[8, WIDTH]] * HEIGHT)
        sparing = known.sparing(update)
        assert isinstance(sparing, Sparing)
        ours.take(sparing.render_segments(pen))
        theirs.take(update.render_segments(pen))
        assert cells(ours.screen) == cells(theirs.screen)


def frame(known: OnScreen, lines: Sequence[Strip]) -> str:
    chops: list[dict[int, Strip | None]] = [{0: line} for line in lines]
    update = known.sparing(ChopsUpdate(chops, [(y, 0, WIDTH) for y in range(HEIGHT)], [[WIDTH]] * HEIGHT))
    assert isinstance(update, Sparing)
    return update.render_segments(console())


def plain(*words: str) -> list[Strip]:
    return [strip([(word, None)], WIDTH) for word in words]


def test_what_is_there_already_is_not_sent_again() -> None:
    known = OnScreen()
    assert "hello" in frame(known, plain("hello", "there", "", ""))
    assert frame(known, plain("hello", "there", "", "")) == ""
    assert frame(known, plain("hello", "where", "", "")) == "\x1b[2;1Hw"
    assert frame(known, plain("hullo", "where  ever", "", "")) == "\x1b[1;2Hu\x1b[2;8Hever"


def test_a_whole_screen_is_sent_whole_whatever_is_known() -> None:
    known, lines = OnScreen(), plain("hello", "there", "", "")
    once = known.sparing(whole(lines)).render_segments(console())  # type: ignore[union-attr]
    assert known.sparing(whole(lines)).render_segments(console()) == once  # type: ignore[union-attr]
    assert "hello" in once


def test_a_frame_that_cannot_be_made_leaves_nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    known = OnScreen()
    frame(known, plain("hello", "there", "", ""))
    with monkeypatch.context() as broken:
        broken.setattr(Strip, "crop", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            frame(known, plain("hullo", "there", "", ""))
    assert "hello" in frame(known, plain("hello", "there", "", ""))


def test_of_two_colours_of_a_cell_only_the_one_that_changed_is_sent() -> None:
    known, red = OnScreen(), "#ff0000"
    frame(known, plain("", "", "", ""))
    picture = [("▀", Style(color=red, bgcolor="#000001")), ("▀", Style(color=red, bgcolor="#000002")), ("▀", Style(color=red))]
    sent = frame(known, [strip(picture, WIDTH), *plain("", "", "")])
    assert sent == "\x1b[1;1H\x1b[38;5;196;48;2;0;0;1m▀\x1b[48;2;0;0;2m▀\x1b[49m▀\x1b[m"


def test_what_no_frame_is_is_left_alone() -> None:
    assert OnScreen().sparing(None) is None
    assert OnScreen().sparing("text") == "text"
