"""The machine's part of labelling: labels by ground truth or by the model, another strategy, learner or batch."""

from __future__ import annotations

from al_core.labelling.session import LabelSession
from al_tui.screens.label.present import Present


class MachineLabels:
    """Lets the machine label, takes that back, and changes what it works with.

    Parameters
    ----------
    present : goes on to the next item afterwards.
    """

    def __init__(self, present: Present) -> None:
        self._present = present

    def by_truth(self, session: LabelSession) -> None:
        """Label all that is open as the data says."""
        before = len(session.ledger.machine)
        if self._present.save(session.label_by_truth):
            self._done(session, before)

    def sure_enough(self, how: str) -> float | None:
        """The confidence that a person wrote; None, and they are told, when it is none."""
        try:
            above = float(how)
        except ValueError:
            above = 0.0
        if 0.5 <= above <= 1:
            return above
        self._present.tell(f"{how!r} is neither truth nor a number from 0.5 to 1; nothing was labelled.", problem=True)
        return None

    async def by_model(self, session: LabelSession, above: float) -> bool:
        """Label what the model is so sure of; False when there is no model."""
        before = len(session.ledger.machine)
        if await self._present.machine.label_by_model(above) is None:
            self._present.tell("There is no model yet; label something first.")
            return False
        self._done(session, before)
        return True

    def _done(self, session: LabelSession, before: int) -> None:
        count = len(session.ledger.machine) - before
        self._present.tell(f"{count:,} item{'' if count == 1 else 's'} labelled by machine; x removes them.")
        self._present.advance()

    def remove(self, session: LabelSession) -> None:
        """Take all labels of the machine away."""
        count = len(session.ledger.machine)
        if not count:
            self._present.tell("There are no labels of the machine.")
        elif self._present.save(session.remove_machine_labels):
            self._present.tell(f"{count} machine label{'' if count == 1 else 's'} removed.")
            self._present.advance()

    def choice(self, words: str) -> tuple[str, str, int] | None:
        """The strategy, learner and batch that a person wrote; None, and they are told, when it is not that."""
        parts = words.split()
        if len(parts) == 3 and parts[2].isdecimal() and len(parts[2]) <= 9:
            return parts[0], parts[1], int(parts[2])
        self._present.tell("Write strategy, learner and batch, with blanks between them; nothing was changed.", problem=True)
        return None

    async def change(self, session: LabelSession, strategy: str, learner: str, batch: int) -> bool:
        """Go on with these."""
        await self._present.machine.change(strategy, learner, batch)
        now = session.ledger
        self._present.tell(f"Now {now.strategy} with {now.learner}, {now.batch} at a time.")
        self._present.advance()
        return True
