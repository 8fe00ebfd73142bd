"""What is asked of each panel of a picture: that it does not end in blank rows, and that it answers a question."""

from __future__ import annotations

from functools import cache
from pathlib import Path
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
ALONE = ("seed", "palette", "find", "answers", "words")
"""Scenes in which something without a title lies over the panels: a line to type into, a list of what is found, words."""


DOCUMENT = Path(__file__).parents[2] / "docs" / "screens.md"
SECTIONS = {"RaceScreen": "The race", "CompareScreen": "The comparison", "LabelScreen": "Labelling", "MapScreen": "Labelling"}
"""Screens, and what `DOCUMENT` calls them. Dialogues are not there: their title is the question."""
ROWS: dict[str, dict[str, str]] = {
    "The race": {
        "Curves": "curves",
        "Leaderboard": "leaderboard",
        "Runs": "runs",
        "PoolMap": "pool map",
        "Planes": "planes",
        "Item": "asked about",
        "#ask": "its batch",
        "Intervals": "what it came to",
    },
    "Labelling": {
        "Item": "the item",
        "Learning": "curve",
        "PoolMap": "pool map",
        "Reason": "why this item",
        "SoFar": "so far",
        "#answered": "answered",
    },
    "The comparison": {
        "Intervals": "labels ",
        "EachSeed": "each seed",
        "Curves": "curves",
        "#mine": "asked first for",
        "#baseline": "asked first for",
    },
}
"""How the row of a panel begins."""


@cache
def questions() -> dict[str, dict[str, str]]:
    """By section and panel what it answers, as `DOCUMENT` says it."""
    found: dict[str, dict[str, str]] = {}
    section = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("| ") and not line.startswith("| panel "):
            panel, answers = (cell.strip() for cell in line.strip("|").split(" | ", maxsplit=1))
            found.setdefault(section, {})[panel] = answers
    return found


def check_questions(app: App[Any], scene: str) -> None:
    """Every panel of a scene has a row in the document that says which question it answers."""
    kinds = {kind.__name__ for kind in type(app.screen).__mro__}
    for section in {words for kind, words in SECTIONS.items() if kind in kinds}:
        for name in panels(app):
            said = [answers for panel, answers in questions()[section].items() if panel.startswith(ROWS[section][name])]
            assert said, f"{scene}: nothing in {DOCUMENT.name} begins with {ROWS[section][name]}"
            assert all("?" in answers for answers in said), f"{scene}: {name} answers no question"


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
    assert too_many == {}, f"{scene}: {too_many}"
