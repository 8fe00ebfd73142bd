"""The pool on a map, large: one goes over it by keys or the mouse, sees what is there, and goes to an item to label it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static
from textual.worker import Worker

from al_core.data.looks import COMING
from al_tui.commands.command import Command, bindings
from al_tui.commands.table import COMMON, MAP
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.screens.label.find import Preview
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.leaving import leaving
from al_tui.widgets.pool_map import PoolMap, Scene

if TYPE_CHECKING:
    from al_core.data.looks import Look

TITLE = "Pool map · your labels by class"


class MapScreen(DismissedOnce[int | None]):
    """Dismissed with the row of the item that was chosen, or with None.

    Parameters
    ----------
    scene : gives what is on the map, or else why there is none.
    say : what is said of the item of a row.
    look : gives the look of one, fetched if need be.
    """

    CSS_PATH = "map.tcss"
    AUTO_FOCUS = None
    BINDINGS = bindings(MAP)
    commands: tuple[Command, ...] = MAP

    def __init__(
        self, scene: Callable[[], Scene | str], say: Callable[[int], str], look: Callable[[int], Awaitable[Look]]
    ) -> None:
        super().__init__()
        self._scene, self._say, self._look = scene, say, look
        self._row: int | None = None
        """The item that is pointed at."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield PoolMap()
            with Vertical():
                yield Preview()
                yield Static(id="said")
        ends = [command for command in COMMON if command.action in ("help", "quit")]
        yield KeyBar(lambda: [*self.commands, *ends])

    def on_mount(self) -> None:
        self.update()

    def on_resize(self) -> None:
        self.call_after_refresh(self.update)

    def update(self) -> None:
        """Show the map as it is now."""
        if leaving(self) or not self.is_mounted:
            return
        panel, there = self.query_one(PoolMap), self._scene()
        if isinstance(there, str):
            panel.show(None, TITLE, there)
            return
        if self._row is None:
            self._row = there.highlighted if there.highlighted is not None else next(iter(there.rows), None)
        panel.show(there._replace(highlighted=self._row), TITLE)
        self._show_item()

    def _point(self, row: int) -> None:
        self._row = row
        self.update()

    def _show_item(self) -> None:
        """Say what is pointed at, and show how it looks, once that is here."""
        grid, row = self.query_one(PoolMap).grid, self._row
        if grid is None or row is None:
            return
        at, count = grid.together(row)
        more = f"\n{at:,} of {count:,} in this place: Tab" if count > 1 else ""
        self.query_one("#said", Static).update(Text(f"{self._say(row)}{more}"))

        async def run() -> None:
            look = await self._look(row)
            if not leaving(self) and self.is_mounted:
                self.query_one(Preview).show(None if look is COMING else look)

        _: Worker[None] = self.run_worker(run, group="look", exclusive=True)

    def on_pool_map_pointed(self, message: PoolMap.Pointed) -> None:
        if message.row == self._row:
            self.dismiss(self._row)
        else:
            self._point(message.row)

    def action_point(self, key: str) -> None:
        """Point at the next item on the way."""
        if (grid := self.query_one(PoolMap).grid) is not None and self._row is not None:
            self._point(grid.towards(self._row, key))

    def action_same_place(self) -> None:
        """Point at the next item of the same place."""
        if (grid := self.query_one(PoolMap).grid) is not None and self._row is not None:
            self._point(grid.next(self._row))

    def action_go(self) -> None:
        """Go to the item that is pointed at."""
        if self._row is not None:
            self.dismiss(self._row)

    def action_close(self) -> None:
        """Go back to where one was."""
        self.dismiss(None)
