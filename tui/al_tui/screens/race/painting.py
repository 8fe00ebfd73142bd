"""When which part of the race screen is painted, and how the flow's view is put into words and pictures."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.screen import Screen

from al_core.measures.worth import NOTHING_KNOWN
from al_tui.background.race import Engine
from al_tui.commands.command import Command
from al_tui.commands.table import COMMON
from al_tui.screens.race.flow import RaceFlow
from al_tui.screens.race.looking import Asking
from al_tui.screens.slices import Slices
from al_tui.widgets.curves import Curves
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.later import later
from al_tui.widgets.leaderboard import Leaderboard
from al_tui.widgets.leaving import leaving

if TYPE_CHECKING:
    from al_tui.screens.compare import CompareScreen
    from al_tui.screens.race.asked import Asked
    from al_tui.screens.race.beside import Beside

REPAINT_SECONDS = 0.25
ABOVE = 2
"""Lines of the leaderboard that are no runs."""


class Painting:
    """Paints the race screen: what a person waits for at once, the rest at most four times a second, in slices.

    Parameters
    ----------
    screen : has the widgets.
    engine, flow : what is drawn.
    """

    def __init__(self, screen: Screen[None], engine: Engine, flow: RaceFlow) -> None:
        self.asked: Asked | None = None
        """The lower half, from when it is there."""
        self.beside: Beside | None = None
        """What stands below the list of runs, from when it is there."""
        self.compares_at_end = True
        """Whether the comparison opens by itself when all is over."""
        self.more: Callable[[], None] | None = None
        """Begins to race over more seeds."""
        self._screen = screen
        self._engine = engine
        self._flow = flow
        self._slices = Slices(screen)
        self._timer: TimerHandle | None = None
        self._seeds_timer: TimerHandle | None = None
        self._paints = 0
        self._comparison: CompareScreen | None = None
        self._compared = False

    @property
    def pending(self) -> bool:
        """True while something is still to be brought up to date."""
        return self._timer is not None or self._seeds_timer is not None or self._slices.pending

    def later(self) -> None:
        """Paint all of it, when it is due again."""
        if self._timer is None:
            self._timer = later(self._screen, REPAINT_SECONDS, self.late_paint)

    def later_seeds(self) -> None:
        """Paint what shows seeds, when it is due again."""
        if self._seeds_timer is None:
            self._seeds_timer = later(self._screen, REPAINT_SECONDS, self.late_seeds)

    def late_paint(self) -> None:
        """It is due."""
        self._timer = None
        self.paint(by_person=False)

    def late_seeds(self) -> None:
        """It is due: what shows seeds, and only that."""
        self._seeds_timer = None
        if self.asked is None or leaving(self._screen):
            return
        self._update_comparison()
        if self._screen.app.screen is self._screen:
            self._slices.add([self._paint_curves, self.paint_standings, self._paint_asked])
            self._compare_at_the_end()

    def paint(self, *, by_person: bool) -> None:
        """Bring all widgets up to date.

        A digit key must label what the person saw. When the person's own key moved the highlight the new item counts at
        once; when the engine brought a new batch it counts only after it has been drawn.
        """
        screen = self._screen
        if self.beside is not None:
            self.beside.story.look(self._engine.view, self._engine.seconds)
        if self.asked is None or leaving(screen):
            return
        self._update_comparison()
        if screen.app.screen is not screen and not by_person:
            return
        asking = self._flow.view()
        self._flow.by_hand.painted(asking)
        if by_person:
            self.paint_standings()
        self._slices.add([self._paint_curves] if by_person else [self._paint_curves, self.paint_standings])
        self._paint_asked()
        self._slices.add([self.paint_pool])
        self._paints += 1
        if by_person:
            self._flow.by_hand.aim(asking)
        else:
            screen.call_after_refresh(self.drawn, self._paints, asking)
        self._compare_at_the_end()

    def drawn(self, paint: int, asking: Asking) -> None:
        """So many paints have reached the terminal, and with the last of them this."""
        if paint == self._paints:
            self._flow.by_hand.aim(asking)

    def _paint_asked(self) -> None:
        if self.asked is not None:
            looking = self._flow.looking
            self.asked.paint(self._flow.view(), looking.live if looking.all_seeds else None)
            self._want_intervals(self._comparison is not None or self._screen.has_class("over"))

    def _paint_curves(self) -> None:
        looking = self._flow.looking
        self._screen.query_one(Curves).show(
            self._engine.view, looking.focus, looking.shown_seeds, looking.left_out, looking.left_out_words
        )

    def paint_standings(self) -> None:
        """Bring the top line and the leaderboard up to date."""
        engine, looking = self._engine, self._flow.looking
        self._screen.query_one(HeaderLine).show(engine, looking.focus)
        self._screen.query_one(Leaderboard).show(engine.view, looking.focus, looking.shown_seeds, looking.left_out)
        self.fit()

    def fit(self) -> None:
        """Give the list of runs its room, and what is below it the rest."""
        list_high = len(self._engine.view.runs) + ABOVE
        self._screen.query_one(Leaderboard).styles.max_height = list_high
        whole = self._screen.query_one("#top").size.height
        if self.beside is not None and whole:  # without room yet, the screen fits again when there is
            self.beside.fit(whole - list_high)

    def paint_pool(self) -> None:
        """Bring the map and what is around it up to date."""
        if self.beside is not None:
            self.beside.paint()

    def divide(self, other: str) -> None:
        """Back to the one plane from several; from one, to the division of the screen that ``other`` names, or back."""
        if self.beside is None or not self.beside.planes.leave():
            self._screen.toggle_class(other)
        self.paint_pool()

    # The comparison

    def begin_again(self) -> None:
        """Another race: it is compared at its end, too."""
        self._compared = False

    def _update_comparison(self) -> None:
        if self._comparison is not None:
            self._comparison.update(self._engine.view, self._flow.looking.live)

    def _compare_at_the_end(self) -> None:
        if not self.compares_at_end:
            return
        live = self._flow.looking.live
        complete = live is None or live.complete
        if self._engine.view.done and complete and self._engine.race is not None and not self._compared:
            self._compared = True
            self.compare()

    def compare(self) -> None:
        """Put the comparison on top; it is kept up to date until the person leaves it."""
        from al_tui.screens.compare import CompareScreen
        from al_tui.screens.compare_pictures import Items

        engine = self._engine
        items = None if engine.looks is None or engine.contents is None else Items(engine.looks.all, engine.contents.classes)
        app = self._screen.app
        more = self.more if engine.seeds is None and getattr(app, "more_seeds", None) is not None else None
        price = getattr(app, "price", NOTHING_KNOWN)
        self._comparison = CompareScreen(engine.view, self._flow.looking.live, items, price, more)
        self._want_intervals(True)
        app.push_screen(self._comparison, self._compared_enough)

    def _compared_enough(self, _: None) -> None:
        self._comparison = None
        self._want_intervals(self._screen.has_class("over"))

    def _want_intervals(self, wanted: bool) -> None:
        if self._engine.seeds is not None:
            self._engine.seeds.want_summary(wanted)


def commands_now(
    commands: Sequence[Command], *, by_hand: bool, failed: bool, over: bool, seeds: str | None, planes: bool = False
) -> list[Command]:
    """The commands that make sense now, for the footer.

    Parameters
    ----------
    by_hand : whether the focused run is in the person's hands.
    failed : whether there is something to try again.
    over : whether the race is over.
    seeds : what the key that changes between one seed and all says; None where there is one seed.
    planes : whether there are planes to be shown beside each other.
    """
    wanted: tuple[str, ...] = ("pause", "step", "hand", "strategy", "compare", "map", "item", "alone", "full")
    wanted = (*wanted, "faster", "slower", "restart")
    if over:
        wanted = ("compare", "item", "round", "strategy", "map", "alone", "full", "restart")
        wanted = ("undo", *wanted) if by_hand else wanted
    elif by_hand:
        wanted = ("label", "skip", "undo", "auto_label", "hand", "peek", "item", "strategy", "pause", "compare", "redo")
    if seeds is not None:
        wanted = (*wanted[:3], "seeds", *wanted[3:])
    if planes and "map" in wanted:
        after = wanted.index("map") + 1
        wanted = (*wanted[:after], "planes", *wanted[after:])
    if failed:
        wanted = ("retry", *wanted)
    rows = {command.action: command for command in commands}
    rows["seeds"] = rows["seeds"]._replace(label=seeds or "")
    if by_hand:
        rows["hand"] = rows["hand"]._replace(label="Hand back")
    return [*(rows[action] for action in wanted), *(command for command in COMMON if command.action in ("help", "quit"))]
