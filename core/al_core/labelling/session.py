"""One person labelling one data set: what is on the screen, what the keys do, what comes next. No terminal, no numerics.

The screen holds a `LabelSession`, calls a method for every key, and draws what it reads. Every method that changes something
returns after the change is on disk. The model's work is described by `LabelSession.request` and comes back through `accept`;
whatever becomes of it, there is always a next item.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from al_core.data.facts import UNKNOWN
from al_core.data.identity import hashes_in
from al_core.data.origin import short_name
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.audit import Estimate
from al_core.labelling.claims import Claims
from al_core.labelling.classes import HasClasses
from al_core.labelling.doubts import Doubts
from al_core.labelling.items import Items
from al_core.labelling.messages import Explained, ModelReply, ModelRequest
from al_core.labelling.nonsense import nonsense
from al_core.labelling.offers import Offers, refuse_others
from al_core.labelling.progress import Progress, hints, progress
from al_core.labelling.share import of_share
from al_core.measures.stopping import Hint
from al_core.run.state import Pick
from al_core.sessions.actions import (
    LONGEST_NOTE,
    Action,
    Changed,
    Flagged,
    Labelled,
    LabelledAlike,
    MachineLabelled,
    MachineRemoved,
    Redone,
    Relabelled,
    RoundFinished,
    Settings,
    Shown,
    Skipped,
    Source,
    Status,
    Undone,
)
from al_core.sessions.entries import Step
from al_core.sessions.events import UNSEEN, Clock, Seen, utc_now
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile
from al_core.task.spec import check_batch


@dataclass(frozen=True, slots=True)
class Offer:
    """The item on the screen.

    Parameters
    ----------
    item, row : content hash, and the row that stands for it.
    how : why it is there.
    pick : what the model that chose it thinks of it; None when no model has seen it yet.
    neighbours : its nearest labelled rows, as far as they are known.
    model_age : answers that this model did not know; None without a model.
    """

    item: str
    row: int
    how: Source
    pick: Pick | None
    neighbours: tuple[int, ...]
    model_age: int | None


def _asked(items: Items, ledger: Ledger) -> Items:
    """The items of which a session asks what is no item to measure by, and of the person's part; or what is to be decided."""
    items = items.without(hashes_in(ledger.settings.tested))
    return items.only(ledger.disputed) if ledger.settings.adjudicates else of_share(items, ledger.settings)


