"""Several planes beside each other, each with what it is of above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Container

from al_tui.widgets.drawn import entitle
from al_tui.widgets.pool_map import PoolMap, Scene

MOST = 9
"""Planes that there is room for."""


class Small(NamedTuple):
    """One of several planes: its title, and what is on it."""

    title: str
    scene: Scene


class Planes(Container):
    """Shows planes in rows from the left; what is clicked on them is not meant, it may be of another round or strategy."""

    DEFAULT_CSS = """
    Planes { layout: grid; width: 1fr; height: 1fr; grid-gutter: 0 1; }
    Planes { border-top: solid $primary; border-title-color: $foreground; }
    Planes PoolMap { width: 1fr; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._divided = 1, 1

    def compose(self) -> ComposeResult:
        for _ in range(MOST):
            yield PoolMap(legend=False)

    def divide(self, columns: int, rows: int) -> None:
        """Make room for so many, whether there are as many or not: planes that stay as large as they are need no new fields.

        All are of one size, so that a border of one can be seen on another.
        """
        self._divided = columns, rows
        self.styles.grid_size_columns, self.styles.grid_size_rows = columns, rows
        width, height = (self.size.width - columns + 1) // columns, self.size.height // rows
        if width > 0 and height > 0:
            self.styles.grid_columns, self.styles.grid_rows = str(width), str(height)

    def on_resize(self) -> None:
        self.divide(*self._divided)

    def entitle(self, title: str) -> None:
        """Say above them what they have in common."""
        entitle(self, title)

    @property
    def cells(self) -> tuple[int, int]:
        """Columns and lines of each of the planes."""
        return self.query(PoolMap).first().cells

    def show(self, planes: Sequence[Small]) -> None:
        """Show as many as there are, at most `MOST`."""
        for at, pane in enumerate(self.query(PoolMap)):
            pane.display = at < len(planes)
            if pane.display:
                pane.show(planes[at].scene, planes[at].title)

    def on_pool_map_pointed(self, message: PoolMap.Pointed) -> None:
        message.stop()
