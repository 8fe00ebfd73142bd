"""Labels as a table for cleanlab, and beside it what a model says of each that has not learnt it.

The probabilities are an array of NumPy with a row for each line of the table and a column for each class that is a label in
it, in the order in which cleanlab sorts them: that of the characters of their names. What cleanlab finds comes back as notes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from al_core.exchange.foreign import UNLABELLED, body
from al_core.exchange.record import COLUMNS, About, Format, Problem, Record, Said
from al_core.exchange.tables import columns_in, known, read_table, table

_PROBABILITIES = "pred_probs.npy"
_FOUND = ("is_label_issue", "given_label", "predicted_label")


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content; what has no label has an empty one, and is to be left out together with its probabilities."""
    return table(rows, ("label", "item"), {})


def beside(rows: Sequence[Record], about: About) -> dict[str, bytes]:
    """The probabilities; NaN where the model says nothing. Nothing where there is no model."""
    import numpy as np

    labels = sorted({row.label for row in rows if row.label})
    if not about.probabilities or not labels:
        return {}
    columns = [about.classes.index(label) for label in labels]
    nothing = [float("nan")] * len(about.classes)
    whole = np.array([about.probabilities.get(row.item, nothing) for row in rows], dtype=np.float64)
    shares = whole[:, columns]
    sums = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, sums, out=np.full_like(shares, 1.0 / len(labels)), where=~(sums <= 0.0))
    out = io.BytesIO()
    np.save(out, shares)
    return {_PROBABILITIES: out.getvalue()}


def read(content: bytes) -> list[Said | Problem]:
    """What the rows say; raises `UserError` for what is no table."""
    return read_table(content, {}, _theirs)


def _theirs(row: dict[str, str], place: str) -> Said | Problem:
    label = row.get("label") or row.get("given_label", "")
    if not label:
        return Problem(UNLABELLED, place)
    doubted = row.get("is_label_issue", "").strip().lower() in ("true", "1")
    better = row.get("predicted_label", "")
    note = f"cleanlab says {better or 'otherwise'}" if doubted else ""
    said = body(label, note=note) | {"item": row.get("item", "")}
    return known(said, place, row.get("text"), row.get("file_name") or row.get("name"))


def is_it(content: bytes) -> bool:
    """Whether the first line names what cleanlab finds, or what was written for it."""
    names = columns_in(content)
    return any(name in names for name in _FOUND) or (names[:2] == ["label", "item"] and set(COLUMNS) <= set(names))


FORMAT = Format("cleanlab", write, read, endings=("csv",), is_it=is_it, beside=beside, wants=("probabilities",))
