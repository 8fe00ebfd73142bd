"""Labelling by hand in a race: a key labels what was drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from al_core.ground.errors import UserError
from al_core.race.view import Agreement, agreement
from al_tui.screens.race.looking import Asking, Looking, Target

if TYPE_CHECKING:
    from al_core.data.contents import Contents
    from al_core.race.driver import Race
    from al_core.race.events import RoundPlayed
    from al_core.run.state import Answer
    from al_tui.commands.class_keys import ClassKeys

STARTING = "The engine is still starting."
_NOT_IN_HAND = "Press h first: the strategy then stops and asks you."


class ByHand:
    """Takes runs over, answers for them, and takes answers back. Commands return whether there is anything new to be seen.

    Parameters
    ----------
    looking : which run and which item one looks at.
    clock : seconds, for how long an item was on the screen.
    """

    def __init__(self, looking: Looking, clock: Callable[[], float] = time.monotonic) -> None:
        self.target: Target | None = None
        """What a key labels."""
        self._looking = looking
        self._clock = clock
        self._coming = False
        """Whether it stands there without its look."""
        self._seen_since = 0.0
        self._guessed: set[Target] = set()
        """Of which the model's guess was on the screen."""
        self._agreed: dict[int, Agreement] = {}

    @property
    def agreed(self) -> Agreement | None:
        """How many of the person's labels in the batch before are right, where that is to be said."""
        return self._agreed.get(self._looking.focus)

    def forget(self) -> None:
        """Another race begins."""
        self._agreed, self.target = {}, None
        self._guessed.clear()

    def learnt(self, event: RoundPlayed, truth: tuple[int, ...]) -> None:
        """A run in the person's hands has learnt from their answers."""
        agreed = agreement(event.state, truth)
        if agreed.known:
            self._agreed[event.run] = agreed

    # What was seen

    def painted(self, shown: Asking) -> None:
        """The screen shows this now: so much of what models think was to be seen."""
        if not shown.covered:
            self._guessed.update((shown.focus, each.row) for each in shown.picks)
        elif shown.target is not None and not shown.hidden:
            self._guessed.add(shown.target)

    def aim(self, shown: Asking) -> None:
        """From now on a key labels what is highlighted here."""
        if (shown.target, shown.coming) != (self.target, self._coming):
            self.target, self._coming, self._seen_since = shown.target, shown.coming, self._clock()

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; nobody saw the item meanwhile."""
        self._seen_since += seconds

    # Commands

    def fork_or_hand_back(self) -> bool:
        """Begin a run of one's own from where the one looked at stands, or go on with it; hand back a run in hand."""
        looking, race = self._looking, self._looking.engine.race
        run = looking.run
        if race is None:
            looking.tell(STARTING)
        elif run.by_hand:
            if self.attempt(partial(race.hands.hand_back, looking.focus)):
                self._agreed.pop(looking.focus, None)
        elif run.status == "done":
            looking.tell(f"{run.name} has spent its budget; there is nothing left to label.")
        elif run.person is not None:  # one's own
            self._take_over(race)
        else:
            runs = looking.engine.view.runs
            own = next((at for at, each in enumerate(runs) if each.of == looking.focus), None)
            if own is not None:
                looking.focus = own
                if not runs[own].by_hand and not runs[own].state.done:
                    self._take_over(race)
            elif self.attempt(partial(race.hands.fork, looking.focus)):
                new = len(runs)  # it asks what was on the screen, guesses and all
                self._guessed.update((new, row) for at, row in tuple(self._guessed) if at == looking.focus)
                looking.focus = new
                looking.to_first_waiting()
        return True

    def _take_over(self, race: Race) -> None:
        if self.attempt(partial(race.hands.take_over, self._looking.focus)):
            self._looking.to_first_waiting()

    def label_by_key(self, key: str) -> bool:
        """Label by a key."""
        looking, contents = self._looking, self._looking.engine.contents
        if contents is None:
            looking.tell(STARTING)
        elif (label := self._keys(contents).label(key)) is None:
            looking.tell(f"{key} labels no class of this data set.")
        else:
            return self.label(label)
        return False

    def _keys(self, contents: Contents) -> ClassKeys:
        from al_tui.commands.class_keys import class_keys

        return class_keys(contents.classes, self._looking.engine.bound)

    def label_by_name(self, name: str, target: Target | None) -> bool:
        """Label by a class's name, or the beginning of it, if a key would still label that item."""
        looking, contents = self._looking, self._looking.engine.contents
        if not name.strip() or contents is None:
            return False
        if target != self.target:
            looking.tell("Another item has come; nothing was labelled.")
            return False
        try:
            label = self._keys(contents).called(name)
        except UserError as error:
            looking.tell(f"{error}; nothing was labelled.", problem=True)
            return False
        return self.label(label)

    def label(self, label: int | None) -> bool:
        """Label what is on the screen, and move on; None puts it aside."""
        looking, race = self._looking, self._in_hand(_NOT_IN_HAND)
        if race is None:
            return False
        if self.target is None or self.target[0] != looking.focus:
            looking.tell("The model is learning; nothing was labelled.")
            return False
        if self.target[1] not in looking.run.state.waiting:
            looking.tell("This item has its answer; u takes it back.")
            return False
        if self._coming and label is not None:
            looking.tell("This item is still being fetched; nothing was labelled.")
            return False
        seconds = self._clock() - self._seen_since
        answer = partial(race.hands.answer, *self.target, label, visible=self.target in self._guessed, seconds=seconds)
        if not self.attempt(answer):
            return False
        looking.to_next_waiting()
        return True

    def label_rest(self) -> bool:
        """Answer the rest of the batch by the oracle."""
        race, oracle = self._in_hand(_NOT_IN_HAND), self._looking.engine.oracle
        if race is None or oracle is None:
            return False
        self.attempt(partial(race.hands.answer_rest, self._looking.focus, oracle))
        return True

    def undo(self) -> bool:
        """Take the last answer back, learnt ones too."""
        race = self._in_hand("Undo takes back answers given by hand; press h first.")
        if race is None or (taken := self._found(race.hands.undo, "No answer of yours is left to take back.")) is None:
            return False
        self._agreed.pop(self._looking.focus, None)
        self._looking.to_row(taken.row)
        return True

    def redo(self) -> bool:
        """Give the answer again that was taken back last."""
        race = self._in_hand("Redo gives answers again that were taken back by hand; press h first.")
        if race is None or self._found(race.hands.redo, "Nothing was taken back that could be given again.") is None:
            return False
        self._looking.to_next_waiting()
        return True

    def _found(self, do: Callable[[int], Answer | None], none: str) -> Answer | None:
        """The answer that something was done to, of the run that one looks at; None, with a word, where there is none."""
        try:
            found = do(self._looking.focus)
        except UserError as error:
            self._looking.tell(f"{error}", problem=True)
            return None
        if found is None:
            self._looking.tell(none)
        return found

    def attempt(self, do: Callable[[], object]) -> bool:
        """Do what a person asked for; when it cannot be kept, or not be done, say why. Returns whether it was done."""
        try:
            do()
        except UserError as error:
            self._looking.tell(f"{error}", problem=True)
            return False
        return True

    def _in_hand(self, otherwise: str) -> Race | None:
        """The race, when the run is in the person's hands; else says why it is not, or ``otherwise``."""
        if self._looking.engine.race is None:
            self._looking.tell(STARTING)
        elif not self._looking.run.by_hand:
            self._looking.tell(otherwise)
        else:
            return self._looking.engine.race
        return None
