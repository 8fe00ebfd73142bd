"""The item that is there: when the next one comes, whether what is done to it is on disk, and how long it was looked at."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from al_core.data.how_far import HowFar
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.items import Items
from al_core.labelling.messages import Suspect
from al_core.labelling.progress import measured_otherwise, not_here
from al_core.labelling.session import LabelSession, Offer
from al_core.labelling.view import LabelView, Where
from al_core.sessions.events import Seen
from al_core.sessions.hold import NotSaved, OutOfPlace
from al_tui.commands.class_keys import Bound, ClassKeys, keys_of
from al_tui.screens.telling import Telling

Work = Callable[[], Awaitable[bool]]
"""What takes a worker's time; whether there is anything new to be seen then."""


class Machine(Protocol):
    """What keeps a model learning, as far as a person's keys have to do with it."""

    @property
    def session(self) -> LabelSession | None:
        """The session, once it is open."""
        ...

    @property
    def bound(self) -> Bound:
        """Letters that a project gives to classes."""
        ...

    @property
    def ready(self) -> bool:
        """True when a model that is wanted may come soon."""
        ...

    @property
    def problem(self) -> str | None:
        """What is wrong with the worker, if anything is."""
        ...

    @property
    def reading(self) -> HowFar | None:
        """How far the data is read; None before and after."""
        ...

    def has_look(self, row: int) -> bool:
        """Whether the item of a row can be drawn now."""
        ...

    def wake(self) -> None:
        """Something was answered or changed: learn it."""
        ...

    async def explain(self, offer: Offer) -> bool:
        """Ask what the model thinks of an item; False when there is no model to ask."""
        ...

    async def alike(self, row: int) -> tuple[str, ...]:
        """Items without an answer that look nearly as that of a row does, and can be drawn."""
        ...

    async def suspects(self) -> tuple[Suspect, ...]:
        """Labels that look wrong to a model that did not know them, the worst first."""
        ...

    async def label_by_model(self, above: float) -> int | None:
        """Label what the model is so sure of; how many, or None without a model."""
        ...

    async def change(self, strategy: str, learner: str, batch: int) -> None:
        """Go on with another strategy, learner or batch; raises `UserError` for a name that there is not."""
        ...


class Present(Telling):
    """Goes on from item to item, and saves.

    Parameters
    ----------
    machine : the session, and what keeps its model learning.
    clock : seconds, for how long an item was on the screen.
    """

    def __init__(self, machine: Machine, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.machine = machine
        self.where = Where()
        self.not_saved: str | None = None
        """Why the latest answer is not on disk; None when it is."""
        self._clock = clock
        self._waits = 0
        self._on_screen: tuple[str, float] | None = None
        self._opinion_seen = False
        self._told_of: Items | None = None

    @property
    def session(self) -> LabelSession | None:
        """The session, once it is open."""
        return self.machine.session

    def keys(self, session: LabelSession) -> ClassKeys:
        """The keys of the classes."""
        return keys_of(session.ledger.scheme, self.machine.bound)

    # Saving

    def writable(self) -> LabelSession | None:
        """The session if something may be written to it; otherwise the person is told why not."""
        if self.session is None:
            self.tell("The engine is still starting; nothing was done.")
        elif self.session.file.read_only:
            self.tell("This session is open for reading only.")
        else:
            return self.session
        return None

    def save(self, change: Callable[[], object]) -> bool:
        """Do what is to be on disk; False, and the person is told, when it is not."""
        try:
            change()
        except NotSaved as error:
            again = "" if isinstance(error, OutOfPlace) else "; the same key tries again"
            self.failed(error, again)
            return False
        except UserError as error:
            self.failed(error)
            return False
        self.not_saved = None
        return True

    def failed(self, error: Exception, more: str = "") -> None:
        """Tell why something was not done; that something is not on disk stays on the screen."""
        if isinstance(error, NotSaved):
            self.not_saved = safe_text(str(error))
        self.tell(f"{error}{more}", problem=True)

    # Going on

    def advance(self) -> None:
        """Go on to the next item: at once, or when a model that knows the last answer has chosen it."""
        session = self.session
        assert session is not None
        self.machine.wake()
        self.where = self.where._replace(back=0, left=None)
        if session.offer is not None:
            self._wait(False)
        elif self._worth_waiting(session):
            self._wait(True)
        else:
            self.next()

    def changed(self) -> None:
        """The model has learnt, or could not: take the next item if none is there."""
        session = self.session
        if session is not None and session.items is not self._told_of:
            self._told_of = session.items
            ledger, items = session.ledger, session.items
            changes = (not_here(ledger, items), items.since, measured_otherwise(ledger, items))
            if news := [*filter(None, (*changes, items.made, items.aside, items.drawn))]:
                self.tell(f"{'; '.join(news)}.")
        if session is None:
            return
        if session.offer is not None:  # it came with the model's reply
            self._wait(False)
        elif not (self.where.waiting and self._worth_waiting(session)):
            self.next()

    def next(self) -> None:
        """Take the next item, whatever the model knows."""
        session = self.session
        assert session is not None
        self._wait(False)
        if not session.file.read_only:
            self.save(session.next)

    def item(self, session: LabelSession) -> Offer | None:
        """The item that a key is about. Keys typed ahead of the screen are about the items that come next, in order."""
        if self.where.just_came:
            self.tell("This item has just come; nothing was labelled.")
            return None
        if session.offer is None:
            typed_ahead = self.where.waiting
            self.next()
            if not typed_ahead or session.offer is None:
                if self.not_saved is None:
                    self.tell("Everything is answered." if session.offer is None else "Here is the next item.")
                return None
        return session.offer

    def _worth_waiting(self, session: LabelSession) -> bool:
        return session.stale and self.machine.ready

    def _wait(self, wait: bool) -> None:
        self._waits += wait
        self.where = self.where._replace(waiting=self._waits if wait else 0)

    # Looking

    def drawn(self, view: LabelView) -> None:
        """The screen shows this now."""
        if view.asked is None:
            self._on_screen = None
            return
        item = view.asked.offer.item
        if self._on_screen is None or self._on_screen[0] != item:
            self._on_screen = (item, self._clock())
            self._opinion_seen = False
        self._opinion_seen = self._opinion_seen or view.opinion_shown

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; nobody saw the item meanwhile."""
        if self._on_screen is not None:
            item, since = self._on_screen
            self._on_screen = (item, since + seconds)

    def seen(self, offer: Offer) -> Seen:
        """How an item was seen until now."""
        if self._on_screen is None or self._on_screen[0] != offer.item:
            return Seen(offer.model_age, False, None)
        return Seen(offer.model_age, self._opinion_seen, self._clock() - self._on_screen[1])
