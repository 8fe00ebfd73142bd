"""The race: curves, leaderboard, the focused strategy's batch, and labelling by hand.

The screen maps keys to commands of the flow, and has painted what comes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.screen import Screen

from al_tui.background.race import Engine
from al_tui.commands.command import Command, bindings
from al_tui.commands.glossary import RACE_WORDS
from al_tui.commands.table import RACE, RACE_INTRODUCTION, race_commands
from al_tui.screens.race.flow import RaceFlow, Turn
from al_tui.screens.race.more_seeds import MoreSeeds
from al_tui.screens.race.painting import Painting, commands_now
from al_tui.screens.room import is_large, size_classes
from al_tui.screens.shielded import shielded
from al_tui.widgets.curves import Curves
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.host import RaceHost
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.leaderboard import Leaderboard
from al_tui.widgets.leaving import leaving
from al_tui.widgets.paper import Column, Paper, Row

if TYPE_CHECKING:
    from al_core.race.events import RaceEvent
    from al_tui.widgets.pool_map import PoolMap
    from al_tui.widgets.strip import Strip

BEHIND = Path(__file__).with_name("behind.tcss")
"""The styles of all that the first paint does not show, which does not wait for them."""


class RaceScreen(Paper, Screen[None]):
    """Draws a race, and answers keys. Every change of the race comes back as a new view.

    Parameters
    ----------
    engine : the race, and what runs behind it.
    """

    AUTO_FOCUS = None
    BINDINGS = bindings(RACE)
    app: RaceHost
    introduction = RACE_INTRODUCTION
    words = RACE_WORDS

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self.flow = RaceFlow(engine)
        self.painting = Painting(self, engine, self.flow)
        self.more_seeds = MoreSeeds(self, engine, self.painting)
        engine.changed = shielded(self, self._changed)

    @property
    def commands(self) -> Sequence[Command]:
        """What a person can do here."""
        return race_commands(self._engine.view.spec.noise)

    def compose(self) -> ComposeResult:
        self.add_class(*size_classes(self.app))  # so that the first frame is as the next one
        yield HeaderLine()
        with Row(id="top"):
            yield Curves()
            yield Column(Leaderboard(), id="standings")
        yield Row(id="bottom")
        yield KeyBar(self._shown_commands)

    def on_mount(self) -> None:
        if leaving(self):
            return
        self.painting.paint_standings()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.paint_again())
        self.call_after_refresh(self._fill)

    def on_resize(self) -> None:
        if not leaving(self):
            self.set_class(is_large(self.size), "-large")
            if self.painting.beside is not None:
                self.painting.beside.planes.fit()
            self.painting.fit()

    async def _fill(self) -> None:
        """What shows a batch, or the pool, comes after the first paint: there is neither yet."""
        if leaving(self):
            return
        from al_tui.screens.race.asked import Asked
        from al_tui.screens.race.beside import Beside

        if not self.app.stylesheet.has_source(str(BEHIND)):
            self.app.stylesheet.read(BEHIND)
        beside, asked = Beside(self, self._engine, self.flow), Asked(self, self._engine)
        await beside.mount()
        if leaving(self):
            return
        await asked.mount()
        self.painting.beside, self.painting.asked = beside, asked
        self.painting.fit()
        self.paint_again()

    def on_screen_resume(self) -> None:
        self.paint_again()

    def paint_again(self) -> None:
        """Paint what there is now, whatever was painted before."""
        self.painting.paint(by_person=False)

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; nobody saw the item meanwhile."""
        self.flow.by_hand.slept(seconds)

    # From the engine to the screen

    def _changed(self, event: RaceEvent | None) -> None:
        """Note that something changed; what a person waits for is painted at once, the rest at most four times a second."""
        turn = self.flow.happened(event)
        self._say(turn)
        if turn.paint:
            self.paint_again()
        else:
            self.painting.later()

    # Keys

    def _say(self, turn: Turn) -> None:
        for told in turn.told:
            self.app.tell(told.words, problem=told.problem)

    def _take(self, turn: Turn) -> None:
        """Say and show what came of a person's command."""
        if turn.start:
            self.app.start_engine()
        self._say(turn)
        if turn.paint:
            self.painting.paint(by_person=True)

    def action_pause(self) -> None:
        self._take(self.flow.pause())

    def action_step(self) -> None:
        self._take(self.flow.step())

    def action_faster(self) -> None:
        self._take(self.flow.faster())

    def action_slower(self) -> None:
        self._take(self.flow.slower())

    def action_retry(self) -> None:
        self._take(self.flow.retry())

    def action_restart(self) -> None:
        def start(answer: str | None) -> None:
            if answer is not None:
                turn = self.flow.restart(answer)
                if turn.start:
                    self.painting.begin_again()
                self._take(turn)

        from al_tui.screens.ask import Ask

        kept = self._engine.kept
        words = "This race stays in its session." if kept else "What has been labelled here is gone then."
        self.app.push_screen(Ask(f"Start again with another seed. {words}", str(self.flow.next_seed)), start)

    def action_strategy(self, key: str) -> None:
        self._take(self.flow.next_run(1 if key in ("down", "tab") else -1))

    def action_item(self, key: str) -> None:
        self._take(self.flow.next_item(1 if key == "right" else -1))

    def action_round(self, key: str) -> None:
        self._take(self.flow.round(key))

    def action_seeds(self) -> None:
        self._take(self.flow.seeds())

    def action_full(self) -> None:
        self.painting.divide("full")

    async def action_planes(self) -> None:
        if self.painting.beside is None:
            return
        if told := await self.painting.beside.planes.next():
            self.app.tell(told)
        self.painting.paint_pool()

    def action_alone(self) -> None:
        self._take(self.flow.alone())

    def action_hide(self) -> None:
        self._take(self.flow.hide())

    def action_map(self) -> None:
        self.painting.divide("map")

    def action_compare(self) -> None:
        self.painting.compare()

    def action_explain(self) -> None:
        asking = self.flow.view()
        info, contents, query, pick = self._engine.infos.get(asking.run.state.strategy), self._engine.contents, *asking.asked
        if info is None or contents is None or query is None or pick is None:
            self.app.tell("Nothing is asked that could be explained.")
        elif asking.hidden:
            self.app.tell("p shows what the model thinks; it is hidden until you answer.")
        else:
            from al_tui.screens.race.explained import Explained

            numbers = self._engine.pool.numbers(asking.run.state, pick.row)
            self.app.push_screen(Explained(info, query, pick, contents.classes, numbers))

    def action_peek(self) -> None:
        self._take(self.flow.peek())

    def action_hand(self) -> None:
        self._take(self.flow.hand())

    def action_label(self, key: str) -> None:
        self.query_one(KeyBar).untell()
        self._take(self.flow.label_by_key(key))

    def action_name_class(self) -> None:
        contents, target = self._engine.contents, self.flow.by_hand.target
        if contents is None or not self.flow.looking.run.by_hand:
            self.action_strategy("down")
            return
        from al_tui.screens.ask import Ask

        def label(name: str | None) -> None:
            if name is not None:
                self._take(self.flow.label_by_name(name, target))

        self.app.push_screen(Ask("Which class? Its name, or the beginning of it.", "", contents.classes), label)

    def action_skip(self) -> None:
        self._take(self.flow.skip())

    def action_auto_label(self) -> None:
        self._take(self.flow.auto_label())

    def action_undo(self) -> None:
        self._take(self.flow.undo())

    def action_redo(self) -> None:
        self._take(self.flow.redo())

    def focus_run(self, index: int) -> None:
        """Show another run."""
        self._take(self.flow.look_at(index))

    def on_leaderboard_chosen(self, message: Leaderboard.Chosen) -> None:
        self.focus_run(message.run)

    def on_pool_map_resized(self) -> None:
        self.painting.paint_pool()

    def on_strip_chosen(self, message: Strip.Chosen) -> None:
        self._take(self.flow.choose(message.position))

    def on_pool_map_pointed(self, message: PoolMap.Pointed) -> None:
        self._take(self.flow.choose_row(message.row))

    def places(self) -> list[tuple[str, str, Callable[[], None]]]:
        """What one may go to by its name: the runs."""
        return [(run.name, "look at it", partial(self.focus_run, at)) for at, run in enumerate(self._engine.view.runs)]

    def _shown_commands(self) -> list[Command]:
        looking = self.flow.looking
        failed = looking.run.status == "failed" or bool(looking.failed_seeds)
        over, by_hand = self._engine.view.done, looking.run.by_hand
        seeds, beside = looking.seeds_command, self.painting.beside
        planes = beside is not None and beside.planes.has_room
        return commands_now(self.commands, by_hand=by_hand, failed=failed, over=over, seeds=seeds, planes=planes)
