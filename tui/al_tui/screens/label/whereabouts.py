"""Where one is in a labelling session: at the present item, back in the history, or in a review."""

from __future__ import annotations

from itertools import islice

from textual.screen import Screen
from textual.timer import Timer

from al_core.labelling.session import LabelSession, Offer
from al_tui.background.labelling import Labeller
from al_tui.screens.label.review import Review
from al_tui.widgets.host import Host


class Whereabouts(Screen[None]):
    """What the label screen knows of where one is, and what its drawing is made from."""

    AUTO_FOCUS = None
    app: Host

    def __init__(self, labeller: Labeller) -> None:
        super().__init__()
        self.labeller = labeller
        self.peek = False
        self.explaining = False
        self.back = 0
        """How many answers back in the history one is; 0 at the present item."""
        self.review: Review | None = None
        self.not_saved: str | None = None
        self.agreed: dict[str, tuple[bool, int]] = {}
        """Item → whether the model thought the same, and what it thought; of this sitting."""
        self.last: str | None = None
        """The item answered last: it stays on the screen while the next one is chosen."""
        self._look: str | None = None
        self._waiting: Timer | None = None

    # What is on the screen

    @property
    def session(self) -> LabelSession | None:
        """The session, once it is open."""
        return self.labeller.session

    @property
    def offer(self) -> Offer | None:
        """The item on the screen, as far as it waits for an answer or was gone back to."""
        session = self.session
        if session is None:
            return None
        if self._look is not None:
            return Offer(self._look, session.items.row_of[self._look], "jump", None, (), None)
        return session.offer

    @property
    def waiting(self) -> bool:
        """True while the next item is being chosen."""
        return self._waiting is not None

    def answered(self, first: int, count: int) -> list[str]:
        """Items with an answer, the newest first, from number ``first`` (1 is the newest) on.

        Sessions that were merged may hold answers to items that are not to be labelled here; these are left out.
        """
        session = self.session
        if session is None:
            return []
        here = (item for item in reversed(session.ledger.answers) if item in session.items.row_of)
        return list(islice(here, first - 1, first - 1 + count))
