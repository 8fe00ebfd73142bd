"""What belongs in each class, as the project says, with two items that have its label: a part of the help."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

from rich.text import Text
from textual.screen import Screen

from al_core.data.looks import COMING
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.strip import Caption, Cells, Entry

if TYPE_CHECKING:
    from al_core.labelling.session import LabelSession
    from al_tui.background.labelling import Labeller
    from al_tui.background.looks import Looks

EXAMPLES = 2
_LATEST = 2000
"""Answers among which examples are looked for."""
_HEIGHT = 6


def class_guide(says: Mapping[str, str], session: LabelSession | None, looks: Looks | None, colours: Palette) -> Text | None:
    """Every class that something is said of, and the latest items that have its label; None where nothing is said.

    Parameters
    ----------
    says : class name to what belongs in it.
    session : None before it is open.
    looks : how items look, as far as that is here.
    """
    if not says:
        return None
    out = Text("Classes\n", "bold")
    classes = tuple(says) if session is None else session.ledger.classes
    for label, name in enumerate(classes):
        if name not in says:
            continue
        out.append(f"  {name}  ", colours.accent).append(f"{says[name]}\n")
        if rows := [] if session is None else examples(session, label):
            entries = [Entry(COMING if looks is None else looks.get(row), Caption(_called(session, row))) for row in rows]
            for line in Cells(entries, _HEIGHT, colours).row(range(len(entries)), gap=2):
                out.append("    ").append(line).append("\n")
    return out


def examples(session: LabelSession, label: int) -> list[int]:
    """Rows of the latest items that a person has given a label."""
    answers, row_of = session.ledger.answers, session.items.row_of
    latest = islice(reversed(answers), _LATEST)
    return list(islice((row_of[item] for item in latest if answers[item].label == label and item in row_of), EXAMPLES))


def _called(session: LabelSession | None, row: int) -> str:
    return "" if session is None else session.items.name_of(session.items.ids[row])


class Guided(Screen[None]):
    """The part of a labelling screen that says what belongs in the classes."""

    labeller: Labeller

    @property
    def guide(self) -> Text | None:
        """The same, for the help."""
        return class_guide(self.labeller.begin.says, self.labeller.session, self.labeller.looks, palette(self.app))
