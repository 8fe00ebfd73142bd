"""Which columns of a table are what, as a person says it. Small, and free of numerics: it crosses borders."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import Protocol

from al_core.ground.errors import UserError
from al_core.ground.written import ABSENT

LABEL, TEXT = "label", "text"
"""What the column of labels, and that of texts, is called where the person names none."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a person says of the columns of a table; None and nothing leave it to the table.

    Parameters
    ----------
    label : has the class of each row, or nothing.
    ids : has what each row is called.
    text : has the texts that are the items; no other column is learnt from then.
    drop : neither shown nor learnt from.
    show : shown, and not learnt from.
    group : says which rows belong together; neither shown nor learnt from.
    """

    label: str | None = None
    ids: str | None = None
    text: str | None = None
    drop: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    group: str | None = field(default=None, metadata={ABSENT: None})

    @property
    def said(self) -> dict[str, str]:
        """Every column that is named, and the option that names it."""
        one = (
            ("--label-column", self.label),
            ("--id-column", self.ids),
            ("--text-column", self.text),
            ("--group-column", self.group),
        )
        many = (("--drop", self.drop), ("--show", self.show))
        named = [(option, name) for option, name in one if name is not None]
        named += [(option, name) for option, names in many for name in names]
        found: dict[str, str] = {}
        for option, name in named:
            if name in found and found[name] != option:
                raise UserError(f"{found[name]} and {option} both name the column {name!r}; leave it to one of them")
            found[name] = option
        return found


AS_THERE = Columns()
"""Nothing is said: the table speaks for itself."""


class Saying(Protocol):
    """What the options about columns are kept in."""

    @property
    def label_column(self) -> str | None: ...
    @property
    def id_column(self) -> str | None: ...
    @property
    def text_column(self) -> str | None: ...
    @property
    def drop(self) -> str | None: ...
    @property
    def show(self) -> str | None: ...


def columns_of(said: Saying, group: str | None = None) -> Columns:
    """The columns that options name; ``group`` is the one of groups, where there is such an option.

    Raises
    ------
    UserError
        One column is named for two things, or a list of columns is none.
    """
    drop, show = names_in(said.drop, "--drop"), names_in(said.show, "--show")
    found = Columns(said.label_column, said.id_column, said.text_column, drop, show, group)
    return found if found.said else AS_THERE


def names_in(text: str | None, option: str) -> tuple[str, ...]:
    """The names of columns in ``a,b,c``; one with a comma stands in quotes.

    Examples
    --------
    >>> names_in('price,"height, in cm"', "--drop")
    ('price', 'height, in cm')
    """
    if text is None:
        return ()
    try:
        (names,) = csv.reader([text], strict=True, skipinitialspace=True)
    except (csv.Error, ValueError):
        names = []
    found = tuple(dict.fromkeys(name.strip() for name in names))
    if not found or "" in found:
        raise UserError(f"{option} is {text!r}; name columns with commas between them, e.g. price,weight")
    return found
