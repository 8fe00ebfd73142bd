"""Where items lie now: files under their names, or wherever their content has gone; rows in a table. Nothing is decoded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from al_core.data.columns import LABEL, TEXT, Columns
from al_core.data.table_rows import is_table, open_rows, row_identity, text_identity
from al_core.ground.errors import UserError

ROWS_LOOKED_AT = 20_000
"""Rows of a table among which items are looked for, while somebody waits."""
_MOST = 100_000
"""Files of a folder among which they are."""


def found_files(root: Path, wanted: Mapping[str, str]) -> dict[str, Path]:
    """The files of items in a folder of pictures, or of texts.

    A name says only where to look first: what a file is, its content says. So no name leads to a file that is not the item.

    Parameters
    ----------
    root : the folder.
    wanted : item → its name, the path below the folder at which it was; empty where it has none.

    Returns
    -------
    found : item → path, of what is there. What is gone, or has changed since, is not in it.

    Raises
    ------
    UserError
        The folder cannot be read.
    """
    from al_core.data.folder import PICTURES, TEXTS, walked

    found: dict[str, Path] = {}
    for item, name in wanted.items():
        if (path := _below(root, name)) is not None and is_item(path, item):
            found[item] = path
    lost, known = wanted.keys() - found.keys(), set(found.values())
    for name in walked(root, PICTURES + TEXTS, _MOST).files if lost else ():
        path = root / name
        if path not in known and (item := _item_in(path)) in lost:
            found[item] = path
            lost = lost - {item}
        if not lost:
            break
    return found


def is_item(path: Path, item: str) -> bool:
    """Whether a file has just the content that the item is known by."""
    return _item_in(path) == item


def in_table(path: Path, items: Collection[str], columns: Columns) -> bool | None:
    """Whether one of the items is a row, or a text, of a table; None of what is no table, and where a long one would tell.

    Parameters
    ----------
    path : the file.
    items : hashes.
    columns : which columns are what.
    """
    if not items or not is_table(path):
        return None
    label = LABEL if columns.label is None and LABEL not in columns.said else columns.label
    apart = {name for name in (label, columns.ids) if name is not None}
    try:
        with open_rows(path) as rows:
            for _, cells in islice(rows, ROWS_LOOKED_AT):
                texts = [cell for name, cell in zip(rows.names, cells, strict=False) if name == (columns.text or TEXT)]
                if row_identity(rows.names, cells, apart) in items or (texts and text_identity(texts[0]) in items):
                    return True
            return None if next(iter(rows), None) is not None else False
    except UserError:
        return None


def _item_in(path: Path) -> str:
    """What the content of a file is known by; empty where it is none, or none that a picture can be read from."""
    from al_core.data.decoded import Unusable, content_of
    from al_core.data.identity import identity

    try:
        return identity(content_of(path)[0])
    except Unusable:
        return ""


def _below(root: Path, name: str) -> Path | None:
    """The path of that name below the folder; None for a name that leads out of it, or is none."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name:
        return None
    return root.joinpath(*parts)
