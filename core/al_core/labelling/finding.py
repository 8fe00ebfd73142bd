"""Finding items that no strategy has brought up: by what stands in them, or because they are like others. Runs in a worker.

What is found is shown to a person, who chooses; that a label came about so is written down with the item (`Choice` ``search``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from al_core.compute.one_thread import one_thread
from al_core.data.origin import Origin
from al_core.data.said import Words, words_in
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.opening import task_of
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset, FloatArray, IntArray

MOST = 500
"""Matches that are told; more are counted."""
LONGEST = 100
"""Characters of what is told of a match."""
_BEFORE = 20
"""Characters before the word that was found."""
_BLOCK = 1 << 22
"""Numbers that are subtracted at a time."""


class Match(NamedTuple):
    """A row, and what stands there."""

    row: int
    words: str


class Found(NamedTuple):
    """What was found: rows, the best first; how many there are in all; and among how many was looked."""

    matches: tuple[Match, ...]
    total: int
    among: int


def find_items(spec: TaskSpec, origin: Origin | None, text: str) -> Found:
    """Items with all words of ``text`` in them, whatever the case, in the order of the data.

    Words are looked for in the text of an item, in the columns of a row and in what is shown beside either, and in its name; of
    pictures, in the paths of their files, or where folders say what is in them, in their names. ``column:word`` looks in that
    column only, where there is one.
    """
    with one_thread():
        data, rows = _open_to(spec, origin)
        wanted = text.casefold().split()
        found: list[Match] = []
        total = 0
        for row in rows if wanted else ():
            if (place := _place_of(wanted, _named(data, row), _said(data, row))) is None:
                continue
            total += 1
            if len(found) < MOST:
                found.append(Match(row, place))
        return Found(tuple(found), total, len(rows))


def items_like(spec: TaskSpec, origin: Origin | None, these: Sequence[int], closed: Collection[int]) -> Found:
    """Items whose features are nearest to those of one of ``these`` rows, the nearest first; none that is ``closed``."""
    import numpy as np

    with one_thread():
        data, rows = _open_to(spec, origin)
        out = {*these, *closed}
        left = np.array([row for row in rows if row not in out], dtype=np.int64)
        if not len(left) or not these:
            return Found((), 0, len(left))
        near = _distances(data.X, left, np.array(these, dtype=np.int64))
        nearest = left[np.argsort(near, kind="stable")[:MOST]]
        told = (Match(row, _beginning(_named(data, row), _said(data, row))) for row in nearest.tolist())
        return Found(tuple(told), len(left), len(left))


def _open_to(spec: TaskSpec, origin: Origin | None) -> tuple[Dataset, list[int]]:
    """The data, and the rows that stand for the items that one may ask for."""
    task = task_of(spec, origin)
    ids, first = task.dataset.item_ids, dict[str, int]()
    for row in task.pool.tolist():
        first.setdefault(ids[row], row)
    return task.dataset, list(first.values())


def _named(data: Dataset, row: int) -> str:
    """What an item is called; a folder that may be its class is no part of that, as it is not on the screen."""
    name = data.item_names[row] if data.item_names else ""
    return name.rpartition("/")[2] if len(data.known) else name


def _said(data: Dataset, row: int) -> Words:
    try:
        return words_in(data, row)
    except UserError:  # its file has gone or changed since: it is told of where it is to be shown
        return ()


def _distances(X: FloatArray, rows: IntArray, these: IntArray) -> FloatArray:
    """The squared distance of each row to the nearest of these, block by block."""
    import numpy as np

    near, step = np.full(len(rows), np.inf), max(1, _BLOCK // max(1, X.shape[1]))
    for begin in range(0, len(rows), step):
        part, best = X[rows[begin : begin + step]], near[begin : begin + step]
        for one in these.tolist():
            np.minimum(best, ((part - X[one]) ** 2).sum(axis=1), out=best)
    return near


def _place_of(wanted: Sequence[str], name: str, fields: Words) -> str | None:
    """What is told of an item in which all wanted words stand; None where one does not."""
    places = [_place(word, name, fields) for word in wanted]
    return None if None in places else next(place for place in places if place is not None)


def _place(word: str, name: str, fields: Words) -> str | None:
    """Where one word stands: with the column, or with what is around it."""
    column, colon, inside = word.partition(":")
    if colon and inside and any(called.casefold() == column for called, _ in fields):
        fields, word, name = [(called, said) for called, said in fields if called.casefold() == column], inside, ""
    for called, said in fields:
        if (at := said.casefold().find(word)) >= 0:
            begin = max(0, at - _BEFORE)
            around = ("…" if begin else "") + said[begin : begin + 2 * LONGEST]
            return _line(f"{called}: {around}" if called else around)
        if called and word in called.casefold():
            return _line(f"{called}: {said}")
    return _beginning(name, fields) if word in name.casefold() else None


def _beginning(name: str, fields: Words) -> str:
    """How an item begins: a text, or else the first columns; of what has neither, its name is all there is to tell."""
    if not fields:
        return ""
    called, said = fields[0]
    return _line(said if not called else ", ".join(f"{called}: {said[:LONGEST]}" for called, said in fields[:8]))


def _line(text: str) -> str:
    """The text in a line."""
    return safe_text(" ".join(text[: 4 * LONGEST].split()), LONGEST)
