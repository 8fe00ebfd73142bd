"""A line to type into, a list of what is found by it, and beside that how the one looks that is highlighted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import Worker

from al_core.data.looks import COMING
from al_core.ground.safe_text import safe_text
from al_tui.background.seeking import Sought
from al_tui.commands.command import Command
from al_tui.items.view import Room, large
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.theme.colours import palette
from al_tui.widgets.drawn import Drawn
from al_tui.widgets.leaving import leaving
from al_tui.widgets.rows import Rows
from al_tui.widgets.typed import Typed

if TYPE_CHECKING:
    from al_core.data.looks import Look

Ask = Callable[[int, str], Awaitable[Sought]]
"""Finds what belongs to the number of a kind and to what is typed."""
PAUSE = 0.15
"""Seconds without a key after which it is looked for what was typed."""


class Preview(Drawn):
    """How an item looks, as large as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._look: Look | None = None

    def show(self, look: Look | None) -> None:
        """Show it; nothing for None."""
        if look != self._look:
            self._look = look
            self.redraw()

    def render(self) -> Text:
        if self._look is None:
            return Text()
        lines = large(self._look, Room(self.size.width, self.size.height), palette(self.app))
        return Text("\n", no_wrap=True).join(lines)


class Find(ModalScreen[str | None], DismissedOnce[str | None]):
    """Dismissed with the item that was chosen, or with None.

    Parameters
    ----------
    title : what this is for.
    ask : finds what is wanted; it may take its time, and fail.
    look : gives the look of an item, fetched if need be.
    kinds : what the list can be cut to, by Tab; empty for none.
    """

    CSS_PATH = "find.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("tab", "kind(1)", "Next kind", priority=True),
        Binding("shift+tab", "kind(-1)", "Kind before", priority=True),
        *(Binding(key, f"move('{key}')", "Move", priority=True) for key in ("up", "down", "pageup", "pagedown")),
    ]
    commands: tuple[Command, ...] = ()

    def __init__(self, title: str, ask: Ask, look: Callable[[str], Awaitable[Look]], kinds: Sequence[str] = ()) -> None:
        super().__init__()
        self._title, self._ask, self._look, self._kinds = title, ask, look, kinds
        self._kind = 0
        self._sought = Sought()
        self._asking = True
        self._go = False
        """Whether Enter was pressed before it was known what is found."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog find"):
            yield Static(Content(self._title))
            yield Typed(select_on_focus=False)
            if self._kinds:
                yield Static(id="kinds")
            with Horizontal():
                yield Rows()
                yield Preview()
            yield Static(id="said", classes="dim")

    def on_mount(self) -> None:
        self._look_for(pause=0.0)

    @property
    def looking(self) -> bool:
        """Whether it is not known yet what is found."""
        return self._asking

    def on_input_changed(self, event: Input.Changed) -> None:
        self._look_for()

    def action_kind(self, step: int) -> None:
        """Cut the list to the next kind, or the one before."""
        if self._kinds:
            self._kind = (self._kind + step) % len(self._kinds)
            self._look_for(pause=0.0)

    def action_move(self, key: str) -> None:
        """Highlight another item."""
        self._moved(key)

    def on_rows_moved(self, message: Rows.Moved) -> None:
        self._moved(message.key)

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        if not self._asking and message.at < len(self._sought.items):
            self.dismiss(self._sought.items[message.at])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._asking:
            self._go = True
        elif self._sought.items:
            self.dismiss(self._sought.items[self.query_one(Rows).at])

    def _moved(self, key: str) -> None:
        if not self._asking and self._sought.items:
            self.query_one(Rows).move(key)
            self._show_look()

    def _look_for(self, pause: float = PAUSE) -> None:
        """Ask for what is typed now; what was asked before counts no more."""
        self._asking = True
        self.query_one("#said", Static).update(Content("Looking … · Esc leaves"))
        kind, text = self._kind, self.query_one(Input).value

        async def run() -> None:
            await asyncio.sleep(pause)
            try:
                sought = await self._ask(kind, text)
            except Exception as error:  # a worker may raise anything; the line can be typed anew
                sought = Sought(said=safe_text(str(error) or type(error).__name__, 200))
            if not leaving(self) and self.is_mounted:
                self._take(sought)

        _: Worker[None] = self.run_worker(run, group="find", exclusive=True)

    def _take(self, sought: Sought) -> None:
        self._asking, self._sought = False, sought
        items, words = sought.items, sought.words
        self.query_one(Rows).show(len(items), lambda at: words(items[at]))
        ends = "Enter goes there · Esc leaves" if items else "Esc leaves"
        self.query_one("#said", Static).update(Content(f"{sought.said} · {ends}" if sought.said else ends))
        if self._kinds:
            line, kinds = self._kinds_line(sought.counts), self.query_one("#kinds", Static)
            kinds.styles.height = len(line.split())
            kinds.update(line)
        self._show_look()
        if self._go and items:
            self.dismiss(items[0])
        self._go = False

    def _kinds_line(self, counts: Sequence[int]) -> Text:
        """The kinds with their counts, on as many lines as they take."""
        colours, room = palette(self.app), max(20, self.query_one("#kinds", Static).size.width)
        lines = [Text("Tab ")]
        for number, (name, count) in enumerate(zip(self._kinds, counts, strict=False)):
            style = colours.selected if number == self._kind else "" if count else colours.dim
            word = Text(f" {name} {count:,} ", style)
            if lines[-1].cell_len + word.cell_len > room:
                lines.append(Text("    "))
            lines[-1].append(word)
        return Text("\n", no_wrap=True).join(lines)

    def _show_look(self) -> None:
        """Show how the highlighted item looks, once that is here."""
        if not self._sought.items:
            self.query_one(Preview).show(None)
            return
        item = self._sought.items[self.query_one(Rows).at]

        async def run() -> None:
            look = await self._look(item)
            if not leaving(self) and self.is_mounted:
                self.query_one(Preview).show(None if look is COMING else look)

        _: Worker[None] = self.run_worker(run, group="look", exclusive=True)