class LabelSession(HasClasses):
    """A session file together with the items it is about. Used by one thread; nothing here waits for a model.

    Parameters
    ----------
    file : the open session file.
    items : the items, as `al_core.labelling.opening.open_items` gives them.
    annotator : who answers from here on.
    """

    def __init__(self, file: SessionFile, items: Items, annotator: str) -> None:
        refuse_others(file, items)
        super().__init__(file, _asked(items, file.ledger), annotator)
        self.claims, self.doubts = Claims(), Doubts(file.ledger, self.items)

    @classmethod
    def create(cls, path: Path, settings: Settings, items: Items, annotator: str, *, clock: Clock = utc_now) -> Self:
        """Make a session file and begin; see `SessionFile.create` for what may go wrong."""
        return cls(SessionFile.create(path, settings, annotator, clock=clock), items, annotator)

    @classmethod
    def resume(
        cls,
        path: Path,
        items: Items,
        annotator: str,
        *,
        read_only: bool = False,
        take_over: bool = False,
        clock: Clock = utc_now,
    ) -> Self:
        """Open a session file and go on at the very item; see `SessionFile.open` for what may go wrong."""
        file = SessionFile.open(path, read_only=read_only, take_over=take_over, clock=clock)
        try:
            return cls(file, items, annotator)
        except BaseException:
            file.close()
            raise

    def close(self) -> None:
        """Give the file back; everything is on disk already."""
        self.file.close()

    def widen(self, items: Items) -> None:
        """Go on over more items, of which those until now are a part; raises `UserError` if these are others."""
        refuse_others(self.file, items)
        self.items = _asked(items.begun_as(self.items), self.ledger)
        self._offers, self.claims = Offers(self.file, self.items), Claims()
        self.doubts = Doubts(self.ledger, self.items)

    # What is on the screen

    @property
    def offer(self) -> Offer | None:
        """The item on the screen; None when none is."""
        item = self.ledger.current
        row = None if item is None else self.items.row_of.get(item)
        if item is None or row is None or self.ledger.how is None:
            return None
        return Offer(item, row, self.ledger.how, *self._offers.opinion(row), self.model_age)

    @property
    def reply(self) -> ModelReply | None:
        """What the latest model said; None before the first."""
        return self._offers.reply

    @property
    def estimate(self) -> Estimate | None:
        """What items that were drawn to measure with say of the latest model; None before there is anything to say."""
        return self._offers.estimate

    @property
    def model_age(self) -> int | None:
        """Answers that the latest model does not know; None without a model."""
        return self._offers.model_age

    @property
    def stale(self) -> bool:
        """True when the next item is neither of the start nor of an open batch, and a newer model could choose a better one:
        a screen may wait a moment for `accept` before it calls `next`, and need not.
        """
        return self._offers.wants_model() and self._offers.lesson()[1] != "start"

    def next(self) -> Offer | None:
        """Put the next item on the screen unless one is there; None when everything is answered, or one may only read."""
        if self.offer is None and not self.file.read_only:
            item, how = self._offers.next()
            if item is None:
                return None
            self._append(self._show(item, how))
        return self.offer

    def upcoming(self, count: int) -> tuple[int, ...]:
        """Rows of the items that come next if nothing changes."""
        return self._offers.upcoming(count)

    def jump(self, item: str, how: Source = "jump") -> Offer:
        """Put any item of the data set on the screen, answered or not."""
        self.items.row(item)
        self._append(self._show(item, how))
        offer = self.offer
        assert offer is not None
        return offer

    # What the person does

    def label(self, item: str, label: int, seen: Seen = UNSEEN, others: tuple[str, ...] = ()) -> bool | None:
        """Label the item that was on the screen when the key arrived; an item that has a label gets this one instead.

        ``others`` without an answer get the same label, and all lose it at once when it is taken back.

        Returns
        -------
        Whether the model would have said the same; None when no model has seen the item.
        """
        row = self.items.row(item)
        new: Action = Labelled(item, label) if self.ledger.person_label(item) is None else Relabelled(item, label)
        new = LabelledAlike(item, label, others) if others else new
        self._append(new, seen=seen)
        pick, _ = self._offers.opinion(row)
        return None if pick is None else pick.guess == label

    def skip(self, item: str, seen: Seen = UNSEEN, status: Status = "skip") -> None:
        """Give an answer that is no label; a label the item had is withdrawn. What is put off comes again at the end."""
        self.items.row(item)
        self._append(Skipped(item, status), seen=seen)

    def flag(self, item: str, note: str | None, seen: Seen = UNSEEN) -> None:
        """Mark an item with a note, or take the mark away with None."""
        self.items.row(item)
        self._append(Flagged(item, None if note is None else safe_text(note, LONGEST_NOTE)), seen=seen)

    def undo(self) -> Step | None:
        """Take back the latest answer, flag or machine labelling, and show its item again; None when there is nothing left."""
        if not self.ledger.done:
            return None
        step = self.ledger.done[-1]
        self._offers.reopened()
        again = () if step.item is None or step.item not in self.items.row_of else (Shown(step.item, "jump"),)
        self._append(Undone(step.item, step.sequence), *again)
        return step

    def redo(self) -> Step | None:
        """Do again what was undone last; None when there is nothing, as after every new answer."""
        if not self.ledger.undone:
            return None
        step = self.ledger.undone[-1]
        self._append(Redone(step.item, step.sequence))
        return step

    def label_by_truth(self, rows: Iterable[int] | None = None) -> int:
        """Give ground truth as machine labels to ``rows``, or to all, that have no answer; how many they were."""
        truth = self.items.truth
        if truth is None:
            raise UserError(f"{safe_text(short_name(self.items.dataset), 60)} has no ground truth to label by")
        known = [(row, truth[row]) for row in (self.items.pool if rows is None else rows) if truth[row] != UNKNOWN]
        said = [(row, self.ledger.scheme.now(label)) for row, label in known]
        return self._machine("truth", None, [(row, label) for row, label in said if label is not None])

    def label_by_model(self, confident: Sequence[tuple[int, int, float]], above: float) -> int:
        """Give what `confident_labels` returned as machine labels to items that have no answer; how many they were."""
        return self._machine("model", above, [(row, label) for row, label, p in confident if p >= above])

    def remove_machine_labels(self) -> int:
        """Remove all labels that no person gave; how many they were."""
        count = len(self.ledger.machine)
        if count:
            self._offers.reopened()
            self._append(MachineRemoved())
        return count

    def change(self, *, strategy: str | None = None, learner: str | None = None, batch: int | None = None) -> None:
        """Go on with another strategy, learner or batch size; names are checked by `check_choice` in the worker."""
        old = Changed(self.ledger.strategy, self.ledger.learner, self.ledger.batch)
        new = Changed(strategy or old.strategy, learner or old.learner, old.batch if batch is None else batch)
        check_batch(new.batch)
        if new != old:
            self._append(new)
            self._offers.drop_batch()

    # What the model does

    def describe(self) -> ModelRequest | None:
        """What a model should learn now; None while nothing is labelled."""
        return self._offers.describe()

    def request(self) -> ModelRequest | None:
        """As `describe`, but None when the latest model knows everything, its batch is still open, or one may only read."""
        return self.describe() if self._offers.wants_model() else None

    def accept(self, request: ModelRequest, reply: ModelReply) -> str | None:
        """Take in what came back for ``request``, and log the round.

        Where no item is on the screen and the model knows every answer, the next one is shown, in the same commit.

        Returns
        -------
        None, or the reason why it was refused; then the last good order stays.
        """
        if reason := nonsense(request, reply, self.ledger, self.items):
            return reason
        shown, new = self.offer, not self._offers.knows_all_of(request)
        with self._offers.taking_in(request, reply, None if shown is None else shown.row) as wanted:
            numbers = (reply.revision, reply.labels, reply.accuracy, reply.expected_error, reply.kappa)
            measured = (0, 0) if (found := self.estimate) is None else (found.asked, found.right)
            behind = shown is not None or reply.revision < self.ledger.revision
            item, how = (None, "strategy") if behind else self._offers.next()
            told: tuple[Action, ...] = (RoundFinished(*numbers, wanted, *measured),) if new else ()
            if actions := (*told, *(() if item is None else (self._show(item, how),))):
                self._append(*actions)
        if new:
            self.claims.made(request, reply)
            self.doubts.made(request)
        return None

    def is_about(self, request: ModelRequest) -> bool:
        """Whether rows and classes mean what they did when a model was asked: there may be more items, or other classes."""
        return request.origin == self.items.origin and self._offers.same_classes(request)

    def explained(self, answer: Explained) -> None:
        """Take in what `explain_item` said about an item that the latest model was not asked about; nonsense is left out."""
        self._offers.explained(answer)

    # What there is to say

    def hints(self) -> tuple[Hint, ...]:
        """Reasons to stop, if there are any."""
        return hints(self.ledger, len(self.items.start), self.claims.believed)

    def progress(self) -> Progress:
        """Counts, and the pace of the last answers without the long pauses."""
        return progress(self.ledger, len(self.items.pool))

    # Within

    def _machine(self, by: str, above: float | None, wanted: Iterable[tuple[int, int]]) -> int:
        ledger, ids = self.ledger, self.items.ids
        new = {ids[row]: label for row, label in wanted}
        taken = ledger.answers.keys() | ledger.machine.keys() | ledger.choices.audited.keys()
        labels = tuple((item, label) for item, label in new.items() if item not in taken)
        if labels:
            self._append(MachineLabelled("truth" if by == "truth" else "model", above, labels))
        return len(labels)

    def _show(self, item: str, how: Source) -> Shown:
        return Shown(item, how, self._offers.choice(item, how))
