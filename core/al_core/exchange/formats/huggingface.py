"""Labels as the ``metadata.csv`` of a folder of pictures, as Hugging Face's ``imagefolder`` reads it: ``file_name,label``.

It belongs into the folder of the pictures, or one above; readers of such folders take its labels then, and no folders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from al_core.exchange.foreign import UNLABELLED, body
from al_core.exchange.record import About, Format, Problem, Record, Said
from al_core.exchange.tables import columns_in, known, read_table, table

_CALLED = {"name": "file_name"}


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content; an item without a label has an empty one. A file is called what it is now."""
    here = [replace(row, name=about.shown.get(row.item, row.name)) for row in rows]
    return table(here, ("name", "label"), _CALLED)


def read(content: bytes) -> list[Said | Problem]:
    """What the rows say; raises `UserError` for what is no table."""
    return read_table(content, _CALLED, _theirs)


def _theirs(row: dict[str, str], place: str) -> Said | Problem:
    label = row.get("label", "")
    return known(body(label), place, None, row.get("file_name")) if label else Problem(UNLABELLED, place)


def is_it(content: bytes) -> bool:
    """Whether the first line names files."""
    return "file_name" in columns_in(content)


FORMAT = Format("huggingface", write, read, endings=("csv",), is_it=is_it, wants=("files", "shown"))
