"""What all our apps have in common: themes, help, palette, messages, sizes."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_tui.commands.command import Command, bindings
from al_tui.commands.table import COMMON
from al_tui.screens.room import fits
from al_tui.shell.job_control import JobControl, TimesLooks
from al_tui.shell.only_text import OnlyText
from al_tui.shell.program import Program
from al_tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from textual.command import Provider

    from al_tui.commands.glossary import Words


Place = tuple[str, str, Callable[[], object]]
"""Something to go to: what it is called, what becomes of it, and how to go there."""
MOST_SESSIONS = 20
"""So many of those that were changed last are in the palette."""
THEMES = ("textual-dark", "textual-light", "ansi-dark", "ansi-light")


_EVERYWHERE = ("ctrl+c", "ctrl+z")
"""Keys that no dialogue may keep to itself."""
_LEAVING = ("q", "ctrl+c")


def table_provider() -> type[Provider]:
    """The palette's provider, loaded when the palette opens."""
    from al_tui.commands.palette_provider import TableProvider

    return TableProvider


class BaseApp(Program):
    """What all our apps have in common: themes, help, palette, messages, sizes, and that they can be stopped and go on.

    Parameters
    ----------
    log_path : the file that holds what workers printed; error messages name it.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).with_name("app.tcss")]
    TITLE = "al-tui"
    BINDINGS: ClassVar[list[BindingType]] = [
        replace(entry, priority=entry.key in _EVERYWHERE) for entry in bindings(COMMON) if isinstance(entry, Binding)
    ]
    COMMANDS = {table_provider}  # noqa: RUF012
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-narrow"),
        (80, "-middle"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-low"),
        (32, "-high"),
    ]

    begins_with: tuple[str, ...] = ()
    """The words of the command that begins with a data set what this app does."""
    behind = ""
    """What goes on behind the notice that the terminal is too small."""

    def __init__(self, log_path: Path) -> None:
        super().__init__(log_path)
        self.refusal: str | None = None
        """Why the program left by itself; whoever started it says so when the screen is closed."""
        self.goes_on: tuple[str, ...] = ()
        """What the person goes to from here, as words of a command; whoever started the app sees to that when it is left."""
        self._asked = False
        """True from when a person was asked whether they want to leave until they press another key."""
        self._jobs = JobControl(self, self.slept)
        self._only_text = OnlyText()

    def on_mount(self) -> None:
        if self.console.color_system == "standard" and not self.no_color and not self.is_headless:
            self.theme = "ansi-dark"
        if self.rules_terminal:
            self._jobs.listen(asyncio.get_running_loop())
        for key in self.bound.values():
            self.bind(key, f"screen.label('{key}')", show=False)
        self.begin()

    def get_line_filters(self) -> Sequence[LineFilter]:
        enabled = tuple(super().get_line_filters())
        if self._only_text.before != enabled:
            self._only_text = OnlyText(enabled)
        return [self._only_text]

    def begin(self) -> None:
        """Show the first screen; what takes time starts after it is painted."""
        raise NotImplementedError

    def load_plots(self) -> None:
        """Load the library that draws curves, in the background. Then everything is loaded, and the garbage collector need not
        look at it again: that would hold up the event loop for some 50 ms, every other second."""

        def load() -> None:
            import plotext

            assert plotext
            if not self.is_headless:
                gc.freeze()
                gc.set_threshold(5_000, 4, 500)

        threading.Thread(target=load, daemon=True).start()

    # Size

    def on_resize(self, event: events.Resize) -> None:
        if fits(event.size) and len(self.screen_stack) <= 1:
            return  # nor is the notice loaded before the first paint
        from al_tui.screens.too_small import TooSmall

        notice = next((screen for screen in self.screen_stack if isinstance(screen, TooSmall)), None)
        if notice is None and not fits(event.size):
            self.push_screen(TooSmall(self.behind))
        elif notice is self.screen and fits(event.size):
            notice.dismiss()

    # Commands

    async def simulate_command(self, command: Command) -> None:
        """Do what the command's first key does; for the footer and the palette."""
        namespace = self.screen if hasattr(self.screen, f"action_{command.action}") else self
        await self.run_action(command.call(command.keys[0]), namespace)

    def tell(self, text: str, *, problem: bool = False) -> None:
        """Say something for a while: in a line above the keys, or in the corner of a dialogue."""
        bars = self.screen.query(KeyBar)
        if bars:
            bars.first().tell(safe_text(text), problem)
        else:
            self.notify(safe_text(text), severity="error" if problem else "information", timeout=4, markup=False)

    def action_help(self) -> None:
        from al_tui.screens.help import Help

        commands: Sequence[Command] = getattr(self.screen, "commands", ())
        if commands:
            here = self.screen
            words: Words = getattr(here, "words", ())
            self.push_screen(Help(commands, getattr(here, "introduction", ""), getattr(here, "described", None), words))

    def action_command_palette(self) -> None:
        from al_tui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    @property
    def elsewhere(self) -> Sequence[Place]:
        """Where the palette leads to besides: the lessons, what was kept last, and what there is of data."""
        from al_core.data.facts import dataset_names
        from al_core.sessions.directory import by_age

        found: list[tuple[str, str, tuple[str, ...]]] = [("Lessons, in place of this", "", ("learn",))]
        with contextlib.suppress(UserError):  # no place for sessions, so that there are none
            kept = (path.stem for path in islice(by_age(), MOST_SESSIONS))
            found += [(f"Session {safe_text(name)}", "go on with it", ("resume", name)) for name in kept]
        found += [(f"Data set {name}", "in place of this", (*self.begins_with, name)) for name in dataset_names()]
        return [(title, what, partial(self.go_to, words)) for title, what, words in found]

    def go_to(self, words: tuple[str, ...]) -> None:
        """Leave, and begin with the command of these words, unless something would be gone."""
        if self.loss:
            from shlex import join

            self.tell(f"{self.loss}; q leaves, and then: al-tui {safe_text(join(words))}", problem=True)
        else:
            self.goes_on = words
            self.exit()

    def action_next_theme(self) -> None:
        at = self.themes.index(self.theme) if self.theme in self.themes else -1
        self.choose_theme(self.themes[(at + 1) % len(self.themes)])

    @property
    def themes(self) -> tuple[str, ...]:
        """Those there are to choose from: the terminal's own colours, made grey, are black on black."""
        return THEMES[:2] if self.no_color else THEMES

    def choose_theme(self, theme: str) -> None:
        """Wear it."""
        self.theme = theme
        for screen in self.screen_stack:
            for widget in screen.query("*"):
                widget.refresh()
        self.tell(f"Theme: {self.theme}")

    @property
    def loss(self) -> str:
        """What would be gone if the program were left now, as the beginning of a sentence; empty when nothing would."""
        return ""

    async def action_quit(self) -> None:
        if self._asked or not self.loss:
            self.exit()
        else:
            self._ask_once("q")

    def action_interrupt(self) -> None:
        if self._asked:
            self.exit()
        else:
            self._ask_once("Ctrl+C")

    def _ask_once(self, key: str) -> None:
        """Have a person say again that they want to leave."""
        self._asked = True
        loss = self.loss
        self.tell(f"{loss}; {key} again quits all the same." if loss else f"Press {key} again to quit.", problem=bool(loss))

    def action_suspend_process(self) -> None:
        if not self._jobs.stop():
            self.tell("Programs cannot be stopped here.")

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long and goes on now: nobody looked at anything meanwhile."""
        for screen in self.screen_stack:
            if isinstance(screen, TimesLooks):
                screen.slept(seconds)

    def on_key(self, event: events.Key) -> None:
        if event.key not in _LEAVING:
            self._asked = False

    def refuse(self, reason: str) -> None:
        """Leave, because only a person can put right what is wrong."""
        self.refusal = reason
        self.exit(return_code=2)
