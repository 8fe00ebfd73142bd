"""Looking back on the labelling screen: the history, items of a batch, and the review of labels that look wrong."""

from __future__ import annotations

from al_core.labelling.session import LabelSession
from al_tui.screens.label.going_on import LabelDesk
from al_tui.screens.label.review import Review, disagreements, suspected
from al_tui.widgets.answered import Answered
from al_tui.widgets.batch import Batch


class LookingBack(LabelDesk):
    """Keys that bring an item back, or many, one after the other."""

    def action_history(self, key: str) -> None:
        self._end_review()
        if self.session is None:
            return
        self.go_back(self.back + (1 if key in ("left", "left_square_bracket") else -1))

    def go_back(self, back: int) -> None:
        """Show the item answered ``back`` answers ago; 0 for the present one."""
        session = self.session
        assert session is not None
        if back > 0 and not self.answered(back, 1):
            self.app.tell("That was the first answer." if self.answered(1, 1) else "Nothing is answered yet.")
            return
        if back <= 0 and self.back == 0:
            return
        if session.file.read_only:
            self.back = max(0, back)
            self._look = self.answered(self.back, 1)[0] if self.back else None
            self._paint()
            return
        if self.back == 0:
            self._next()
            self._left = None if session.offer is None else (session.offer.item, session.offer.how)
        if back <= 0:
            self._return(session)
        elif self._save(lambda: session.jump(self.answered(back, 1)[0])):
            self.back = back
        self._paint()

    def _return(self, session: LabelSession) -> None:
        """Go back to the item that was on the screen before one looked elsewhere."""
        self.back = 0
        left, self._left = self._left, None
        if left is not None:
            self._save(lambda: session.jump(*left))

    def on_answered_chosen(self, message: Answered.Chosen) -> None:
        self._end_review()
        self.go_back(message.back)

    def on_batch_chosen(self, message: Batch.Chosen) -> None:
        session = self._open()
        if session is not None and session.reply is not None and message.position < len(session.reply.picks):
            self._end_review()
            item = session.items.ids[session.reply.picks[message.position].row]
            self.back, self._left = 0, None
            self._save(lambda: session.jump(item))
            self._paint()

    # Reviewing

    def action_review(self) -> None:
        session = self._open()
        if session is None:
            return
        if self.review is not None:
            self._end_review()
            self._paint()
            return

        at_first = (session.ledger.revision, self.back)

        async def start() -> None:
            entries = disagreements(session) + suspected(session, await self.labeller.suspects())
            if not entries:
                self.app.tell("No label of yours looks wrong to the model.")
                return
            if (
                session.ledger.revision,
                self.back,
            ) != at_first:  # the person has gone on, and the next key is about what is on the screen
                self.app.tell(f"{len(entries)} to look at again; press v when you are ready.")
                return
            if self.back == 0:
                self._next()
                self._left = None if session.offer is None else (session.offer.item, session.offer.how)
            self.back = 0
            self.review = Review(entries)
            self._just_came = True
            self._review_show(session)
            self.call_after_refresh(self._is_drawn)

        self._in_worker(start, "review")

    def _is_drawn(self) -> None:
        self._just_came = False

    def _review_show(self, session: LabelSession) -> None:
        assert self.review is not None
        item = self.review.entry.item
        self._save(lambda: session.jump(item, "review"))
        self._paint()

    def _review_next(self, session: LabelSession) -> None:
        assert self.review is not None
        self.review = self.review.next()
        if self.review is not None:
            self._review_show(session)
        else:
            self.app.tell("That was the last of them.")
            self._return(session)
            self._advance() if session.offer is None else self._paint()

    def _end_review(self) -> None:
        if self.review is not None and self.session is not None:
            self.review = None
            self._return(self.session)

    def action_keep(self) -> None:
        session = self.session
        if session is not None and self.review is not None:
            self._review_next(session)

    def action_leave(self) -> None:
        if self.review is not None:
            self._end_review()
        elif self.back:
            self.go_back(0)
        self._paint()
