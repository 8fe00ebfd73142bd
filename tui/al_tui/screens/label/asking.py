"""What a worker is asked because an item is on the screen: what the model thinks of it, and what looks nearly the same."""

from __future__ import annotations

from al_core.labelling.session import LabelSession
from al_core.labelling.view import LabelView, alike_here
from al_tui.screens.label.looking_back import LookingBack
from al_tui.screens.label.present import Present, Work


class Asking:
    """Finds out what there is to ask about an item.

    Parameters
    ----------
    present : where one is.
    back : the item that is there.
    """

    def __init__(self, present: Present, back: LookingBack) -> None:
        self._present = present
        self._back = back

    def opinion(self, shown: LabelView) -> Work | None:
        """Ask what the model thinks of an item that it did not bring up itself, when that is wanted."""
        machine, session, asked = self._present.machine, self._present.session, shown.asked
        if session is None or asked is None or session.file.read_only or asked.offer.pick is not None:
            return None
        wanted = shown.where.peek or shown.where.explaining or asked.answered
        if not (wanted and session.ledger.labelled):
            return None

        async def ask() -> bool:
            known = await machine.explain(asked.offer)
            there = self._back.offer
            return known and there is not None and there.item == asked.offer.item and there.pick is not None

        return ask

    def alike(self, shown: LabelView) -> Work | None:
        """Ask which items look nearly as the one that waits for its answer does, once for each."""
        present, session, asked = self._present, self._present.session, shown.asked
        if session is None or asked is None or session.file.read_only or asked.answered or shown.where.review is not None:
            return None
        item, row = asked.offer.item, asked.offer.row
        if item == present.where.alike_to or item in session.ledger.choices.audited:
            return None
        present.where = present.where._replace(alike_to=item, alike=(), together=False)

        async def ask() -> bool:
            try:
                found = await present.machine.alike(row)
            except Exception:  # it is an offer: what is wrong with the worker is told where it is needed
                return False
            if present.where.alike_to != item:
                return False
            present.where = present.where._replace(alike=found)
            return bool(self.there(session))

        return ask

    def there(self, session: LabelSession) -> tuple[str, ...]:
        """The items that would be labelled with the one that is there."""
        return alike_here(session, self._present.where)

    def together(self) -> bool:
        """Have the next label be for all that look alike, or for the one again; False, and they are told, where none do."""
        if (session := self._present.writable()) is None:
            return False
        if not self.there(session):
            self._present.tell("Nothing that is open looks nearly the same as this item.")
            return False
        where = self._present.where
        self._present.where = where._replace(together=not where.together)
        return True

    def alone(self) -> bool:
        """Have the next label be for one item; whether it was for more."""
        where = self._present.where
        self._present.where = where._replace(together=False)
        return where.together
