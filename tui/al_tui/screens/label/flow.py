"""What a person's commands do to a labelling session. No terminal: a command goes in, out come a view and what to tell."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

from al_core.ground.errors import UserError
from al_core.labelling.session import LabelSession
from al_core.labelling.view import LabelView, view
from al_core.sessions.actions import Status
from al_core.sessions.hold import NotSaved
from al_tui.screens.label.answers import About, Answers
from al_tui.screens.label.asking import Asking
from al_tui.screens.label.looking_back import LookingBack
from al_tui.screens.label.machine import MachineLabels
from al_tui.screens.label.present import Machine, Present, Work
from al_tui.screens.label.reclassing import Reclassing, Wish
from al_tui.screens.telling import Told


class Turn(NamedTuple):
    """What came of a command.

    Parameters
    ----------
    view : what there is to see now.
    told : what to tell the person.
    later : what a worker has to say first, if anything; it gives another turn.
    paint : False when nothing is to be seen that was not seen before.
    """

    view: LabelView
    told: tuple[Told, ...] = ()
    later: Later | None = None
    paint: bool = True


class Later(NamedTuple):
    """Something that takes a worker's time; of one group, the latest counts."""

    group: str
    work: Callable[[], Awaitable[Turn]]


class LabelFlow:
    """Where one is in a labelling session (at the present item, back in the history, in a review), and what commands do there.

    The item that is there changes only by the person's commands, or when none is there.

    Parameters
    ----------
    machine : the session, and what keeps its model learning.
    clock : seconds, for how long an item was on the screen.
    """

    def __init__(self, machine: Machine, clock: Callable[[], float] = time.monotonic) -> None:
        self._machine = machine
        self._present = Present(machine, clock)
        self._back = LookingBack(self._present)
        self._by_machine = MachineLabels(self._present)
        self._asking = Asking(self._present, self._back)
        self._reclassing = Reclassing(self._present, self._back)
        self.answers = Answers(self._present, self._back, self._asking)

    @property
    def session(self) -> LabelSession | None:
        """The session, once it is open."""
        return self._machine.session

    def view(self) -> LabelView:
        """What there is to see."""
        present = self._present
        return view(
            self.session, present.where, self.answers.guesses, present.not_saved, self._machine.problem, self._machine.reading
        )

    def place(self) -> str:
        """Where the item that is there comes from: its path, or its name in a file; empty when it has neither."""
        there = self._back.offer
        return "" if self.session is None or there is None else self.session.items.place_of(there.item)

    # What happens without the person

    def changed(self) -> Turn:
        """The session is open, or the model has learnt, or could not."""
        self._present.changed()
        return self._turn()

    def waited(self) -> Turn:
        """The wait for a model is over; the next item comes from the last good order."""
        self._present.next()
        return self._turn()

    def drawn(self, shown: LabelView) -> Later | None:
        """The screen shows ``shown`` now; returns what should be asked about the item because of that."""
        self._present.drawn(shown)
        return self._maybe("opinion", self._asking.opinion(shown))

    def look_alike(self, shown: LabelView) -> Later | None:
        """What should be asked when the item is on the screen: which others look nearly the same."""
        return self._maybe("alike", self._asking.alike(shown))

    def on_terminal(self) -> None:
        """What was drawn last has reached the terminal: a key may be about it."""
        self._present.where = self._present.where._replace(just_came=False)

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; nobody saw the item meanwhile."""
        self._present.slept(seconds)

    # Answers

    def label(self, label: int) -> Turn:
        """Label the item that is there."""
        self.answers.label(label)
        return self._turn()

    def put_aside(self, status: Status) -> Turn:
        """Answer without a label."""
        self.answers.put_aside(status)
        return self._turn()

    def label_by_key(self, key: str) -> Turn:
        """Label the item by a key."""
        self.answers.label_by_key(key)
        return self._turn()

    def label_by_pointing(self, label: int) -> Turn:
        """Label the item by pointing at a class: that is about what is to be seen, and not about what comes next."""
        self.answers.label_by_pointing(label)
        return self._turn()

    def label_by_name(self, name: str, about: About) -> Turn:
        """Label the item of a dialogue by a class's name, or the beginning of it, if it is still there."""
        self.answers.label_by_name(name, about)
        return self._turn()

    def together(self) -> Turn:
        """Have the next label be for all that look alike, or for one again."""
        self._asking.together()
        return self._turn()

    def undo(self) -> Turn:
        """Take the last thing back."""
        self._back.end()
        self.answers.undo()
        return self._turn()

    def redo(self) -> Turn:
        """Do again what was taken back."""
        self._back.end()
        self.answers.redo()
        return self._turn()

    def about(self) -> tuple[About | None, Turn]:
        """The item that a dialogue would be about; None when there is none."""
        return self.answers.about(), self._turn()

    def flag(self, note: str, about: About) -> Turn:
        """Mark the item of a dialogue; an empty note takes the mark away."""
        self.answers.flag(note, about)
        return self._turn()

    # Looking

    def peek(self) -> Turn:
        """Show what the model thinks before one answers, or hide it."""
        self._present.where = self._present.where._replace(peek=not self._present.where.peek)
        return self._turn()

    def explain(self) -> Turn:
        """Show why this item, or show it no more."""
        self._present.where = self._present.where._replace(explaining=not self._present.where.explaining)
        return self._turn()

    def step_back(self, steps: int) -> Turn:
        """Go so many answers back from where one is, or forward."""
        self._back.end()
        return self.go_back(self._present.where.back + steps)

    def go_back(self, back: int) -> Turn:
        """Show the item answered ``back`` answers ago; 0 for the present one."""
        self._back.end()
        self._back.go(back)
        return self._turn()

    def go_to(self, item: str) -> Turn:
        """Show an item that was chosen from a list; no key typed ahead is about it."""
        self._back.end()
        self._back.find(item)
        return self._turn()

    def choose(self, position: int) -> Turn:
        """Show an item of the batch."""
        session = self._present.writable()
        if session is not None and session.reply is not None and position < len(session.reply.picks):
            self._back.end()
            self._back.jump(session, session.items.ids[session.reply.picks[position].row])
        return self._turn()

    def leave(self) -> Turn:
        """Leave the review or the history."""
        if self._present.where.review is not None:
            self._back.end()
        elif not self._asking.alone():
            self._back.go(0)
        return self._turn()

    def end_review(self) -> Turn:
        """Leave the review, if there is one."""
        self._back.end()
        return self._turn()

    def keep(self) -> Turn:
        """In a review: keep the label as it is."""
        if self.session is not None and self._present.where.review is not None:
            self._back.further(self.session)
        return self._turn()

    def review(self) -> Turn:
        """Go through labels that look wrong, or leave that."""
        if (session := self._present.writable()) is None:
            return self._turn()
        if self._present.where.review is not None:
            return self.end_review()
        return self._turn(self._later("review", self._back.review(session, self._machine.suspects)))

    def reclass(self, wish: Wish) -> Turn:
        """Do to the classes what the person wishes."""
        self._reclassing.do(wish)
        return self._turn()

    # The machine's part

    def whole(self) -> tuple[LabelSession | None, Turn]:
        """The session for something that is about all of it: a review is left; None when nothing may be written."""
        return self._writable_again(), self._turn()

    def auto_label(self, session: LabelSession, how: str) -> Turn:
        """Let ground truth (``truth``) or the model (a confidence such as ``0.95``) label what is open."""
        how = how.strip().lower()
        if how == "truth":
            self._by_machine.by_truth(session)
        elif (above := self._by_machine.sure_enough(how)) is not None:
            return self._turn(self._later("auto-label", partial(self._by_machine.by_model, session, above)))
        return self._turn()

    def remove_machine(self) -> Turn:
        """Remove all labels of the machine."""
        if (session := self._writable_again()) is not None:
            self._by_machine.remove(session)
        return self._turn()

    def change(self, session: LabelSession, words: str) -> Turn:
        """Go on with another strategy, learner and batch, written one after the other."""
        if (choice := self._by_machine.choice(words)) is None:
            return self._turn()
        return self._turn(self._later("change", partial(self._by_machine.change, session, *choice)))

    def _writable_again(self) -> LabelSession | None:
        self._back.end()
        return self._present.writable()

    def _turn(self, later: Later | None = None, *, paint: bool = True) -> Turn:
        return Turn(self.view(), self._present.take_told(), later, paint)

    def _maybe(self, group: str, work: Work | None) -> Later | None:
        return None if work is None else self._later(group, work)

    def _later(self, group: str, work: Callable[[], Awaitable[bool]]) -> Later:
        """What a worker does first, and then this; ``work`` says whether there is anything new to be seen."""

        async def run() -> Turn:
            try:
                paint = await work()
            except UserError as error:
                self._present.failed(error)
                paint = isinstance(error, NotSaved)
            except Exception as error:  # a worker may raise anything; labelling goes on
                self._present.tell(f"The worker could not do it: {error}", problem=True)
                paint = False
            return self._turn(paint=paint)

        return Later(group, run)
