"""Tables: CSV, TSV, JSON lines and Parquet. A row is an item; what its columns are is found by looking, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from al_core.data.columns import LABEL, Columns
from al_core.data.dataset import UNKNOWN, Dataset
from al_core.data.reader import ALONE, Beside, Reader
from al_core.data.row_cards import RowCards
from al_core.data.table import Column, Table, in_order, read_table
from al_core.data.table_features import FittedColumns, fitted_columns
from al_core.data.table_rows import is_table
from al_core.ground.errors import UserError, unknown
from al_core.ground.safe_text import safe_text

MOST_CLASSES = 1000
"""Different labels beyond which a column is none of labels."""


@dataclass(frozen=True, slots=True)
class _Roles:
    """Which columns of a table are what.

    Parameters
    ----------
    labels, ids : of what the class is, and what rows are called; None where there is none.
    known_by : all others: what stands in them makes a row what it is.
    shown : what is on a card, in this order.
    learnt : what is learnt from, as far as it can be.
    """

    labels: str | None
    ids: str | None
    known_by: tuple[str, ...]
    shown: tuple[str, ...]
    learnt: tuple[str, ...]


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
    if beside.embeddings is not None:
        raise UserError(f"{path}: embeddings are for a folder of pictures; of a table its columns are learnt from")
    pool = read_table(path)
    test = None if beside.test is None else read_table(beside.test)
    roles = _roles(pool, beside.columns, test)
    columns = [pool.columns[name] for name in roles.shown]
    labels, names, ids = _labels(pool, roles), pool.called(roles.ids), pool.identities(roles.known_by)
    aside, measured = pool.aside, None
    if test is not None:
        columns = [column.followed_by(_same(test, column.name, pool)) for column in columns]
        labels, names = labels + _measuring(test, roles), names + test.called(roles.ids)
        ids, aside = ids + test.identities(roles.known_by), aside + test.aside
        measured = np.arange(len(pool), len(names))
    by_name = {column.name: column for column in columns}
    learnt = [by_name[name] for name in roles.learnt]
    X, fitted = fitted_columns(path, learnt, len(pool), decimal_comma=pool.decimal_comma)
    return Dataset(
        str(path),
        X,
        labels,
        _classes(path, labels, roles) if classes is None else classes,
        looks=RowCards(columns, fitted.kept),
        identities=ids,
        item_names=names,
        recipe=fitted.words,
        aside=tuple(aside),
        test=measured,
        projection=replace(fitted, known_by=roles.known_by, ids=roles.ids),
        numbered=roles.ids is None,
    )


def more_tables(path: Path, pool: Dataset) -> Dataset:
    """The rows of a file, described by what was fitted on those of the pool. Further columns in it are left alone.

    Raises
    ------
    UserError
        As in `read_tables`, or a column is missing that the pool is learnt from.
    """
    fitted = pool.projection
    assert isinstance(fitted, FittedColumns)
    table = read_table(path)
    for name in fitted.needed:
        if name not in table.columns:
            raise UserError(f"{path}: {unknown('column', name, table.columns)}; what was labelled is learnt from it")
    return Dataset(
        str(path),
        fitted.features(table.columns.get, len(table)),
        np.full(len(table), UNKNOWN),
        pool.classes,
        looks=RowCards([table.columns[name] for name in fitted.known_by if name in table.columns], fitted.kept),
        identities=table.identities(fitted.known_by),
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
    learnt = tuple(name for name in known_by if name not in {*said.drop, *said.show})
    return _Roles(labels, said.ids, known_by, (*said.show, *learnt), learnt)


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


READER = Reader(is_table, read_tables, read_with=read_tables, more=more_tables, fits=(FittedColumns,), columns=True)
"""By how a file's name ends, and Parquet by how it begins."""
