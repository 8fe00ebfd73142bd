"""What was asked before: the labels that came, newest first, with a cross where the model had been wrong."""

from __future__ import annotations

from rich.text import Text

from al_core.run.state import Round
from al_tui.theme.colours import palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.drawn import Drawn

TITLE = "asked before"
WRONG = "×"
_NAME = 8


class Before(Drawn):
    """One line of labels, and of how many the model was wrong."""

    DEFAULT_CSS = "Before { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, ...], tuple[Round, ...]] = ((), ())

    def show(self, classes: tuple[str, ...], rounds: tuple[Round, ...]) -> None:
        """Show what was asked and learnt in ``rounds``, the oldest first."""
        if (classes, rounds) != self._shown:
            self._shown = classes, rounds
            self.redraw()

    def render(self) -> Text:
        classes, rounds = self._shown
        found = [pair for entry in reversed(rounds) for pair in asked_in(entry)]
        if not found or not classes:
            return Text()
        colours, width = palette(self.app), self.size.width
        wrong = sum(guess != label for label, guess in found)
        end = f" the model had {wrong:,} of {len(found):,} wrong"
        line = Text(f"{TITLE} ", colours.dim, no_wrap=True)
        for label, guess in found:
            name = clipped(classes[label], _NAME)
            if line.cell_len + len(name) + 3 + len(end) > width:
                line.append("…", colours.dim)
                break
            line.append(f" {name}").append(WRONG if guess != label else " ", colours.bad)
        return line.append(end, colours.dim)


def asked_in(entry: Round) -> list[tuple[int, int]]:
    """The labels that a round came to, each with what the model had taken it for; the latest answer first."""
    guesses = {pick.row: pick.guess for pick in entry.query.picks}
    return [(given.label, guesses[given.row]) for given in reversed(entry.answers) if given.label is not None]
