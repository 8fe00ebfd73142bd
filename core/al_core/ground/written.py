"""What of a record is written: all fields but those that say nothing which was not meant before they were there."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

ABSENT = "absent"
"""Metadata of a field of a dataclass: what it means where a text does not say it. A field with it is left out of a text where
it has that value, and may be missing in one, however exactly it is read."""


def absent(kind: type[Any]) -> dict[str, Any]:
    """The fields of ``kind`` that a text may leave out, and what they mean then."""
    if not dataclasses.is_dataclass(kind):
        return {}
    return {entry.name: entry.metadata[ABSENT] for entry in dataclasses.fields(kind) if ABSENT in entry.metadata}


def written_fields(record: Any) -> dict[str, Any]:
    """The fields of a dataclass that a text has, by name: all but those that say what they mean where they are `ABSENT`."""
    left_out = absent(type(record))
    every = ((entry.name, getattr(record, entry.name)) for entry in dataclasses.fields(record))
    return {name: value for name, value in every if name not in left_out or value != left_out[name]}


def plain(value: Any) -> Any:
    """A record, however deep, as what JSON is made of; dataclasses by `written_fields`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: plain(entry) for name, entry in written_fields(value).items()}
    if isinstance(value, Mapping):
        return {name: plain(entry) for name, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list | tuple) else value
