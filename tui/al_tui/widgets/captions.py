"""What stands under the items of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from al_core.ground.numbers import fixed
from al_core.run.state import Answer, Pick
from al_tui.theme.colours import Palette
from al_tui.widgets.before import WRONG
from al_tui.widgets.strip import Caption, Entry

if TYPE_CHECKING:
    from al_core.data.looks import Look


def batch_entries(
    looks: Sequence[Look],
    classes: tuple[str, ...],
    picks: Sequence[Pick],
    answers: Iterable[Answer],
    hidden: bool,
    colours: Palette,
    aside: Mapping[int, str] | None = None,
    judged: bool = False,
) -> tuple[Entry, ...]:
    """The items of a batch, each with its answer or with the model's guess.

    Parameters
    ----------
    hidden : keeps guesses back.
    aside : row → the words for an answer that is no label, where there are more than one.
    judged : crosses what the model had taken for something else.
    """
    given = {answer.row: answer for answer in answers}
    words = aside or {}
    captions = [
        Caption(words.get(pick.row, "skipped"), style=colours.dim)
        if (answer := given.get(pick.row)) is not None and answer.label is None
        else _caption(pick, answer, classes, hidden, judged, colours)
        for pick in picks
    ]
    return tuple(map(Entry, looks, captions))


def _caption(
    pick: Pick, answer: Answer | None, classes: tuple[str, ...], hidden: bool, judged: bool, colours: Palette
) -> Caption:
    if answer is not None and answer.label is not None:
        if judged and answer.label != pick.guess:
            return Caption(classes[answer.label], "= ", after=f" {WRONG}", style=f"bold {colours.bad}")
        return Caption(classes[answer.label], "= ", style=f"bold {colours.good}")
    if hidden:
        return Caption("?")
    return Caption(classes[pick.guess], after=f"? {fixed(max(pick.probabilities), 2)}")
