"""Looking back on what was answered: the history, items of a batch, and the review of labels that look wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from al_core.labelling.messages import Suspect
from al_core.labelling.review import Review, ReviewEntry, disagreements, suspected
from al_core.labelling.session import LabelSession, Offer
from al_core.labelling.view import answered, offer
from al_tui.screens.label.present import Present, Work


class LookingBack:
    """Brings an item back, or many, one after the other, and finds the way to the present one.

    Parameters
    ----------
    present : the item that is there otherwise.
    """

    def __init__(self, present: Present) -> None:
        self._present = present

    @property
    def offer(self) -> Offer | None:
        """The item that is there, as far as it waits for an answer or was gone back to."""
        session = self._present.session
        return None if session is None else offer(session, self._present.where)

    # The history

    def go(self, back: int) -> None:
        """Show the item answered ``back`` answers ago; 0 for the present one."""
        present, session = self._present, self._present.session
        if session is None:
            return
        found = answered(session, back, 1) if back > 0 else []
        if back > 0 and not found:
            present.tell("That was the first answer." if answered(session, 1, 1) else "Nothing is answered yet.")
        elif back <= 0 and present.where.back == 0 and present.where.left is None and present.where.looked_at is None:
            return
        elif session.file.read_only:
            present.where = present.where._replace(back=max(0, back), looked_at=found[0] if found else None)
        else:
            if present.where.back == 0 and present.where.left is None:
                self._leave_present(session)
            if not found:
                self.come_back()
            elif present.save(lambda: session.jump(found[0])):
                present.where = present.where._replace(back=back)

    def find(self, item: str) -> None:
        """Show an item that was chosen from a list: one with an answer as in the history, another as found by the
        person. No key typed ahead is about it.
        """
        present, session = self._present, self._present.session
        present.where = present.where._replace(just_came=True)
        if session is None or item not in session.items.row_of:
            present.tell("That item is not here any more.")
        elif item in session.ledger.answers:
            self.go(1 + next(at for at, other in enumerate(answered(session, 1, len(session.ledger.answers))) if other == item))
        elif session.file.read_only:
            present.where = present.where._replace(back=0, looked_at=item)
        else:
            if present.where.back == 0 and present.where.left is None:
                self._leave_present(session)
            if present.save(lambda: session.jump(item, "search")):
                present.where = present.where._replace(back=0)

    def jump(self, session: LabelSession, item: str) -> None:
        """Show an item of the batch."""
        self._present.where = self._present.where._replace(back=0, left=None)
        self._present.save(lambda: session.jump(item))

    def _leave_present(self, session: LabelSession) -> None:
        """Note what is there, so as to come back to it."""
        self._present.next()
        left = None if session.offer is None else (session.offer.item, session.offer.how)
        self._present.where = self._present.where._replace(left=left)

    def come_back(self) -> None:
        """Go back to the item that was on the screen before one looked elsewhere."""
        present, session = self._present, self._present.session
        left = present.where.left
        present.where = present.where._replace(back=0, left=None)
        if left is not None and session is not None:
            present.save(lambda: session.jump(*left))

    # The review

    def review(self, session: LabelSession, suspects: Callable[[], Awaitable[tuple[Suspect, ...]]]) -> Work:
        """What looks for labels that look wrong, and goes through them: unless there are none, or the person went on from
        where one is now while they were looked for.
        """
        at_first = (session.ledger.revision, self._present.where.back)

        async def start() -> bool:
            entries = disagreements(session) + suspected(session, await suspects())
            if not entries:
                self._present.tell("No label of yours looks wrong to the model.")
            elif (session.ledger.revision, self._present.where.back) != at_first:  # the next key is about what is there now
                self._present.tell(f"{len(entries):,} to look at again; press v when you are ready.")
            else:
                self._begin(session, entries)
                return True
            return False

        return start

    def _begin(self, session: LabelSession, entries: tuple[ReviewEntry, ...]) -> None:
        """Go through these items, of which there is at least one."""
        if self._present.where.back == 0:
            self._leave_present(session)
        self._present.where = self._present.where._replace(back=0, just_came=True)
        session.doubts.seen()
        self._show(session, Review(entries))

    def further(self, session: LabelSession) -> None:
        """Go on to the next item of the review, or at its end to the present one."""
        review = self._present.where.review
        if review is not None and (further := review.next()) is not None:
            self._show(session, further)
            return
        self._present.tell("That was the last of them.")
        self.end()
        if session.offer is None:
            self._present.advance()

    def end(self) -> None:
        """Leave the review, if there is one."""
        if self._present.where.review is not None:
            self._present.where = self._present.where._replace(review=None)
            self.come_back()

    def _show(self, session: LabelSession, review: Review) -> None:
        self._present.where = self._present.where._replace(review=review)
        self._present.save(lambda: session.jump(review.entry.item, "review"))
