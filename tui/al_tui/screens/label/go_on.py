"""How to go on: lists of strategies, learners and sizes of batches to choose from."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from al_core.ground.safe_text import safe_text
from al_core.run.play import Listing
from al_tui.background.told import Told
from al_tui.commands.command import Command
from al_tui.screens.ask import Ask
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.screens.label.part import Part

_NAME = 60
"""Characters of a name that are shown."""
BATCHES = (1, 2, 5, 10, 20, 50)
_TITLES = ("Strategy", "Learner", "At a time")
_TYPE_IT = (
    "Strategy, learner and how many items at a time, with blanks between them; names may have parameters, as in"
    " power_margin(beta=2) or soft_vote(knn,svm)."
)


class GoesOnOtherwise(Part):
    """The part of the labelling screen that changes strategy, learner and batch."""

    def action_change(self) -> None:
        if (session := self._whole()) is None:
            return

        def start(answer: str | None) -> None:
            if answer is not None:
                self._take(self.flow.change(session, answer))

        now = session.ledger
        self.app.push_screen(HowToGoOn(self.labeller.told, (now.strategy, now.learner, now.batch)), start)


class HowToGoOn(ModalScreen[str | None], DismissedOnce[str | None]):
    """Dismissed with strategy, learner and batch, blanks between them; with None where nothing is to be changed.

    Parameters
    ----------
    told : knows what there is to choose from, or finds out meanwhile.
    now : what is gone on with until something is chosen.
    """

    CSS_PATH = "../dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Cancel"),
        ("left", "app.focus_previous", "Before"),
        ("right", "app.focus_next", "Next"),
        ("t", "type", "Type"),
    ]
    commands: tuple[Command, ...] = ()

    def __init__(self, told: Told, now: tuple[str, str, int]) -> None:
        super().__init__()
        self._told = told
        self._now = tuple(map(str, now))
        batches = sorted({*BATCHES, now[2]})
        self._choices: list[Listing] = [((now[0], ""),), ((now[1], ""),), tuple((str(size), "") for size in batches)]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = "How to go on"
            with Horizontal(classes="lists"):
                for title in _TITLES:
                    with Vertical(classes="" if title != _TITLES[-1] else "few"):
                        yield Static(Content(title), classes="dim")
                        yield OptionList()
            yield Static(id="about")
            words = "↑ ↓ choose · ← → list · Enter takes these · t type · Esc leaves all as it is"
            yield Static(Content(words), classes="dim")

    def on_mount(self) -> None:
        for at, name in enumerate(self._now):
            self._fill(at, name)
        self.run_worker(self._find_out(), group="ways")

    async def _find_out(self) -> None:
        """Fill the lists as soon as a worker has told what there is."""
        try:
            ways = await self._told.ways()
        except Exception:  # what is wrong with the worker is told where it is needed; names can be typed
            return
        for at, listing in enumerate(ways):
            chosen = self._chosen(at)
            there = any(name == chosen for name, _ in listing)
            self._choices[at] = listing if there else ((chosen, ""), *listing)
            self._fill(at, chosen)

    def _fill(self, at: int, chosen: str) -> None:
        options = list(self.query(OptionList))[at]
        options.clear_options()
        options.add_options([Text(f" {safe_text(name, _NAME)}", no_wrap=True) for name, _ in self._choices[at]])
        options.highlighted = [name for name, _ in self._choices[at]].index(chosen)

    def _chosen(self, at: int) -> str:
        place = list(self.query(OptionList))[at].highlighted
        return self._choices[at][place][0] if place is not None else self._now[at]

    def on_option_list_option_highlighted(self) -> None:
        """Say what is highlighted."""
        chosen = [(self._chosen(at), dict(self._choices[at])) for at in (0, 1)]
        words = [f"{name}: {summaries[name]}" for name, summaries in chosen if summaries.get(name)]
        self.query_one("#about", Static).update(Content("\n".join(words)))

    def on_option_list_option_selected(self) -> None:
        chosen = tuple(map(self._chosen, range(len(self._now))))
        self.dismiss(" ".join(chosen) if chosen != self._now else None)

    def action_type(self) -> None:
        """Write names that are in no list."""

        def typed(text: str | None) -> None:
            if text is not None:
                self.dismiss(text)

        self.app.push_screen(Ask(_TYPE_IT, " ".join(map(self._chosen, range(len(self._now))))), typed)
