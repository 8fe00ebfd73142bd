"""What there is to say of somebody's data before they have said anything about it themselves."""

from __future__ import annotations

import warnings
from typing import NamedTuple

from al_core.ground.errors import UserError


class Survey(NamedTuple):
    """What data says of itself.

    Parameters
    ----------
    items, labelled : how many items there are, and how many of them have a label.
    classes : the classes that it names; empty where it names none.
    columns : names of the columns of a table that are shown; empty of what is none.
    learnt : what is learnt from, in words; empty where there is nothing to say.
    aside : what is no item, in words.
    """

    items: int
    labelled: int
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    learnt: str
    aside: str


def survey(word: str) -> Survey:
    """Read data and look at it; raises `UserError` where it cannot be read, whatever its classes are called."""
    from al_core.data.kinds import read_dataset, said_aside
    from al_core.data.said import words_in

    with warnings.catch_warnings(action="ignore"):  # what is set aside is said by whoever asks
        try:
            data = read_dataset(word)
            classes = data.classes
        except UserError:
            data, classes = read_dataset(word, ("a", "b")), ()
    columns = tuple(name for name, _ in words_in(data, 0) if name) if data.looks is not None and len(data.y) else ()
    return Survey(len(data.y), len(data.known) if classes else 0, classes, columns, data.recipe or "", said_aside(data))
