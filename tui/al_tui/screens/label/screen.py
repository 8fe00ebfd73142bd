"""The labelling screen: one item, one key, one label on disk, and the next item by a model that knows it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from al_core.ground.errors import UserError
from al_core.labelling.session import LabelSession
from al_tui.commands.class_keys import class_keys
from al_tui.commands.command import Command, bindings
from al_tui.commands.table import COMMON, LABEL, LABEL_INTRODUCTION
from al_tui.screens.ask import Ask
from al_tui.screens.label.machine import MachineLabels
from al_tui.widgets.question import Question


class LabelScreen(MachineLabels):
    """Draws a labelling session, and answers keys."""

    CSS_PATH = "label.tcss"
    BINDINGS = bindings(LABEL)
    commands: Sequence[Command] = LABEL
    introduction = LABEL_INTRODUCTION

    def action_label(self, key: str) -> None:
        if (session := self._open()) is None:
            return
        label = class_keys(session.items.classes, self.app.bound).label(key)
        if label is None:
            self.app.tell(f"{key} labels no class of this data set.")
            return
        self._answer(session, label)

    def action_name_class(self) -> None:
        session = self._open()
        offer = None if session is None else self._present(session)
        if session is None or offer is None:
            return
        keys = class_keys(session.items.classes, self.app.bound)

        def label(name: str | None) -> None:
            now = session.offer if self._look is None else self.offer
            if name is None or not name.strip():
                return
            if now is None or now.item != offer.item:
                self.app.tell("Another item has come; nothing was labelled.")
                return
            try:
                self._answer(session, keys.called(name))
            except UserError as error:
                self.app.tell(f"{error}; nothing was labelled.", problem=True)

        self.app.push_screen(Ask("Which class? Its name, or the beginning of it.", "", keys.classes), label)

    def on_question_chosen(self, message: Question.Chosen) -> None:
        session = self._open()
        if session is not None and session.offer is None and self.waiting:
            self.app.tell("The next item is being chosen; nothing was labelled.")  # a click is about what it points at
        elif session is not None:
            self._answer(session, message.label)

    def _answer(self, session: LabelSession, label: int | None) -> None:
        offer = self._present(session)
        if offer is None:
            return
        item, seen = offer.item, self._seen(offer)
        kept = self.review is not None and label is not None and session.ledger.person_label(item) == label
        if not kept:
            saved = self._save(lambda: session.skip(item, seen) if label is None else session.label(item, label, seen))
            if not saved:
                self._paint()
                return
            self.agreed.pop(item, None)
            known = session.reply is not None and session.reply.labels >= len(session.items.start)
            if known and offer.pick is not None and label is not None:  # a model that lacks whole classes is no judge
                self.agreed[item] = (offer.pick.guess == label, offer.pick.guess)
            self.last = item
        if self.review is not None:
            self.labeller.wake()
            self._review_next(session)
        else:
            self._advance()

    def action_skip(self) -> None:
        if (session := self._open()) is not None:
            self._answer(session, None)

    def action_undo(self) -> None:
        self._end_review()
        session = self._open()
        if session is None:
            return
        if not session.ledger.done:
            self.app.tell("There is nothing left to take back.")
            return
        step = session.ledger.done[-1]
        if self._save(session.undo):
            self.agreed.pop(step.item or "", None)
            self.app.tell("Taken back: machine labels." if step.item is None else f"Taken back: {_WORDS[step.kind]}.")
            self._advance()

    def action_redo(self) -> None:
        self._end_review()
        session = self._open()
        if session is None:
            return
        if not session.ledger.undone:
            self.app.tell("There is nothing to do again.")
            return
        self.last = session.ledger.undone[-1].item
        if self._save(session.redo):
            self._advance()

    def action_flag(self) -> None:
        session = self._open()
        offer = None if session is None else self._present(session)
        if session is None or offer is None:
            return
        item, seen = offer.item, self._seen(offer)
        old = session.ledger.flags.get(item)

        def flag(note: str | None) -> None:
            if note is None:
                return
            new = note.strip() or None
            if new != old and self._save(lambda: session.flag(item, new, seen)):
                self.app.tell("The mark is gone." if new is None else "Marked.")
            self._paint()

        self.app.push_screen(Ask("A note on this item. An empty one takes the mark away.", old or ""), flag)

    def action_peek(self) -> None:
        self.peek = not self.peek
        self._paint()

    def action_explain(self) -> None:
        self.explaining = not self.explaining
        self.set_class(self.explaining, "explain")
        self._paint()

    def on_key(self, event: events.Key) -> None:
        """A key that means nothing ends a review, too."""
        if self.review is not None and event.key not in _BOUND and event.character not in self.app.bound.values():
            self._end_review()
            self._paint()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is no answer to anything that was on the screen."""
        self.app.tell("Pasted text labels nothing; press the keys.")

    def _shown_commands(self) -> list[Command]:
        rows = {command.action: command for command in self.commands}
        wanted = ["label", "skip", "undo", "flag", "history", "peek", "explain", "review", "auto_label", "change", "redo"]
        out = [rows[action] for action in wanted]
        if self.session is not None and self.session.ledger.machine:
            out.insert(3, rows["remove_machine"])
        if self.review is not None:
            undecided = (
                self.offer is not None and self.session is not None and self.offer.item not in self.session.ledger.answers
            )
            leave = [
                Command(("enter",), "keep", "", "", "Leave open" if undecided else "Keep"),
                Command(("escape",), "leave", "", "", "Leave the review"),
            ]
            out = [
                Command(rows["label"].keys, "label", "", "", "Decide" if undecided else "Change", "0-9"),
                *leave,
                rows["explain"],
            ]
        return [*out, *(command for command in COMMON if command.action in ("help", "quit"))]


_BOUND = {key for command in (*LABEL, *COMMON) for key in command.keys}
_WORDS = {"label": "a label", "relabel": "a changed label", "skip": "an item put aside", "flag": "a mark"}
