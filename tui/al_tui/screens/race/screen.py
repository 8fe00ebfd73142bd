"""The race: curves, leaderboard, the focused strategy's batch, and labelling by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.task.spec import LAST_SEED
from al_tui.commands.class_keys import class_keys
from al_tui.commands.command import bindings
from al_tui.commands.table import RACE, RACE_INTRODUCTION
from al_tui.screens.race.painting import RaceDesk
from al_tui.widgets.batch import Batch
from al_tui.widgets.leaderboard import Leaderboard

if TYPE_CHECKING:
    from al_core.race.driver import Race

PACES = (0.25, 0.5, 1.0, 1.5, 3.0, 6.0, 12.0, 25.0)


class RaceScreen(RaceDesk):
    """Draws a race, and answers keys."""

    BINDINGS = bindings(RACE)
    introduction = RACE_INTRODUCTION

    def action_pause(self) -> None:
        self._engine.set_paused(not self._engine.view.paused)
        self._paint(by_person=True)

    def action_step(self) -> None:
        if self._engine.race is not None:
            self._engine.race.step()
            self._paint(by_person=True)

    def action_faster(self) -> None:
        pace = self._engine.view.pace
        self._set_pace(None if pace is None else next((step for step in PACES if step > pace), None))

    def action_slower(self) -> None:
        pace = self._engine.view.pace
        self._set_pace(PACES[-1] if pace is None else next((step for step in reversed(PACES) if step < pace), pace))

    def _set_pace(self, pace: float | None) -> None:
        if self._engine.race is not None:
            self._engine.race.set_pace(pace)
            self._paint(by_person=True)

    def action_retry(self) -> None:
        race, seeds, failed = self._engine.race, self._engine.seeds, self._failed_seeds
        if self._engine.error is not None:
            self.app.start_engine()
        elif race is not None and self._run.status == "failed":
            self._try(partial(race.retry, self._focus))
        elif not failed:
            self.app.tell("Nothing failed: there is nothing to try again.")
        if seeds is not None and failed:
            seeds.retry()
            self.app.tell(f"{failed} failed run{'s' if failed > 1 else ''} over seeds: tried again when the others are done.")
        self._paint(by_person=True)

    def action_restart(self) -> None:
        def start(answer: str | None) -> None:
            if answer is None:
                return
            last = LAST_SEED if self._live is None else LAST_SEED - self._live.planned + 1
            if not (answer.strip().isdecimal() and len(answer) <= 10 and int(answer) <= last):
                shown = safe_text(answer, 20)
                self.app.tell(f"{shown!r} is no seed to start from; give a whole number from 0 to {last}.", problem=True)
                return
            self._engine.reset(int(answer))
            self._compared, self._told, self._target = False, {}, None
            self._guessed.clear()
            self.app.start_engine()
            self._paint(by_person=True)

        from al_tui.screens.ask import Ask

        seed = self._engine.view.spec.seed + 1
        self.app.push_screen(Ask(self._farewell, str(seed)), start)

    @property
    def _farewell(self) -> str:
        kept = self._engine.kept
        return "Start again with another seed. " + (
            "This race stays in its session." if kept else "What has been labelled here is gone then."
        )

    def action_strategy(self, key: str) -> None:
        order = self._order
        step = 1 if key in ("down", "tab") else -1
        self.focus_run(order[(order.index(self._focus) + step) % len(order)])

    def focus_run(self, index: int) -> None:
        """Show another run."""
        self._focus = index
        self._paint(by_person=True)

    def action_item(self, key: str) -> None:
        if self._picks:
            self._cursor = (self._cursor + (1 if key == "right" else -1)) % len(self._picks)
            self._paint(by_person=True)

    def action_seeds(self) -> None:
        if self._live is None:
            self.app.tell("There is one seed only; al-tui --seeds 50 races fifty.")
            return
        self._all_seeds = not self._all_seeds
        if self._all_seeds and not self._live.drawable:
            self.app.tell("Medians begin when two seeds of a strategy are finished.")
        self._paint(by_person=True)

    def action_full(self) -> None:
        self.toggle_class("full")

    def action_compare(self) -> None:
        self.compare()

    def action_peek(self) -> None:
        self._peek = not self._peek
        self._paint(by_person=True)

    def action_hand(self) -> None:
        race, run = self._engine.race, self._run
        if race is None:
            self.app.tell("The engine is still starting.")
        elif run.by_hand:
            if self._try(partial(race.hands.hand_back, self._focus)):
                self._told.pop(self._focus, None)
        elif run.status == "done":
            self.app.tell(f"{run.name} has spent its budget; there is nothing left to label.")
        elif self._try(partial(race.hands.take_over, self._focus)):
            self._cursor = self._first_waiting()
        self._paint(by_person=True)

    def _try(self, do: Callable[[], object]) -> bool:
        """Do what a person asked for; when it cannot be kept, or not be done, say why. Returns whether it was done."""
        try:
            do()
        except UserError as error:
            self.app.tell(f"{error}", problem=True)
            return False
        return True

    def action_label(self, key: str) -> None:
        deck = self._engine.deck
        if deck is None:
            self.app.tell("The engine is still starting.")
        elif (label := class_keys(deck.classes, self.app.bound).label(key)) is None:
            self.app.tell(f"{key} labels no class of this data set.")
        else:
            self._answer(label)

    def action_name_class(self) -> None:
        deck, target = self._engine.deck, self._target
        if deck is None or not self._run.by_hand:
            self.action_strategy("down")
            return
        from al_tui.screens.ask import Ask

        keys = class_keys(deck.classes, self.app.bound)

        def label(name: str | None) -> None:
            if name is None or not name.strip():
                return
            if target != self._target:
                self.app.tell("Another item has come; nothing was labelled.")
                return
            try:
                self._answer(keys.called(name))
            except UserError as error:
                self.app.tell(f"{error}; nothing was labelled.", problem=True)

        self.app.push_screen(Ask("Which class? Its name, or the beginning of it.", "", keys.classes), label)

    def action_skip(self) -> None:
        self._answer(None)

    def _answer(self, label: int | None) -> None:
        race = self._race_in_hand("Press h first: the strategy then stops and asks you.")
        if race is None:
            return
        if self._target is None or self._target[0] != self._focus:
            self.app.tell("The model is learning; nothing was labelled.")
            return
        if self._target[1] not in self._run.state.waiting:
            self.app.tell("This item has its answer; u takes it back.")
            return
        seconds = time.monotonic() - self._seen_since
        if not self._try(
            partial(race.hands.answer, *self._target, label, visible=self._target in self._guessed, seconds=seconds)
        ):
            return
        waiting = set(self._run.state.waiting)
        order = [*range(self._cursor, len(self._picks)), *range(self._cursor)]
        self._cursor = next((at for at in order if self._picks[at].row in waiting), self._cursor)
        self._paint(by_person=True)

    def _race_in_hand(self, otherwise: str) -> Race | None:
        """The race, when the focused run is in the person's hands; else says why it is not, or ``otherwise``."""
        if self._engine.race is None:
            self.app.tell("The engine is still starting.")
        elif not self._run.by_hand:
            self.app.tell(otherwise)
        else:
            return self._engine.race
        return None

    def action_auto_label(self) -> None:
        race, oracle = self._race_in_hand("Press h first: the strategy then stops and asks you."), self._engine.oracle
        if race is None or oracle is None:
            return
        self._try(partial(race.hands.answer_rest, self._focus, oracle))
        self._paint(by_person=True)

    def action_undo(self) -> None:
        race = self._race_in_hand("Undo takes back answers given by hand; press h first.")
        if race is None:
            return
        try:
            taken = race.hands.undo(self._focus)
        except UserError as error:
            self.app.tell(f"{error}", problem=True)
            return
        if taken is None:
            self.app.tell("No answer of yours is left to take back.")
            return
        self._told.pop(self._focus, None)
        self._cursor = next((at for at, pick in enumerate(self._picks) if pick.row == taken.row), 0)
        self._batch = (self._focus, tuple(pick.row for pick in self._picks))
        self._paint(by_person=True)

    def on_leaderboard_chosen(self, message: Leaderboard.Chosen) -> None:
        self.focus_run(message.run)

    def on_batch_chosen(self, message: Batch.Chosen) -> None:
        self._cursor = message.position
        self._paint(by_person=True)
