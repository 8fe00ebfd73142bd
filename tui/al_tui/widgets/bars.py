"""Probabilities as bars."""

from __future__ import annotations

from rich.text import Text

from al_core.run.state import Pick
from al_tui.theme.colours import Palette

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bars(classes: tuple[str, ...], pick: Pick, answer: int | None, room: int, colours: Palette) -> list[Text]:
    """One line per class with the model's probability; the person's ``answer`` and the model's guess stand out.

    Parameters
    ----------
    room : columns of the longest bar; a line has 12 more at most.
    """
    lines = []
    for label, (name, share) in enumerate(zip(classes, pick.probabilities, strict=True)):
        chosen = answer == label
        style = colours.good if chosen else colours.accent if label == pick.guess else colours.dim
        eighths = round(share * room * 8)
        bar = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
        number = f"{share:.2f}".replace("0.", ".", 1)
        lines.append(Text(f"{name[:6]} ", "bold" if chosen else "").append(f"{number:>4} ", style).append(bar, style))
    return lines
