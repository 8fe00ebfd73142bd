"""The door out of a screen: whatever a widget draws, no character of it is one that a terminal obeys.

Text from outside was made visible where it came in. What has slipped past is left out here, and every cell stays as wide as it
was counted.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from al_core.ground.safe_text import without_controls


class OnlyText(LineFilter):
    """Leaves control codes, bidirectional controls and surrogates out of every line, whichever widget draws it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [segment._replace(text=without_controls(segment.text, _as_wide)) for segment in segments]


def _as_wide(char: str) -> str:
    return "?" * cell_len(char)
