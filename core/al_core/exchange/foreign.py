"""What formats of other programs share: our own records beside what those programs know, and lines of JSON some of which are
broken.

A foreign file that was written here says of each item what our own files say, under one key that the other program carries
along. What the other program says counts before it: where both agree the record is as it was, where they do not it is new.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, get_args

from al_core.exchange.record import COLUMNS, EVERY, LATER, Problem, Record, columns_of, text_of
from al_core.sessions.actions import Status

MARK = "al_tui"
"""The key under which our own records stand in files of other programs."""

BROKEN = "no JSON object"
NOTHING = "no text, no picture and no item that is known here"
SEVERAL = "more than one label"
UNLABELLED = "without an answer"

_ASIDE = get_args(Status)


def marks(rows: Sequence[Record]) -> list[dict[str, Any]]:
    """Records as they stand under `MARK`, all with the same fields."""
    names = columns_of(rows)
    return [{name: entry[name] for name in names} for entry in map(asdict, rows)]


def mark_in(value: object) -> dict[str, Any] | None:
    """The record that stands there, as far as that is one of ours; what it says is not checked."""
    return dict(value) if isinstance(value, dict) and set(COLUMNS) <= value.keys() <= set(EVERY) else None


def agrees(mark: Mapping[str, Any], label: str) -> bool:
    """Whether a record of ours is a person's that says this label, or none for an empty one."""
    return mark["by"] == "person" and (mark["label"] == label if label else mark["status"] in _ASIDE)


def body(
    label: str = "", annotator: str = "", time: str = "", note: str = "", mark: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A person's answer that another program knows: a label, or that there is none; what is known of the item is kept."""
    known = {} if mark is None else {name: mark[name] for name in ("item", *LATER, "flagged", "note") if name in mark}
    noted = {"flagged": True, "note": note} if note and not known.get("flagged") else {}
    status = "label" if label else "unsure"
    said = {"label": label, "status": status, "by": "person", "annotator": annotator, "time": time}
    return {"item": "", "flagged": False, "note": "", **known, **said, **noted}


def objects(content: bytes) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The objects of JSON lines, each with its place; None in place of what is none."""
    for number, line in enumerate(text_of(content).split("\n"), start=1):
        if line.strip():
            yield f"line {number}", json_object(line)


def json_object(line: str) -> dict[str, Any] | None:
    """The object that a text holds; None where it holds none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def first_object(content: bytes) -> dict[str, Any]:
    """The first object of JSON lines; an empty one where there is none."""
    return next((found for _, found in objects(content[: 1 << 20]) if found is not None), {})


def word(value: object) -> str:
    """A value as a text: a number as it is written, nothing for what is neither."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def when(seconds: object) -> str:
    """Seconds since 1970 as we write a time; empty for what are none."""
    try:
        return datetime.fromtimestamp(float(word(seconds)), UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError, OSError):
        return ""


def broken(place: str) -> Problem:
    """A line, or an entry, that is no object."""
    return Problem(BROKEN, place)
