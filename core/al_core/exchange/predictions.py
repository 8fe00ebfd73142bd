"""Predicted labels as files: CSV and JSON lines, one item a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

from al_core.ground.errors import UserError
from al_core.ground.formulas import defused
from al_core.ground.json_text import json_text
from al_core.labelling.delivery import Delivered, Delivery

COLUMNS = ("item", "name", "label", "by", "status", "probability")
_DIGITS = 6


def written(delivery: Delivery, form: str) -> bytes:
    """The content of a file of a form, see `form_of`."""
    return _FORMS[form](delivery).encode("utf-8", "replace")


def form_of(path: Path) -> str:
    """What a file will be, by how its name ends: ``"csv"`` or ``"jsonl"``.

    Raises
    ------
    UserError
        It ends otherwise.
    """
    form = path.suffix.lower().lstrip(".")
    if form not in _FORMS:
        raise UserError(
            f"cannot tell what {path.name} shall be; its name must end in {' or '.join(f'.{name}' for name in _FORMS)}"
        )
    return form


def _comma_separated(delivery: Delivery) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *(f"p({name})" for name in delivery.classes)])
    for entry, said in _lines(delivery):
        shares: list[float | str] = [_rounded(share) for share in entry.probabilities] or [""] * len(delivery.classes)
        writer.writerow(
            [*("" if value is None else defused(value) if isinstance(value, str) else value for value in said), *shares]
        )
    return out.getvalue()


def _json_lines(delivery: Delivery) -> str:
    lines = []
    for entry, said in _lines(delivery):
        shares = dict(zip(delivery.classes, map(_rounded, entry.probabilities), strict=True)) if entry.probabilities else None
        lines.append(json_text(dict(zip(COLUMNS, said, strict=True)) | {"probabilities": shares}) + "\n")
    return "".join(lines)


def _lines(delivery: Delivery) -> Iterator[tuple[Delivered, tuple[str | float | None, ...]]]:
    for entry in delivery.items:
        chance = None if entry.probability is None else _rounded(entry.probability)
        yield entry, (entry.item, entry.name, entry.label, entry.by, entry.status, chance)


def _rounded(share: float) -> float:
    return round(share, _DIGITS)


_FORMS = MappingProxyType[str, Callable[[Delivery], str]]({"csv": _comma_separated, "jsonl": _json_lines})
