"""Labels as NumPy arrays, nothing pickled. NumPy loads when a file is written or read."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from al_core.exchange.record import COLUMNS, EVERY, LARGEST_FILE, About, Format, Record, columns_of
from al_core.ground.errors import UserError

_PACKED = {"note", "name"}
_TYPES = {"flagged": "?", "probability": "<f8"}


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content: a column per field, and ``y`` (class index, −1 for none), ``classes``, ``dataset``."""
    import numpy as np

    columns: dict[str, Any] = {}
    for name in columns_of(rows):
        values = [getattr(row, name) for row in rows]
        # NumPy drops trailing NULs of a text, so notes and names travel as JSON.
        packed = [json.dumps(value) for value in values] if name in _PACKED else values
        columns[name] = np.array(packed, dtype=_TYPES.get(name, "U"))
    known = {name: number for number, name in enumerate(about.classes)}
    columns["y"] = np.array([known.get(row.label, -1) for row in rows], dtype=np.int64)
    columns["classes"] = np.array(about.classes, dtype="U")
    columns["dataset"] = np.array([about.dataset, about.fingerprint], dtype="U")
    out = io.BytesIO()
    np.savez_compressed(out, **columns)
    return out.getvalue()


def read(content: bytes) -> list[dict[str, Any]]:
    """The columns as one dict per record; raises `UserError` for anything that is no such file, or unpacks to too much."""
    import zipfile
    import zlib

    import numpy as np

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_FILE:
                raise UserError(f"it unpacks to more than {LARGEST_FILE >> 20} MB")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            columns = {name: arrays[name].tolist() for name in EVERY if name in COLUMNS or name in arrays}
        for name in columns.keys() & _PACKED:
            columns[name] = [json.loads(text) for text in columns[name]]
        if "probability" in columns:
            columns["probability"] = [None if value != value else value for value in columns["probability"]]
        rows = list(zip(*columns.values(), strict=True))
    except UserError:
        raise
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, TypeError, EOFError, NotImplementedError) as error:
        raise UserError(f"this is no file of labels: {type(error).__name__}") from None
    return [dict(zip(columns, row, strict=True)) for row in rows]


FORMAT = Format("npz", write, read, is_text=False)
