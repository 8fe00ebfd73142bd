"""Labelled pictures as links to where they lie, in a folder for each class."""

from __future__ import annotations

import os
from pathlib import Path

from al_core.exchange.record import Tree


def plant(source: Path, item: str, place: Path, together: bool) -> None:
    """Make a link: relative where the tree and the pictures may be moved together, else absolute."""
    place.symlink_to(os.path.relpath(source, place.parent) if together else source)


FORMAT = Tree("links", plant)
