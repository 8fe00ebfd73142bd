"""The line at the bottom: what can be pressed now, as much of it as fits."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable, Sequence

from rich.text import Text
from textual import events

from al_tui.commands.command import Command
from al_tui.theme.colours import palette
from al_tui.widgets.drawn import Drawn
from al_tui.widgets.host import Host
from al_tui.widgets.later import later
from al_tui.widgets.leaving import leaving

MESSAGE_SECONDS = 4.0
_ALWAYS = ("help", "quit")
"""What is there however little room there is."""


class Told(Drawn):
    """A message, in a line of its own above the keys; nothing moves for it, what is below it waits."""

    DEFAULT_CSS = "Told { display: none; overlay: screen; offset-y: -1; width: 100%; height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self.text = Text()

    def show(self, text: Text | None) -> None:
        """Show a message; None ends that.

        What was below it is drawn again by name: Textual draws where a widget is gone from its map of the screen, but if it has
        made that anew in between, it does not know that the message was ever there, and the words stayed.
        """
        self.text = text or Text()
        place = self.region
        self.display = text is not None
        self.redraw()
        if text is None:
            self.screen.refresh(place)

    def render(self) -> Text:
        return self.text


class KeyBar(Drawn):
    """Keys and what they do; a click on one does it. The most useful come first; help and the way out are always there."""

    app: Host
    DEFAULT_CSS = "KeyBar { height: 1; background: $panel; }"

    def __init__(self, commands: Callable[[], Sequence[Command]]) -> None:
        super().__init__()
        self._commands = commands
        self._places: list[tuple[int, int, Command]] = []
        self.told: Text | None = None
        """The message that stands above the keys."""
        self._problem = False
        self._timer: TimerHandle | None = None

    def on_mount(self) -> None:
        self.call_after_refresh(self._make_room)

    async def _make_room(self) -> None:
        """The place for messages comes after the first paint, and what was told before then stands in it."""
        if not leaving(self):
            await self.mount(Told())
            if self.told is not None:
                self._show(self.told)

    def tell(self, text: str, problem: bool = False) -> None:
        """Show a message above the keys for a few seconds."""
        colours = palette(self.app)
        self.told = Text(f" {text}", f"bold {colours.bad}" if problem else "bold", no_wrap=True, overflow="ellipsis")
        self._problem = problem
        if self._timer is not None:
            self._timer.cancel()
        self._timer = later(self, MESSAGE_SECONDS, self._untell)
        self._show(self.told)

    def untell(self) -> None:
        """End a message before the time is over: an answer has made it an old one.

        A problem stays for its time: no answer makes it an old one, and it is not told again at once.
        """
        if self.told is None or self._problem:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._untell()

    def _untell(self) -> None:
        self.told = None
        if self.is_running:
            self._show(None)

    def _show(self, text: Text | None) -> None:
        for place in self.query(Told):
            place.show(text)

    def render(self) -> Text:
        style = f"bold {palette(self.app).accent}"
        line = Text(" ", no_wrap=True)
        self._places = []
        commands = [command for command in self._commands() if command.label]
        last = [command for command in commands if command.action in _ALWAYS]
        last.sort(key=lambda command: command.action == _ALWAYS[0])
        if sum(len(f"{command.first_key} {command.label}") + 2 for command in last) > self.size.width:
            last = [command for command in last if command.action == _ALWAYS[0]]
        reserve = sum(len(f"{command.first_key} {command.label}") + 2 for command in last)
        for command in [*(command for command in commands if command not in last), *last]:
            width = len(f"{command.first_key} {command.label}")
            room = self.size.width - (0 if command in last else reserve)
            if line.cell_len + width + 1 > room:
                continue
            self._places.append((line.cell_len, line.cell_len + width, command))
            line.append(command.first_key, style).append(f" {command.label}  ")
        return line

    async def on_click(self, event: events.Click) -> None:
        for begin, end, command in self._places:
            if begin <= event.x < end and command.action != "label":  # a click does not say which label
                await self.app.simulate_command(command)
