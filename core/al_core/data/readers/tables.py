"""Tables: CSV, TSV, JSON lines and Parquet. A row, or the text in it, is an item; what columns are is found, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from al_core.data.column_kinds import kind_of
from al_core.data.columns import LABEL, TEXT, Columns
from al_core.data.dataset import UNKNOWN, Dataset
from al_core.data.looks import Card, Passage
from al_core.data.reader import ALONE, Beside, Reader
from al_core.data.row_cards import RowCards, Texts
from al_core.data.table import Column, Table, in_order, read_table
from al_core.data.table_features import FittedColumns, fitted_columns
from al_core.data.table_rows import is_table, text_identity
from al_core.data.text_features import FittedTexts, fitted_texts
from al_core.ground.errors import UserError, unknown
from al_core.ground.safe_text import safe_text

MOST_CLASSES = 1000
"""Different labels beyond which a column is none of labels."""
_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Roles:
    """Which columns of a table are what.

    Parameters
    ----------
    labels, ids : of what the class is, and what rows are called; None where there is none.
    known_by : all others: what stands in them makes a row what it is.
    shown : what is on a card, in this order.
    learnt : what is learnt from, as far as it can be.
    text : of the texts, where they are the items; it is the first that is shown.
    group : says which rows belong together; None where nothing does.
    """

    labels: str | None
    ids: str | None
    known_by: tuple[str, ...]
    shown: tuple[str, ...]
    learnt: tuple[str, ...]
    text: str | None = None
    group: str | None = None


def read_tables(path: Path, classes: Sequence[str] | None = None, features: str = "auto", beside: Beside = ALONE) -> Dataset:
    """A data set of the rows of a file.

    Parameters
    ----------
    path : the file.
    classes : names of the classes; without them the column of labels says what classes there are.
    features : ``"auto"``; others are of pictures.
    beside : which columns are what, and what was given beside the file.

    Raises
    ------
    UserError
        The file is no such table, a column that was named is not in it, or nothing in it can be learnt from.
    """
    if features != "auto":
        raise UserError(f"{path}: features {features!r} are those of pictures, and this is a table; leave them away")
    pool = read_table(path)
    test = None if beside.test is None else read_table(beside.test)
    roles = _roles(pool, beside.columns, test)
    if test is not None and roles.group is not None:
        raise UserError(
            f"{path}: --group-column is about the split, and --test says what is measured by; leave one of them away"
        )
    if roles.text is not None:
        pool = pool.with_texts(roles.text)
        test = None if test is None else _with_texts(test, roles.text, pool)
    columns = [pool.columns[name] for name in roles.shown]
    labels, names, ids = _labels(pool, roles), pool.called(roles.ids), _identities(pool, roles)
    aside, measured = pool.aside, None
    if test is not None:
        columns = [column.followed_by(_same(test, column.name, pool)) for column in columns]
        labels, names = labels + _measuring(test, roles), names + test.called(roles.ids)
        ids, aside = ids + _identities(test, roles), aside + test.aside
        measured = np.arange(len(pool), len(names))
    made = _texts(pool, columns, roles) if roles.text is not None else _columns(pool, columns, roles)
    return Dataset(
        str(path),
        made.X,
        labels,
        _classes(path, labels, roles) if classes is None else classes,
        looks=made.looks,
        identities=ids,
        item_names=names,
        recipe=made.recipe,
        aside=tuple(aside),
        test=measured,
        projection=made.fitted,
        numbered=roles.ids is None,
        groups=None if roles.group is None else list(pool.columns[roles.group]),
    )


class _Made(NamedTuple):
    """What becomes of columns."""

    X: NDArray[np.float64]
    looks: Sequence[Card] | Sequence[Passage]
    recipe: str
    fitted: FittedColumns | FittedTexts


def _columns(pool: Table, columns: Sequence[Column], roles: _Roles) -> _Made:
    """Cards, and what is learnt from their columns."""
    by_name = {column.name: column for column in columns}
    learnt = [by_name[name] for name in roles.learnt]
    X, fitted = fitted_columns(pool.path, learnt, len(pool), decimal_comma=pool.decimal_comma)
    return _Made(X, RowCards(columns, fitted.kept), fitted.words, replace(fitted, known_by=roles.known_by, ids=roles.ids))


def _texts(pool: Table, columns: Sequence[Column], roles: _Roles) -> _Made:
    """Texts, and what is learnt from them; the first column has them."""
    X, fitted = fitted_texts(pool.path, columns[0], len(pool))
    left = [name for name in roles.known_by if name not in roles.shown]
    recipe = f"text in {roles.text}: words, parts of words, writing"
    recipe += f"; not learnt from: {', '.join(left[:_NAMED])}" if left else ""
    recipe += f", {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return _Made(X, Texts(columns[0], columns[1:]), recipe, replace(fitted, column=roles.text, ids=roles.ids))


def more_tables(path: Path, pool: Dataset) -> Dataset:
    """The rows of a file, described by what was fitted on those of the pool. Further columns in it are left alone.

    Raises
    ------
    UserError
        As in `read_tables`, or a column is missing that the pool is learnt from.
    """
    fitted, table = pool.projection, read_table(path)
    assert isinstance(fitted, FittedColumns | FittedTexts)
    needed = fitted.needed if isinstance(fitted, FittedColumns) else (fitted.column or TEXT,)
    for name in needed:
        if name not in table.columns:
            raise UserError(f"{path}: {unknown('column', name, table.columns)}; what was labelled is learnt from it")
    looks: Sequence[Card] | Sequence[Passage]
    if isinstance(fitted, FittedTexts):
        table = table.with_texts(needed[0])
        texts = table.columns[needed[0]]
        X, looks, ids = fitted.features(texts, len(texts)), Texts(texts, ()), [text_identity(text) for text in texts]
    else:
        X, ids = fitted.features(table.columns.get, len(table)), table.identities(fitted.known_by)
        looks = RowCards([table.columns[name] for name in fitted.known_by if name in table.columns], fitted.kept)
    return Dataset(
        str(path),
        X,
        np.full(len(table), UNKNOWN),
        pool.classes,
        looks=looks,
        identities=ids,
        item_names=table.called(fitted.ids if fitted.ids in table.columns else None),
        recipe=pool.recipe,
        aside=tuple(table.aside),
        projection=fitted,
        numbered=fitted.ids is None,
    )


def _roles(pool: Table, said: Columns, test: Table | None) -> _Roles:
    """Who is what, as the person says, and else as columns are called; labels may be in the file to measure by alone."""
    for name, option in said.said.items():
        if name not in pool.columns and not (option == "--label-column" and test is not None and name in test.columns):
            raise UserError(f"{pool.path}: {option}: {unknown('column', name, pool.columns)}")
    labels = said.label
    if labels is None and LABEL not in said.said and any(LABEL in table.columns for table in (pool, test) if table is not None):
        labels = LABEL
    known_by = tuple(name for name in pool.columns if name not in (labels, said.ids))
    learnt = tuple(name for name in known_by if name not in {*said.drop, *said.show, said.group})
    text = said.text
    if (
        text is None
        and TEXT in learnt
        and kind_of(TEXT, list(pool.columns[TEXT]), decimal_comma=False).kind in ("text", "name")
    ):
        text = TEXT
    if text is not None:
        return _Roles(labels, said.ids, known_by, (text, *said.show), (), text, said.group)
    return _Roles(labels, said.ids, known_by, (*said.show, *learnt), learnt, group=said.group)


def _identities(table: Table, roles: _Roles) -> list[str]:
    """What rows are known by: their text, or what stands in their columns."""
    if roles.text is None:
        return table.identities(roles.known_by)
    return [text_identity(text) for text in table.columns[roles.text]]


def _with_texts(test: Table, name: str, pool: Table) -> Table:
    _same(test, name, pool)
    return test.with_texts(name)


def _labels(table: Table, roles: _Roles) -> list[str | None]:
    """The words in the column of labels, None where there is none; blanks around a word are no part of it."""
    column = None if roles.labels is None else table.columns.get(roles.labels)
    if column is None:
        return [None] * len(table)
    return [safe_text(cell.strip()) or None for cell in column]


def _measuring(test: Table, roles: _Roles) -> list[str | None]:
    found = _labels(test, roles)
    if not any(found):
        raise UserError(f"{test.path}: no row of it has a label, so nothing can be measured by it; see docs/data.md")
    return found


def _classes(path: Path, labels: list[str | None], roles: _Roles) -> tuple[str, ...]:
    """The classes that labels say."""
    found = in_order({label for label in labels if label is not None})
    where = "there is no column 'label'" if roles.labels is None else f"column {roles.labels!r}"
    remedy = "name the classes, --classes a,b, or the column, --label-column"
    if not found:
        raise UserError(f"{path}: {where if roles.labels is None else f'{where} is empty'}; {remedy}")
    if len(found) == 1:
        raise UserError(f"{path}: {where} has one class only, {found[0]!r}; {remedy}")
    if len(found) > MOST_CLASSES:
        raise UserError(f"{path}: {where} has {len(found):,} different labels, too many to be classes; {remedy}")
    return found


def _same(test: Table, name: str, pool: Table) -> Column:
    """The column of the same name, to measure by."""
    if name not in test.columns:
        raise UserError(f"{test.path}: {unknown('column', name, test.columns)}; give the columns that {pool.path.name} has")
    return test.columns[name]


READER = Reader(is_table, read_tables, read_with=read_tables, more=more_tables, fits=(FittedColumns, FittedTexts), columns=True)
"""By how a file's name ends, and Parquet by how it begins."""
