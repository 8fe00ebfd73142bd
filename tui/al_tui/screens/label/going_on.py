"""What the labelling screen is made of: what it shows, when it goes on to the next item, how it saves and asks the worker."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.session import LabelSession, Offer
from al_core.sessions.actions import Source
from al_core.sessions.events import Seen
from al_core.sessions.hold import NotSaved, OutOfPlace
from al_tui.background.labelling import Labeller
from al_tui.commands.command import Command
from al_tui.screens.label.drawing import LabelView
from al_tui.screens.label.whereabouts import Whereabouts
from al_tui.screens.leaving import leaving
from al_tui.screens.shielded import shielded
from al_tui.screens.slices import Slices
from al_tui.widgets.answered import Answered
from al_tui.widgets.batch import Batch
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.learning import Learning
from al_tui.widgets.line import Line
from al_tui.widgets.question import Question
from al_tui.widgets.why import Why

WAIT_SECONDS = 0.4
"""How long the next item may wait for a model that knows the last answer; a key never waits."""


class LabelDesk(Whereabouts):
    """The screen without its keys. The item on it changes only by the person's keys, or when none is there."""

    def __init__(self, labeller: Labeller) -> None:
        super().__init__(labeller)
        self._left: tuple[str, Source] | None = None
        self._slices = Slices(self, lambda: self.is_mounted and self.app.screen is self)
        self._on_screen: tuple[str, float] | None = None
        self._opinion_seen = False
        self._just_came = False
        """True while an item that came unasked is not drawn yet: no key can be about it."""
        labeller.changed = shielded(self, self._changed)

    def compose(self) -> ComposeResult:
        yield HeaderLine()
        with Horizontal(id="desk"):
            yield Question()
            with Vertical(id="side"):
                yield Learning()
                yield Why()
                yield Batch()
        yield Answered()
        yield Line()
        yield KeyBar(self._shown_commands)

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._paint())
        self._paint()

    def on_screen_resume(self) -> None:
        self._paint()

    def on_resize(self) -> None:
        self.call_after_refresh(self._paint)

    @property
    def painting(self) -> bool:
        """True while a part of the screen is still to be brought up to date."""
        return self._slices.pending

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; nobody saw the item meanwhile."""
        if self._on_screen is not None:
            item, since = self._on_screen
            self._on_screen = (item, since + seconds)

    def _paint(self) -> None:
        """Show what there is: the item at once, and everything around it a little later, in slices."""
        if not self.is_mounted or self.app.screen is not self or leaving(self):
            return
        view = LabelView(self)
        shown = view.draw_item()
        if shown is None:
            self._on_screen = None
        else:
            item, opinion = shown
            if self._on_screen is None or self._on_screen[0] != item:
                self._on_screen = (item, time.monotonic())
                self._opinion_seen = False
            self._opinion_seen = self._opinion_seen or opinion
        self._ask_opinion()
        if not self.waiting:  # then the next item comes soon, and nothing may stand in its way
            self._slices.restart(view.surroundings())

    def _ask_opinion(self) -> None:
        """Ask the worker what the model thinks of an item that it did not bring up itself, when that is wanted."""
        offer, session = self.offer, self.session
        if offer is None or session is None or session.file.read_only or offer.pick is not None:
            return
        answered = offer.item in session.ledger.answers
        if (self.peek or self.explaining or answered) and session.ledger.labelled:

            async def ask() -> None:
                if await self.labeller.explain(offer):
                    self._paint_if_known(offer.item)

            self._in_worker(ask, "opinion")

    def _paint_if_known(self, item: str) -> None:
        offer = self.offer
        if offer is not None and offer.item == item and offer.pick is not None:
            self._paint()

    # Going on

    def _changed(self) -> None:
        """The model has learnt, or could not: show the next item if none is there, and say what changed."""
        session = self.session
        if session is not None and session.offer is None and (self._waiting is None or not self._worth_waiting(session)):
            self._next()
        self._paint()

    def paint_again(self) -> None:
        """Paint what there is now, whatever was painted before."""
        self._changed()

    def _worth_waiting(self, session: LabelSession) -> bool:
        return session.stale and self.labeller.trainer is not None and self.labeller.problem is None

    def _advance(self) -> None:
        """Go on to the next item: at once, or when a model that knows the last answer has chosen it."""
        session = self.session
        assert session is not None
        self.labeller.wake()
        self.back, self._left = 0, None
        if session.offer is None:
            if self._worth_waiting(session):
                self._stop_waiting()
                self._waiting = self.set_timer(WAIT_SECONDS, self._waited)
            else:
                self._next()
        else:
            self._stop_waiting()
        self._paint()

    def _waited(self) -> None:
        self._next()
        self._paint()

    def _next(self) -> None:
        session = self.session
        assert session is not None
        self._stop_waiting()
        if not session.file.read_only:
            self._save(session.next)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None

    # Saving, and asking the worker

    def _save(self, change: Callable[[], object]) -> bool:
        """Do what is to be on disk; False, and the person is told, when it is not."""
        try:
            change()
        except NotSaved as error:
            self.not_saved = safe_text(str(error))
            again = "" if isinstance(error, OutOfPlace) else "; the same key tries again"
            self.app.tell(f"{error}{again}", problem=True)
            return False
        except UserError as error:
            self.app.tell(str(error), problem=True)
            return False
        self.not_saved = None
        return True

    def _in_worker(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        async def run() -> None:
            try:
                await work()
            except NotSaved as error:
                self.not_saved = safe_text(str(error))
                self.app.tell(str(error), problem=True)
            except UserError as error:
                self.app.tell(str(error), problem=True)
            except Exception as error:  # a worker may raise anything; labelling goes on
                self.app.tell(f"The worker could not do it: {error}", problem=True)

        self.run_worker(run(), group=group, exclusive=True)

    def _open(self) -> LabelSession | None:
        """The session if something may be written to it; otherwise the person is told why not."""
        if self.session is None:
            self.app.tell("The engine is still starting; nothing was done.")
        elif self.session.file.read_only:
            self.app.tell("This session is open for reading only.")
        else:
            return self.session
        return None

    def _present(self, session: LabelSession) -> Offer | None:
        """The item that a key is about. Keys typed ahead of the screen are about the items that come next, in order."""
        if self._just_came:
            self.app.tell("This item has just come; nothing was labelled.")
            return None
        if session.offer is None:
            typed_ahead = self._waiting is not None
            self._next()
            if not typed_ahead or session.offer is None:
                if self.not_saved is None:
                    self.app.tell("Everything is answered." if session.offer is None else "Here is the next item.")
                self._paint()
                return None
        return session.offer

    def _seen(self, offer: Offer) -> Seen:
        on_screen = self._on_screen is not None and self._on_screen[0] == offer.item
        seconds = time.monotonic() - self._on_screen[1] if on_screen and self._on_screen is not None else None
        return Seen(offer.model_age, on_screen and self._opinion_seen, seconds)

    def _shown_commands(self) -> list[Command]:
        """What the bottom line says can be pressed."""
        raise NotImplementedError
