"""The door out of a screen: no widget's text holds what a terminal would obey, and cells stay as wide as they were counted."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import DataTable, Static

from al_core.ground.safe_text import MOST_MARKS
from al_tui.shell.base import BaseApp
from al_tui.shell.only_text import OnlyText
from al_tui.widgets.drawn import Drawn, entitle

HOSTILE = "a\x1b]0;x\x07b\x9b2Jc\u202ed"
LEFT = "a]0;xb2Jcd"


class Line(Drawn):
    """Draws what no door has seen."""

    def render(self) -> Text:
        return Text(HOSTILE)


class Hostile(BaseApp):
    """An app whose widgets were given text that nobody made safe."""

    def begin(self) -> None:
        line = Line()
        entitle(line, f"{HOSTILE}[@click=app.quit]t[/][/nope]")
        line.styles.border = ("solid", "red")
        line.styles.height = 3
        table: DataTable[Text] = DataTable()
        table.add_column(Text(HOSTILE))
        table.add_row(Text(HOSTILE))
        self.screen.mount(line, Static(Content(HOSTILE)), table)
        self.notify(HOSTILE, markup=False)


async def test_whichever_widget_draws_it() -> None:
    app = Hostile(Path("/log"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lines = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
    shown = "\n".join(lines)
    assert all(line.isprintable() for line in lines)
    assert shown.count(LEFT) >= 5
    assert f"{LEFT}[@click=app.quit]t[/][/nope]" in shown
    assert {cell_len(line) for line in lines} == {80}


class Reversed(LineFilter):
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [segment._replace(text=segment.text[::-1]) for segment in segments]


@given(st.text(max_size=40))
def test_cells_stay_as_wide(text: str) -> None:
    (shown,) = OnlyText().apply([Segment(text)], Color(0, 0, 0))
    assert cell_len(shown.text) == cell_len(text)
    assert OnlyText().apply([shown], Color(0, 0, 0)) == [shown]


def test_heaps_of_marks_are_cut_whoever_made_them() -> None:
    typed = "e" + "\u0301" * 50 + "b\u0302" + "\u20d0" * 9
    (one,) = OnlyText().apply([Segment(typed)], Color(0, 0, 0))
    assert one.text == "e" + "\u0301" * MOST_MARKS + "b\u0302" + "\u20d0" * (MOST_MARKS - 1)
    assert cell_len(one.text) == cell_len(typed)
    written = [Segment("हिन्दी में लिखा हुआ"), Segment("▀▄⣿" * 40), Segment("ญี่ปุ่น")]
    assert OnlyText().apply(written, Color(0, 0, 0)) == written


def test_filters_that_come_first_are_gone_through_in_one_go() -> None:
    """Also when what they leave needs nothing more."""
    for text, shown in (("plain", "plain"), ("\x1b[2J", "[2J")):
        (one,) = OnlyText((Reversed(),)).apply([Segment(text)], Color(0, 0, 0))
        assert one.text == shown[::-1]
