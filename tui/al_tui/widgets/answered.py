"""What a person has answered: the latest items side by side, and in the title a mark for every answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style

from al_tui.widgets.drawn import entitle
from al_tui.widgets.strip import Strip

AGREED, SURPRISED, NOT_KNOWN, NO_LABEL = "✓", "!", "·", "–"
"""The label is what the model thought, or is not, or nobody knows what it thought; the answer is no label."""
LEAST = 5
"""Marks that there is room for at least, or there are none; and answers that are needed to say how many were foreseen."""
OF_THE_LAST = 20
"""Answers of which is told how often they were what the model thought."""


class Marks(NamedTuple):
    """A mark for every answer.

    Parameters
    ----------
    signs : one of the four signs each, the newest first.
    back : which of them is on the screen, counted from the newest, which is 1; 0 for none.
    first : the number of the first of them, counted so.
    """

    signs: Sequence[str] = ()
    back: int = 0
    first: int = 1

    @property
    def agreement(self) -> str:
        """How often the last labels were what the model thought; empty where nobody knows it of any."""
        known = [sign for sign in self.signs[:OF_THE_LAST] if sign in (AGREED, SURPRISED)]
        enough = len(known) >= LEAST and self.first == 1
        return f"{known.count(AGREED)} of the last {len(known)} as it thought" if enough else ""


class Answered(Strip):
    """A strip of answered items. A click on a mark in its title chooses that answer."""

    class Marked(Message):
        """A mark was clicked: that of the answer ``back`` answers ago, 1 for the last."""

        def __init__(self, back: int) -> None:
            super().__init__()
            self.back = back

    def __init__(self, *, margin: int = 0, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(margin=margin, empty=empty, id=id)
        self._columns = range(0)
        """Columns of the title that are marks, the newest answer last."""
        self._newest = 1

    def tell(self, words: str, marks: Marks) -> None:
        """Write ``words`` and marks into the title: as many of these as have room, the newest at the right."""
        room = self.size.width - cell_len(words) - len(" · ") - 2
        told = marks.agreement
        if told and room - cell_len(told) - 1 >= min(OF_THE_LAST, len(marks.signs)):
            room -= cell_len(told) + 1
        else:
            told = ""
        shown = marks.signs[: max(0, room)] if room >= LEAST else ()
        if not shown:
            self._columns = range(0)
            entitle(self, words)
            return
        begin = 1 + cell_len(words) + len(" · ")
        self._columns, self._newest = range(begin, begin + len(shown)), marks.first
        line = Content(f"{words} · ").append(Content("".join(reversed(shown))))
        if marks.first <= marks.back < marks.first + len(shown):
            at = cell_len(words) + len(" · ") + len(shown) - 1 - (marks.back - marks.first)
            line = line.stylize(Style(reverse=True), at, at + 1)
        entitle(self, line.append(f" {told}") if told else line)

    def on_click(self, event: events.Click) -> None:
        if event.y == 0 and event.x in self._columns:
            self.post_message(self.Marked(self._newest + self._columns.stop - 1 - event.x))
