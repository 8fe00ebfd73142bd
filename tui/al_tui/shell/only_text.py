"""The door out of a screen: whatever a widget draws, no character of it is one that a terminal obeys.

Text from outside was made visible where it came in. What has slipped past is left out here, and every cell stays as wide as it
was counted.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from al_core.ground.safe_text import MOST_MARKS, few_marks, without_controls

_MARKS = "\u0300-\u1fff\u20d0-\u20ff\u302a-\u309a\ua66f-\uabff\ufb1e-\ufe2f\U000101fd-\U000e01ef"
_PERHAPS_MARKS = re.compile(f"[{_MARKS}]{{{MOST_MARKS + 1},}}")
"""Where many combining marks may stand in a row: letters of many scripts, and nothing that pictures are drawn with."""


class OnlyText(LineFilter):
    """Leaves control codes, bidirectional controls, surrogates and heaps of combining marks out of every line, whichever widget
    draws it: also what a person has typed or pasted."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(segment.text.isprintable() and not _PERHAPS_MARKS.search(segment.text) for segment in segments):
            return segments
        return [segment._replace(text=few_marks(without_controls(segment.text, _as_wide))) for segment in segments]


def _as_wide(char: str) -> str:
    return "?" * cell_len(char)
