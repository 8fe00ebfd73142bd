"""The door out of a screen: whatever a widget draws, no character of it is one that a terminal obeys.

Text from outside was made visible where it came in. What has slipped past is left out here, and every cell stays as wide as it
was counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from al_core.ground.safe_text import MOST_MARKS, few_marks, without_controls

NARROW = re.compile("[ -~\u00a0-\u02ff\u0370-\u03ff\u2010-\u2027\u2030-\u205e\u2190-\u2bff]*")
"""Characters that every terminal gives one cell, if Rich does too, and none that is drawn over another."""
_MARKS = "\u0300-\u1fff\u20d0-\u20ff\u302a-\u309a\ua66f-\uabff\ufb1e-\ufe2f\U000101fd-\U000e01ef"
_PERHAPS_MARKS = f"[{_MARKS}]{{{MOST_MARKS + 1},}}"
"""Where many combining marks may stand in a row: letters of many scripts, and nothing that pictures are drawn with. It is
compiled when the first text with anything but narrow characters is drawn."""


class OnlyText(LineFilter):
    """Leaves control codes, bidirectional controls, surrogates and heaps of combining marks out of every line, whichever widget
    draws it: also what a person has typed or pasted.

    Parameters
    ----------
    before : filters that come first; in one filter with this one they cost no further copy of each line.
    """

    def __init__(self, before: Sequence[LineFilter] = ()) -> None:
        super().__init__()
        self.before = tuple(before)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        for line_filter in self.before:
            segments = line_filter.apply(segments, background)
        if all(_is_harmless(segment.text) for segment in segments):
            return segments
        return [segment._replace(text=few_marks(without_controls(segment.text, _as_wide))) for segment in segments]


def _is_harmless(text: str) -> bool:
    return text.isprintable() and bool(NARROW.fullmatch(text) or not re.search(_PERHAPS_MARKS, text))


def _as_wide(char: str) -> str:
    return "?" * cell_len(char)
