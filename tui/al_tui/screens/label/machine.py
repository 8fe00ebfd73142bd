"""The machine's part of the labelling screen: labels by ground truth or by the model, another strategy, learner or batch."""

from __future__ import annotations

from al_core.labelling.session import LabelSession
from al_tui.screens.ask import Ask
from al_tui.screens.label.history import LookingBack


class MachineLabels(LookingBack):
    """Keys that let the machine label, take that back, and change what it works with."""

    def action_auto_label(self) -> None:
        self._end_review()
        session = self._open()
        if session is None:
            return

        def start(answer: str | None) -> None:
            if answer is not None:
                self._auto_label(session, answer.strip().lower())

        words = (
            "Let the machine label what is left. Type truth to take the labels that came with the data, or a number from 0.5"
            " to 1: the model then labels what it is at least that sure of. None of them counts as yours; x removes them all."
        )
        self.app.push_screen(Ask(words, "0.95"), start)

    def _auto_label(self, session: LabelSession, how: str) -> None:
        before = len(session.ledger.machine)

        def done() -> None:
            count = len(session.ledger.machine) - before
            self.app.tell(f"{count} item{'' if count == 1 else 's'} labelled by machine; x removes them.")
            self._advance()

        if how == "truth":
            if self._save(session.label_by_truth):
                done()
            return
        try:
            above = float(how)
        except ValueError:
            above = 0.0
        if not 0.5 <= above <= 1:
            self.app.tell(f"{how!r} is neither truth nor a number from 0.5 to 1; nothing was labelled.", problem=True)
            return

        async def label() -> None:
            if await self.labeller.label_by_model(above) is None:
                self.app.tell("There is no model yet; label something first.")
            else:
                done()

        self._in_worker(label, "auto-label")

    def action_remove_machine(self) -> None:
        self._end_review()
        session = self._open()
        if session is None:
            return
        count = len(session.ledger.machine)
        if not count:
            self.app.tell("There are no labels of the machine.")
        elif self._save(session.remove_machine_labels):
            self.app.tell(f"{count} machine label{'' if count == 1 else 's'} removed.")
            self._advance()

    def action_change(self) -> None:
        self._end_review()
        session = self._open()
        if session is None:
            return
        now = session.ledger

        def start(answer: str | None) -> None:
            words = (answer or "").split()
            if answer is None:
                return
            if len(words) != 3 or not words[2].isdecimal() or len(words[2]) > 9:
                self.app.tell("Write strategy, learner and batch, with blanks between them; nothing was changed.", problem=True)
                return

            async def change() -> None:
                await self.labeller.change(words[0], words[1], int(words[2]))
                self.app.tell(f"Now {now.strategy} with {now.learner}, {now.batch} at a time.")
                self._advance()

            self._in_worker(change, "change")

        self.app.push_screen(
            Ask(
                "How to go on: the strategy that chooses, the model that learns, and how many items are asked for at a time."
                " Quick and common: margin logistic 10. `al-tui strategies` and `al-tui learners` list all names.",
                f"{now.strategy} {now.learner} {now.batch}",
            ),
            start,
        )
