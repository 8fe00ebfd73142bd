"""Cells of a table that a spreadsheet would compute instead of show: an apostrophe before them tells it not to."""

from __future__ import annotations

import re

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The last four are the same signs in full width, which some spreadsheets take for the others."""
_NUMBER = re.compile(r"[+-](?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def defused(cell: str) -> str:
    """The cell as it may stand in a table; `as_given` turns it back. Numbers are left alone."""
    return f"'{cell}" if _computed(cell) else cell


def as_given(cell: str) -> str:
    """What `defused` was given."""
    return cell[1:] if cell.startswith("'") and _computed(cell) else cell


def _computed(cell: str) -> bool:
    """Whether a cell is a formula, with any number of apostrophes before it: each reading takes one of them away."""
    bare = cell.lstrip("'")
    return bare.startswith(_BEGINNINGS) and not _NUMBER.fullmatch(bare)
