"""A person's answers: labels by key, by pointing and by name, notes, and what is taken back or done again."""

from __future__ import annotations

from typing import NamedTuple

from al_core.ground.errors import UserError
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import STATUS_WORDS, Status
from al_core.sessions.class_actions import CLASS_KINDS
from al_core.sessions.entries import Step
from al_core.sessions.events import Seen
from al_tui.screens.label.asking import Asking
from al_tui.screens.label.looking_back import LookingBack
from al_tui.screens.label.present import Present

_WORDS = {
    "label": "a label",
    "relabel": "a changed label",
    "flag": "a mark",
    "class": "a new class",
    "class_renamed": "the new name of a class",
    "class_merged": "a merged class",
    "class_split": "a split class",
    "class_deleted": "a deleted class",
    "class_described": "what a class means",
}


class About(NamedTuple):
    """The item that a dialogue is about, the note it has, and how it was seen."""

    item: str
    note: str | None
    seen: Seen


class Answers:
    """Writes down what a person says about items.

    Parameters
    ----------
    present : the item that is there, and the way to the next.
    back : the review, which goes on after each answer.
    asking : what is labelled with the item that is there.
    """

    def __init__(self, present: Present, back: LookingBack, asking: Asking) -> None:
        self.guesses: dict[str, int] = {}
        """Item → what the model thought of it before it was answered; of this sitting."""
        self._present = present
        self._back = back
        self._asking = asking

    def label(self, label: int) -> None:
        """Label the item that is there."""
        if (session := self._present.writable()) is not None:
            self._answer(session, label)

    def put_aside(self, status: Status) -> None:
        """Answer without a label: the item comes later, or not again."""
        if (session := self._present.writable()) is not None:
            self._answer(session, None, status)

    def label_by_key(self, key: str) -> None:
        """Label the item by a key."""
        if (session := self._present.writable()) is None:
            return
        if (label := self._present.keys(session).label(key)) is None:
            self._present.tell(f"{key} labels no class of this data set.")
        else:
            self._answer(session, label)

    def label_by_pointing(self, label: int) -> None:
        """Label what is to be seen, and not what comes next."""
        session = self._present.writable()
        if session is not None and session.offer is None and self._present.where.waiting:
            self._present.tell("The next item is being chosen; nothing was labelled.")
        elif session is not None:
            self._answer(session, label)

    def label_by_name(self, name: str, about: About) -> None:
        """Label the item of a dialogue by a class's name, or the beginning of it, if it is still there."""
        there, session = self._back.offer, self._present.session
        if not name.strip() or session is None:
            return
        if there is None or there.item != about.item:
            self._present.tell("Another item has come; nothing was labelled.")
            return
        try:
            self.label(self._present.keys(session).called(name))
        except UserError as error:
            self._present.tell(f"{error}; nothing was labelled.", problem=True)

    def _answer(self, session: LabelSession, label: int | None, status: Status = "unsure") -> None:
        present = self._present
        if (offer := present.item(session)) is None:
            return
        if label is not None and not present.machine.has_look(offer.row):
            present.tell("This item is still being fetched; nothing was labelled.")
            return
        item, seen, review = offer.item, present.seen(offer), present.where.review
        others = self._asking.there(session) if label is not None and present.where.together else ()
        if not all(present.machine.has_look(session.items.row_of[other]) for other in others):
            present.tell("Not all of these items are here yet; nothing was labelled.")
            return
        kept = review is not None and label is not None and session.ledger.person_label(item) == label
        if not kept:
            if not present.save(
                lambda: session.skip(item, seen, status) if label is None else session.label(item, label, seen, others)
            ):
                return
            self._asking.alone()
            if others:
                present.tell(f"{len(others) + 1} labelled alike; u takes all of them back.")
            self.guesses.pop(item, None)
            known = session.reply is not None and session.reply.labels >= len(session.items.start)
            if known and offer.pick is not None and label is not None:  # a model that lacks whole classes is no judge
                self.guesses[item] = offer.pick.guess
            present.where = present.where._replace(last=item)
        if review is not None:
            present.machine.wake()
            self._back.further(session)
        else:
            present.advance()

    def undo(self) -> None:
        """Take the last thing back."""
        present = self._present
        if (session := present.writable()) is None:
            return
        if not session.ledger.done:
            present.tell("There is nothing left to take back.")
            return
        step = session.ledger.done[-1]
        if present.save(session.undo):
            self.guesses.pop(step.item or "", None)
            present.tell(f"Taken back: {_words(step)}.")
            present.advance()

    def redo(self) -> None:
        """Do again what was taken back."""
        present = self._present
        if (session := present.writable()) is None:
            return
        if not session.ledger.undone:
            present.tell("There is nothing to do again.")
            return
        present.where = present.where._replace(last=session.ledger.undone[-1].item)
        if present.save(session.redo):
            present.advance()

    def about(self) -> About | None:
        """The item that a dialogue would be about; None when there is none."""
        session = self._present.writable()
        offer = None if session is None else self._present.item(session)
        if session is None or offer is None:
            return None
        return About(offer.item, session.ledger.flags.get(offer.item), self._present.seen(offer))

    def flag(self, note: str, about: About) -> None:
        """Mark the item of a dialogue; an empty note takes the mark away."""
        session, new = self._present.session, note.strip() or None
        if session is None or new == about.note:
            return
        if self._present.save(lambda: session.flag(about.item, new, about.seen)):
            self._present.tell("The mark is gone." if new is None else "Marked.")


def _words(step: Step) -> str:
    """What a step was."""
    if step.kind == "alike":
        return f"the labels of {sum(change.book == 'answers' for change in step.changes):,} items"
    if step.kind in CLASS_KINDS:
        return _WORDS[step.kind]
    given = next((change.after for change in step.changes if change.book == "answers"), None)
    if given is not None and given.label is None:
        return STATUS_WORDS[given.status]
    return "machine labels" if step.item is None else _WORDS[step.kind]
