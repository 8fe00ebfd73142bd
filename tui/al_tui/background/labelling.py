"""A labelling session as the screen sees it: opens it, keeps its model learning, and asks the worker on the person's behalf."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from al_core.data.how_far import HowFar
from al_core.data.origin import AS_SAID, Places, file_stem
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.audit import audit_rate
from al_core.labelling.defaults import BY_DATA, by_data
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelReply, Suspect
from al_core.labelling.model import alike_rows, check_choice, confident_labels, explain_item, find_suspects
from al_core.labelling.opening import open_items, spoken_of
from al_core.labelling.session import LabelSession, Offer
from al_core.labelling.since import since_last_time
from al_core.labelling.trainer import Trainer
from al_core.measures.worth import NOTHING_KNOWN, Price
from al_core.sessions.actions import Settings
from al_core.sessions.directory import in_a_new_file
from al_core.sessions.events import Clock, utc_now
from al_core.sessions.leaving import Left, leave
from al_core.sessions.scheme import Scheme
from al_core.sessions.store import SessionFile
from al_tui.background.intake import Intake
from al_tui.background.label_map import LabelMap
from al_tui.background.looks import Looks
from al_tui.background.patience import Patience
from al_tui.background.seeking import Seeker
from al_tui.background.told import Told
from al_tui.commands.class_keys import Bound, keys_of

WAIT_SECONDS = 0.05
"""How long the next item may wait for a model that knows the last answer; a key never waits."""
AHEAD = 30
"""Items that are fetched before they are asked about."""
MOST_ALIKE = 6
"""Others that are labelled with one: so many stand beside it on the smallest screen, and nobody labels what they do not see."""


@dataclass(frozen=True, slots=True)
class Begin:
    """What is to be labelled.

    Parameters
    ----------
    settings : of the session; data set, fingerprint and classes of a new one are filled in when the data is there.
    annotator : who answers.
    path : the session file to make, when ``file`` is None; None for one among the sessions, under a name that is free then.
    file : a session that is open already, to go on with.
    places : where its data is now, as far as that is not where the session says.
    clock : gives the time of events.
    keys : keys that the person wants for classes.
    says : what belongs in classes, by their names.
    said : which of learner and strategy the person named; the others hang on how many items there are.
    price : what a label costs, as far as somebody has said it.
    """

    settings: Settings
    annotator: str
    path: Path | None
    file: SessionFile | None = None
    places: Places = AS_SAID
    clock: Clock = utc_now
    keys: Bound = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    said: Collection[str] = BY_DATA
    price: Price = NOTHING_KNOWN

    def create(self, settings: Settings, items: Items) -> LabelSession:
        """Make the session."""

        def create(path: Path) -> LabelSession:
            return LabelSession.create(path, settings, items, self.annotator, clock=self.clock)

        if self.path is not None:
            return create(self.path)
        return in_a_new_file(file_stem(settings.dataset), datetime.now(UTC), create)


class Labeller:
    """Opens a session in the background and keeps its model up to date.

    Parameters
    ----------
    begin : what is to be labelled.
    executor : where data is loaded and models learn.
    """

    def __init__(self, begin: Begin, executor: Executor) -> None:
        self.begin = begin
        self.patience = WAIT_SECONDS
        self.session: LabelSession | None = None
        self.looks: Looks | None = None
        self.trainer: Trainer | None = None
        self.trouble: str | None = None
        self.reading: HowFar | None = None
        """How far the data is read; None before and after."""
        self.changed: Callable[[], None] = lambda: None
        self.refused: Callable[[str], None] = lambda reason: None
        self._executor = executor
        self._workers = Patience(executor, self._come)
        self.told = Told(self._workers)
        self.seeker = Seeker(self._workers, lambda: self.session)
        self.map = LabelMap(self._workers, lambda: self.session, self._come)
        self._intake = Intake(self._workers, self._show, self._come)
        self._short = ""
        """Why the session is over a part of its items and stays so."""

    @property
    def bound(self) -> Bound:
        """Letters that a project gives to classes."""
        return self.begin.keys

    @property
    def bundled(self) -> bool:
        """Whether the data comes with the program, and so the true labels."""
        return self.begin.settings.origin(self.begin.places).bundled

    @property
    def file(self) -> SessionFile | None:
        """The session's file: of a session to go on with it is there before its data is."""
        return self.session.file if self.session is not None else self.begin.file

    @property
    def learning(self) -> bool:
        """True while the model is being brought up to date."""
        return self.trainer is not None and self.trainer.learning

    @property
    def ready(self) -> bool:
        """True when a model that is wanted may come while the next item waits for it."""
        return self.trainer is not None and self._in_the_way is None and self.trainer.quickest <= self.patience

    @property
    def problem(self) -> str | None:
        """What is wrong with the worker, if anything is; labelling goes on all the same."""
        return self._in_the_way or self._short or None

    @property
    def _in_the_way(self) -> str | None:
        """What is wrong so that no model may be expected."""
        looks = None if self.looks is None else self.looks.trouble
        learning = None if self.trainer is None else self.trainer.trouble
        said = self.trouble or self._workers.trouble or self._intake.trouble or learning or looks
        return said and said.replace(f"{Path(self.begin.settings.dataset).parent}{os.sep}", "")  # there is one line for it

    async def run(self) -> None:
        """Open data and session, then keep learning until cancelled. What only a person can put right goes to ``refused``."""
        try:
            self.session = session = await self._open()
        except UserError as error:
            self.refused(safe_text(str(error)))
            return
        self.trainer = Trainer(session, self._executor, self._learnt, before=self._fetch_first)
        self.changed()
        rest = asyncio.create_task(self._bring_rest(session), name="rest")
        try:
            await self.trainer.run()
        finally:
            rest.cancel()

    async def _bring_rest(self, session: LabelSession) -> None:
        """Have the rest of the data read, if the session began with a part, and note what there is for the next time."""
        try:
            if (looks := await self._intake.widen(session)) is not None:
                self.looks, self.reading = looks, None
                self.wake()
                self.changed()
        except UserError as error:
            self._short = f"only these items are asked from; the rest cannot be read: {safe_text(str(error), 200)}"
            self.reading = None
            self.changed()
            return
        if self.begin.file is None:
            await _since_last_time(self._workers, session.items, session.file)

    def _come(self) -> None:
        self.changed()

    def _show(self, reading: HowFar) -> None:
        self.reading = reading
        self.changed()

    def wake(self) -> None:
        """Something was answered or changed: learn it."""
        self._look_ahead()
        if self.trainer is not None:
            self.trainer.wake()

    def has_look(self, row: int) -> bool:
        """Whether the item of a row can be drawn now."""
        return self.looks is not None and self.looks.has(row)

    def _learnt(self) -> None:
        self._look_ahead()
        self.changed()

    def _look_ahead(self) -> None:
        """Have the items fetched that come next."""
        if self.session is not None and self.looks is not None and not self.looks.whole:
            self.looks.want(self.session.upcoming(AHEAD))

    async def _fetch_first(self, reply: ModelReply) -> None:
        """Have the batch at hand before it is asked about: an item that cannot be drawn can be no question."""
        if self.looks is not None:
            await self.looks.bring([pick.row for pick in reply.picks])

    def broke_off(self, error: Exception) -> None:
        """A fault of the program's has ended the learning; labels are kept as before."""
        self.trouble = f"the model learns no more ({type(error).__name__}); leave with q and resume"
        self.changed()

    def close(self) -> Left | None:
        """Give the session back, and say where it is; None when there is none. Everything is on disk already."""
        return None if self.file is None else leave(self.file)

    async def explain(self, offer: Offer) -> bool:
        """Ask what the model thinks of an item that it was not asked about; False when there is no model to ask."""
        assert self.session is not None
        request = self.session.describe()
        if request is None:
            return False
        answer = await self._workers.ask(explain_item, request, offer.row)
        if not self.session.is_about(request):
            return False
        self.session.explained(answer)
        return True

    async def alike(self, row: int) -> tuple[str, ...]:
        """Items without an answer that look nearly as that of a row does, the nearest first, and can be drawn."""
        session, looks = self.session, self.looks
        if session is None or looks is None or session.items.origin is None or session.items.origin.bundled:
            return ()
        items, ledger = session.items, session.ledger
        rows = await self._workers.ask(alike_rows, ledger.settings.spec(), items.origin, row)
        if items is not session.items:
            return ()
        closed = {*ledger.answers, *ledger.machine, *ledger.choices.audited}
        found = [items.ids[other] for other in rows if items.row_of.get(items.ids[other]) == other]
        found = [item for item in found if item not in closed][:MOST_ALIKE]
        await looks.bring([items.row_of[item] for item in found])
        return tuple(found)

    async def suspects(self) -> tuple[Suspect, ...]:
        """Labels of the person that a model which did not know them would not have given, the worst first."""
        assert self.session is not None
        request = self.session.describe()
        if request is None:
            return ()
        found = await self._workers.ask(find_suspects, request)
        if not self.session.is_about(request):  # there are more items by now, or other classes: numbers mean others
            return await self.suspects()
        self.session.doubts.checked(request, found)
        ids, ledger = self.session.items.ids, self.session.ledger
        return tuple(one for one in found if one.suggested != one.label and ledger.person_label(ids[one.row]) == one.label)

    async def label_by_model(self, above: float) -> int | None:
        """Label by machine where the model's confidence is at least ``above``; how many, or None without a model."""
        assert self.session is not None
        request = self.session.describe()
        if request is None:
            return None
        confident = await self._workers.ask(confident_labels, request, above)
        if not self.session.is_about(request):
            return await self.label_by_model(above)
        return self.session.label_by_model(confident, above)

    async def change(self, strategy: str, learner: str, batch: int) -> None:
        """Go on with another strategy, learner or batch; raises `UserError` for a name that there is not."""
        assert self.session is not None
        strategy, learner = await self._workers.ask(check_choice, strategy, learner)
        await self.told.learn(strategy)
        self.session.change(strategy=strategy, learner=learner, batch=batch)

    async def _open(self) -> LabelSession:
        begin = self.begin
        origin = begin.settings.origin(begin.places)
        if begin.file is not None:
            origin = replace(origin, keep=spoken_of(begin.file.ledger))
        alone = begin.file is None and origin.test is None and (origin.embeddings, origin.probabilities) == (None, None)
        try:
            origin = await self._intake.begin(origin, part=alone)
        finally:
            self.reading = None
        by_name = origin.bundled and origin.word == begin.settings.dataset
        items: Items = await self._workers.insist(open_items, begin.settings.spec(), *(() if by_name else (origin,)))
        scheme = Scheme.of(items.classes) if begin.file is None else begin.file.ledger.scheme
        keys_of(scheme, begin.keys)  # or says what is wrong with them
        self.looks = looks = Looks(items.origin or items.dataset, len(items.ids), self._executor, lambda: self.changed())
        there = None if begin.file is None else items.row_of.get(begin.file.ledger.current or "")
        first = [*([] if there is None else [there]), *items.start, *items.pool]
        await self._workers.until_done(lambda: looks.open(first))
        if begin.file is None:
            many = len(items.pool) + items.others
            settings = by_data(begin.settings, many, begin.said, own=not origin.bundled)
            rate = audit_rate(settings.audit, items)
            settings = replace(settings, fingerprint=items.fingerprint, classes=items.classes, audit=rate)
            settings = replace(settings, tested="".join(items.tested))
            session = begin.create(settings, items)
        else:
            since = await _since_last_time(self._workers, items, begin.file)
            session = LabelSession(begin.file, replace(items, since=since), begin.annotator)
        try:
            await self.told.learn(session.ledger.strategy)
            session.next()
        except BaseException:
            session.close()
            raise
        return session


async def _since_last_time(workers: Patience, items: Items, file: SessionFile) -> str:
    """What has changed in the person's data since the session was last open, and keep what there is now."""
    if items.origin is None or items.origin.bundled:
        return ""
    about = f"{file.ledger.started} {file.ledger.settings.fingerprint}"
    try:
        return await workers.ask(since_last_time, items.origin, about, not file.read_only)
    except Exception:  # it is a convenience: a worker that is in trouble is told of when it is needed
        return ""
