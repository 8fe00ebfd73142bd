"""What a person's commands do to a race. No terminal: a command goes in, out come a view and what to tell."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from al_core.ground.safe_text import safe_text
from al_core.task.spec import LAST_SEED
from al_tui.background.race import Engine
from al_tui.screens.race.by_hand import STARTING, ByHand
from al_tui.screens.race.looking import Asking, Looking, Target
from al_tui.screens.telling import Told

if TYPE_CHECKING:
    from al_core.race.events import RaceEvent

LATER = "The engine is still starting; that is done as soon as it has."
PACES = (0.25, 0.5, 1.0, 1.5, 3.0, 6.0, 12.0, 25.0)


class Turn(NamedTuple):
    """What came of a command.

    Parameters
    ----------
    view : what there is to see now.
    told : what to tell the person.
    paint : False when nothing is to be seen that was not seen before, or when that can wait.
    start : whether the engine is to be started, in place of what runs.
    """

    view: Asking
    told: tuple[Told, ...] = ()
    paint: bool = True
    start: bool = False


class RaceFlow:
    """Where one looks in a race, and what commands do there.

    Parameters
    ----------
    engine : the race, and what runs behind it.
    clock : seconds, for how long an item was on the screen.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self.looking = Looking(engine)
        self.by_hand = ByHand(self.looking, clock)
        self._trouble: str | None = None
        self._kept: list[Callable[[], Turn]] = []
        """What was wanted before the engine was ready, in that order."""

    def view(self) -> Asking:
        """What there is to see."""
        return self.looking.view(self.by_hand.agreed)

    def happened(self, event: RaceEvent | None) -> Turn:
        """Note what has happened; what a person waits for is to be painted at once."""
        from al_core.race.events import Answered, RoundPlayed, TakenBack

        engine, looking = self._engine, self.looking
        if engine.race is not None and self._kept:
            kept, self._kept = self._kept, []
            for do in kept:
                do()
        if isinstance(event, RoundPlayed) and engine.view.runs[event.run].by_hand and engine.contents:
            self.by_hand.learnt(event, engine.contents.truth)
        if engine.trouble != self._trouble:
            self._trouble = engine.trouble
            looking.tell(self._trouble or "Everything is kept again.", problem=self._trouble is not None)
        mine = isinstance(event, RoundPlayed | Answered | TakenBack) and event.run == looking.focus
        return self._turn(event is None or (mine and looking.run.by_hand))

    # The race

    def pause(self) -> Turn:
        """Pause the race, or go on."""
        self._engine.set_paused(not self._engine.view.paused)
        return self._turn()

    def step(self) -> Turn:
        """Play one round of every strategy, then stop."""
        if self._engine.race is None:
            return self._keep(self.step)
        self._engine.race.step()
        return self._turn()

    def faster(self) -> Turn:
        """Twice the rounds per second."""
        pace = self._engine.view.pace
        return self._set_pace(None if pace is None else next((step for step in PACES if step > pace), None))

    def slower(self) -> Turn:
        """Half the rounds per second."""
        pace = self._engine.view.pace
        return self._set_pace(PACES[-1] if pace is None else next((step for step in reversed(PACES) if step < pace), pace))

    def _set_pace(self, pace: float | None) -> Turn:
        self._engine.set_pace(pace)
        return self._turn()

    def retry(self) -> Turn:
        """Try again what failed."""
        race, seeds, looking = self._engine.race, self._engine.seeds, self.looking
        failed, broken = looking.failed_seeds, self._engine.error is not None
        if not broken and race is not None and looking.run.status == "failed":
            self.by_hand.attempt(partial(race.retry, looking.focus))
        elif not broken and not failed:
            looking.tell("Nothing failed: there is nothing to try again.")
        if seeds is not None and failed:
            seeds.retry()
            looking.tell(f"{failed} failed run{'s' if failed > 1 else ''} over seeds: tried again when the others are done.")
        return self._turn(start=broken)

    @property
    def next_seed(self) -> int:
        """The seed that another race would have."""
        return self._engine.view.spec.seed + 1

    def restart(self, seed: str) -> Turn:
        """Start again with another seed, as a person wrote it."""
        live = self.looking.live
        last = LAST_SEED if live is None else LAST_SEED - live.planned + 1
        if not (seed.strip().isdecimal() and len(seed) <= 10 and int(seed) <= last):
            words = f"{safe_text(seed, 20)!r} is no seed to start from; give a whole number from 0 to {last}."
            self.looking.tell(words, problem=True)
            return self._turn(False)
        self._engine.reset(int(seed))
        self.by_hand.forget()
        self._kept.clear()
        return self._turn(start=True)

    # Looking

    def looked(self) -> Turn:
        """Nothing was done: see what there is now."""
        return self._turn()

    def look_at(self, run: int) -> Turn:
        """Look at another run."""
        self.looking.focus = run
        return self._turn()

    def next_run(self, step: int) -> Turn:
        """Look at the run so many lines below in the leaderboard."""
        self.looking.next_run(step)
        return self._turn()

    def next_item(self, step: int) -> Turn:
        """Highlight another item of the batch."""
        if not self.looking.picks and not self.looking.run.state.done:
            return self._turn(False)
        self.looking.next_item(step)
        return self._turn()

    def round(self, key: str) -> Turn:
        """Step back through the rounds of a run that is over, or on again."""
        looking = self.looking
        if not looking.run.state.done:
            looking.tell(f"{looking.run.name} is not over yet; then one steps back through its rounds.")
            return self._turn(False)
        all_rounds = len(looking.run.state.rounds)
        looking.next_round({"pageup": -1, "pagedown": 1, "home": -all_rounds, "end": all_rounds}[key])
        return self._turn()

    def choose(self, position: int) -> Turn:
        """Highlight this item of the batch."""
        self.looking.cursor = position
        return self._turn()

    def choose_row(self, row: int) -> Turn:
        """Highlight the item of this row, if it is in the batch."""
        if not any(pick.row == row for pick in self.looking.picks):
            self.looking.tell("That item is not asked about now; ◎ are those that are.")
            return self._turn(False)
        self.looking.to_row(row)
        return self._turn()

    def seeds(self) -> Turn:
        """Show all seeds, or the one that is raced here."""
        looking, live = self.looking, self.looking.live
        if live is None:
            looking.tell("There is one seed only; al-tui --seeds 50 races fifty.")
            return self._turn(False)
        looking.all_seeds = not looking.all_seeds
        if looking.all_seeds and not live.drawable:
            looking.tell("Medians begin when two seeds of a strategy are finished.")
        return self._turn()

    def alone(self) -> Turn:
        """Show the line of the run looked at and that of random alone, or all again."""
        self.looking.alone = not self.looking.alone
        return self._turn()

    def hide(self) -> Turn:
        """Draw no line of the run looked at, or draw it again."""
        self.looking.alone = False
        self.looking.hide()
        return self._turn()

    def peek(self) -> Turn:
        """Show what the model thinks before one answers, or hide it."""
        self.looking.peek = not self.looking.peek
        return self._turn()

    # By hand

    def hand(self) -> Turn:
        """Begin a run of one's own from the one looked at, or go on with it; hand back a run in hand."""
        if self._engine.race is None:
            return self._keep(partial(self._hand_of, self.looking.focus))
        return self._turn(self.by_hand.fork_or_hand_back())

    def _hand_of(self, run: int) -> Turn:
        self.looking.focus = run
        return self.hand()

    def label_by_key(self, key: str) -> Turn:
        """Label what is on the screen, and move on."""
        return self._turn(self.by_hand.label_by_key(key))

    def label_by_name(self, name: str, target: Target | None) -> Turn:
        """Label by a class's name, or the beginning of it, if a key would still label that item."""
        return self._turn(self.by_hand.label_by_name(name, target))

    def skip(self) -> Turn:
        """Put what is on the screen aside."""
        return self._turn(self.by_hand.label(None))

    def auto_label(self) -> Turn:
        """Answer the rest of the batch by the oracle."""
        return self._turn(self.by_hand.label_rest())

    def undo(self) -> Turn:
        """Take the last answer back, learnt ones too."""
        return self._turn(self.by_hand.undo())

    def redo(self) -> Turn:
        """Give the answer again that was taken back last."""
        return self._turn(self.by_hand.redo())

    def _keep(self, do: Callable[[], Turn]) -> Turn:
        """Do something once the engine is ready."""
        if self._engine.error is None:
            self._kept.append(do)
            self.looking.tell(LATER)
        else:
            self.looking.tell(STARTING)
        return self._turn(False)

    def _turn(self, paint: bool = True, *, start: bool = False) -> Turn:
        return Turn(self.view(), self.looking.take_told(), paint, start)
