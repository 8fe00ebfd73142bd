"""How much of a panel is blank at its end, measured on the screen as it is rendered."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual.app import App
from textual.widget import Widget

MOST = 6
"""Blank rows that a panel may end with."""
NOTHING = set(" ┊▒┃│")
"""What stands for nothing: blanks, and the ground of a plot where nothing is drawn on it."""

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("start", "Curves"): "nothing is raced before a worker is there",
    ("start", "PoolMap"): "nor is there a pool",
    ("start", "#ask"): "nor anything to ask",
    ("start", "Item"): "nor an item",
    ("labels", "Curves"): "no model has learnt yet",
    ("labels", "Item"): "and so no strategy has asked for anything",
    ("label", "Item"): "its last rows are for the probabilities that p shows",
    ("review", "Item"): "its last rows are for the probabilities that p shows",
    ("failed", "Item"): "a run that failed asks about nothing",
    ("failed", "#ask"): "and what it failed of is two lines",
}
"""Scene and panel: why it may end with more."""
ALONE = ("seed", "palette", "find", "answers")
"""Scenes in which something without a title lies over the panels: a line to type into, or a list of what is found."""


def panels(app: App[Any]) -> dict[str, Widget]:
    """What has a title on the screen, by its name or type."""
    shown = [widget for widget in app.screen.query("*") if widget.border_title and widget.is_on_screen and widget.size.height]
    return {f"#{widget.id}" if widget.id else type(widget).__name__: widget for widget in shown}


def blank_rows(app: App[Any], widget: Widget) -> int:
    """How many rows at the end of a panel have nothing on them."""
    strips, region = app.screen._compositor.render_strips(), widget.content_region
    rows = 0
    for y in reversed(range(region.y, region.bottom)):
        cells = list(strips[y].crop(region.x, region.right))
        grounds = {(segment.style or Style()).bgcolor for segment in cells}
        if len(grounds) > 1 or any(set(segment.text) - NOTHING for segment in cells):
            break
        rows += 1
    return rows


def check_blanks(app: App[Any], scene: str) -> None:
    """No panel of a scene ends with more blank rows than it may."""
    found = {name: blank_rows(app, widget) for name, widget in panels(app).items()}
    assert found or scene in ALONE, "a screen without a panel is looked at"
    too_many = {name: rows for name, rows in found.items() if rows > MOST and (scene, name) not in EXCEPTIONS}
    assert too_many == {}, scene
