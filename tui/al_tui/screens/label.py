"""The labelling screen: one item, one key, one label on disk, and the next item by a model that knows it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer

from al_core.errors import UserError
from al_core.sessions.actions import Source
from al_core.sessions.events import Seen
from al_core.sessions.labelling import LabelSession, Offer
from al_core.sessions.store import NotSaved
from al_core.text import safe_text
from al_tui.commands import COMMON, LABEL, LABEL_INTRODUCTION, Command, bindings
from al_tui.labeller import Labeller
from al_tui.screens.ask import Ask
from al_tui.screens.label_view import LabelView
from al_tui.screens.review import Review, disagreements, suspected
from al_tui.widgets.answered import Answered
from al_tui.widgets.batch import Batch
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.learning import Learning
from al_tui.widgets.line import Line
from al_tui.widgets.question import Question
from al_tui.widgets.why import Why

if TYPE_CHECKING:
    from al_tui.label_app import LabelApp

WAIT_SECONDS = 0.4
"""How long the next item may wait for a model that knows the last answer; a key never waits."""

REVIEWED = frozenset({"label", "keep", "skip", "peek", "explain", "leave"})
"""Actions that belong to a review; any other ends it."""


class LabelScreen(Screen[None]):
    """Draws a labelling session. The item on the screen changes only by the person's keys, or when none is there."""

    CSS_PATH = "label.tcss"

    BINDINGS = bindings(LABEL)
    AUTO_FOCUS = None
    commands: Sequence[Command] = LABEL
    introduction = LABEL_INTRODUCTION
    app: LabelApp

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
        self._left: tuple[str, Source] | None = None
        self._look: str | None = None
        self._waiting: Timer | None = None
        self._on_screen: tuple[str, float] | None = None
        self._opinion_seen = False
        labeller.changed = self._changed

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
        """Items with an answer, the newest first, from number ``first`` (1 is the newest) on."""
        session = self.session
        if session is None:
            return []
        return list(islice(reversed(session.ledger.answers), first - 1, first - 1 + count))

    def _paint(self) -> None:
        if not self.is_mounted or self.app.screen is not self:
            return
        shown = LabelView(self).draw()
        if shown is None:
            self._on_screen = None
        else:
            item, opinion = shown
            if self._on_screen is None or self._on_screen[0] != item:
                self._on_screen = (item, time.monotonic())
                self._opinion_seen = False
            self._opinion_seen = self._opinion_seen or opinion
        self._ask_opinion()

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

    def _changed(self) -> None:
        """The model has learnt, or could not: show the next item if none is there, and say what changed."""
        session = self.session
        if session is not None and session.offer is None and (self._waiting is None or not self._worth_waiting(session)):
            self._next()
        self._paint()

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

    def _shown_commands(self) -> list[Command]:
        rows = {command.action: command for command in self.commands}
        wanted = ["label", "skip", "undo", "flag", "history", "peek", "explain", "review", "auto_label", "change", "redo"]
        out = [rows[action] for action in wanted]
        if self.session is not None and self.session.ledger.machine:
            out.insert(3, rows["remove_machine"])
        if self.review is not None:
            leave = [Command(("enter",), "keep", "", "", "Keep"), Command(("escape",), "leave", "", "", "Leave the review")]
            out = [Command(rows["label"].keys, "label", "", "", "Change", "0-9"), *leave, rows["explain"]]
        return [*out, *(command for command in COMMON if command.action in ("help", "quit"))]

    # Saving, and asking the worker

    def _save(self, change: Callable[[], object]) -> bool:
        """Do what is to be on disk; False, and the person is told, when it is not."""
        try:
            change()
        except NotSaved as error:
            self.not_saved = safe_text(str(error))
            self.app.tell(f"{error}; the same key tries again", problem=True)
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

    # What a person does

    def action_label(self, key: str) -> None:
        if (session := self._open()) is None:
            return
        if key not in session.items.classes:
            self.app.tell(f"{key} is no class of this data set.")
            return
        self._answer(session, session.items.classes.index(key))

    def on_question_chosen(self, message: Question.Chosen) -> None:
        if (session := self._open()) is not None:
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

    def action_history(self, key: str) -> None:
        self._end_review()
        if self.session is None:
            return
        self.go_back(self.back + (1 if key in ("left", "left_square_bracket") else -1))

    def go_back(self, back: int) -> None:
        """Show the item answered ``back`` answers ago; 0 for the present one."""
        session = self.session
        assert session is not None
        if back > len(session.ledger.answers):
            self.app.tell("That was the first answer." if session.ledger.answers else "Nothing is answered yet.")
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
            item = session.items.ids[session.reply.picks[message.position].item]
            self.back, self._left = 0, None
            self._save(lambda: session.jump(item))
            self._paint()

    def action_peek(self) -> None:
        self.peek = not self.peek
        self._paint()

    def action_explain(self) -> None:
        self.explaining = not self.explaining
        self.set_class(self.explaining, "explain")
        self._paint()

    def action_auto_label(self) -> None:
        self._end_review()
        session = self._open()
        if session is None:
            return

        def start(answer: str | None) -> None:
            if answer is not None:
                self._auto_label(session, answer.strip().lower())

        words = "Label by machine: type truth, or how sure the model must be (0.5 to 1). x takes all of it away again."
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
            if len(words) != 3 or not words[2].isdecimal():
                self.app.tell("Write strategy, learner and batch, with blanks between them; nothing was changed.", problem=True)
                return

            async def change() -> None:
                await self.labeller.change(words[0], words[1], int(words[2]))
                self.app.tell(f"Now {now.strategy} with {now.learner}, {now.batch} at a time.")
                self._advance()

            self._in_worker(change, "change")

        self.app.push_screen(
            Ask("Strategy, learner and batch from here on.", f"{now.strategy} {now.learner} {now.batch}"), start
        )

    # Reviewing

    def action_review(self) -> None:
        session = self._open()
        if session is None:
            return
        if self.review is not None:
            self._end_review()
            self._paint()
            return

        async def start() -> None:
            entries = disagreements(session) + suspected(session, await self.labeller.suspects())
            if not entries:
                self.app.tell("No label of yours looks wrong to the model.")
                return
            if self.back == 0:
                self._next()
                self._left = None if session.offer is None else (session.offer.item, session.offer.how)
            self.back = 0
            self.review = Review(entries)
            self._review_show(session)

        self._in_worker(start, "review")

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

    def on_key(self, event: events.Key) -> None:
        """A key that means nothing ends a review, too."""
        if self.review is not None and event.key not in _BOUND:
            self._end_review()
            self._paint()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is no answer to anything that was on the screen."""
        self.app.tell("Pasted text labels nothing; press the keys.")


_BOUND = {key for command in (*LABEL, *COMMON) for key in command.keys}
_WORDS = {"label": "a label", "relabel": "a changed label", "skip": "an item put aside", "flag": "a mark"}
