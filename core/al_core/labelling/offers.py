"""What comes next in a labelling session, and what the latest model thinks of it. No numerics, nothing is written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice

from al_core.data.origin import short_name
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.audit import Audit, Estimate
from al_core.labelling.items import Items
from al_core.labelling.messages import Explained, ModelReply, ModelRequest
from al_core.labelling.translated import translated, translated_pick
from al_core.run.state import Pick
from al_core.sessions.actions import Choice, Source
from al_core.sessions.store import SessionFile
from al_core.task.spec import BASELINE

Opinion = tuple[Pick | None, tuple[int, ...]]
"""What a model thinks of an item, if one has seen it, and the item's nearest labelled rows, as far as they are known."""


class Offers:
    """The order in which items come: the start, the open batch, the last good order, and at last a random one; between them, at
    random, items to measure with.

    Parameters
    ----------
    file : the session's file; the log says what is answered.
    items : the items.
    """

    def __init__(self, file: SessionFile, items: Items) -> None:
        self._file = file
        self._items = items
        self._audit = Audit(file.ledger, items)
        self.reply: ModelReply | None = None
        self._learnt: ModelRequest | None = None
        """What the latest model was asked for."""
        self._population = self._audited = 0
        """Items that the latest model has not learnt; answers to items to measure with when it came."""
        self._made_by: tuple[str, str, int] | None = None
        self._shuffled: tuple[str, ...] | None = None
        self._passed = 0
        """Items at the head of the random order that are answered, so that they need not be looked at again."""
        self._picks: dict[int, tuple[Pick, tuple[int, ...]]] = {}
        self._scheme = file.ledger.scheme
        """The classes as what the latest model said is about."""
        said = (*file.ledger.answers, *file.ledger.machine)
        self._elsewhere = frozenset(item for item in said if item not in items.row_of)
        """Items of a session that was merged, or whose data has changed, which are not to be labelled here."""
        begun = {items.ids[row] for row in items.start}
        asked = (item for item, choice in file.ledger.choices.items() if choice.by == "start" and item in file.ledger.answers)
        others = sum(item not in begun for item in asked)
        self._start = items.start[: max(0, len(items.start) - others)]
        """Rows of the start that are still wanted: of data that has grown another start was asked, and is as good."""
        settings = file.ledger.settings
        self._disputed = items.shuffled(settings.seed) if settings.adjudicates else ()
        """Items that annotators do not agree about, where nothing else is asked, in a random order that the seed fixes."""
        rounds = file.ledger.rounds
        self._wanted = tuple(item for item in rounds[-1].picks if item in items.row_of) if rounds else ()
        """The open batch; of a session that was resumed, that of the last round in the log."""

    @property
    def model_age(self) -> int | None:
        """Answers that the latest model does not know; None without a model."""
        return None if self.reply is None else self._file.ledger.revision - self.reply.revision

    def opinion(self, row: int) -> Opinion:
        """What a model thinks of the item of ``row``."""
        return self._picks.get(row, (None, ()))

    @property
    def estimate(self) -> Estimate | None:
        """What the audit says of the latest model."""
        if self.reply is None or self._learnt is None:
            return None
        return self._audit.estimate(self._learnt.audit, self.reply.audit, self._population)

    def next(self) -> tuple[str | None, Source]:
        """The next item and why it is the next; no item when everything is answered."""
        drawn = None if self._disputed else self._audit.next()
        return self.lesson() if drawn is None else (drawn, "audit")

    def lesson(self) -> tuple[str | None, Source]:
        """The same among the items that are asked to be learnt."""
        ids = self._items.ids
        if (item := self._first_open(self._disputed)) is not None:
            return item, "review"
        if (item := self._first_open(self._reopened())) is not None:
            return item, "reopened"
        if (item := self._first_open(ids[row] for row in self._start)) is not None:
            return item, "start"
        if (item := self._first_open(self._wanted)) is not None:
            return item, "last_good" if self.reply is None else "strategy"
        if self.reply is not None and (item := self._first_open(ids[pick.row] for pick in self.reply.reserve)) is not None:
            return item, "last_good"
        if self._shuffled is None:
            self._shuffled = self._items.shuffled(self._file.ledger.settings.seed)
        for position in range(self._passed, len(self._shuffled)):
            if self._is_open(self._shuffled[position]):
                self._passed = position
                return self._shuffled[position], "random"
        self._passed = len(self._shuffled)
        return next(self._put_off(), None), "later"

    def choice(self, item: str, how: Source) -> Choice | None:
        """How the item is chosen that comes on the screen for this reason; None when it had been chosen before.

        The probability is that of the draw, where there was one: a strategy that is no draw says nothing of the kind.
        """
        if how == "jump" and self._is_open(item) and item not in self._file.ledger.choices:
            asked = self._items.row_of[item] in self._items.start or item in self._wanted
            if not asked:
                return Choice("search")
            how = "strategy" if item in self._wanted else "start"
        match how:
            case "search" if item not in self._file.ledger.answers:
                return Choice("search")
            case "start":
                return Choice("start")
            case "strategy":
                return Choice("strategy", self._drawn)
            case "last_good":
                return Choice("strategy")
            case "random":
                return Choice("strategy", 1.0 / self._count_open())
            case "audit" if item not in self._file.ledger.choices.audited:
                return Choice("audit", 1.0 / self._count_open())
        return None

    @property
    def _drawn(self) -> float | None:
        """How probable each pick of the open batch was, where the batch was drawn at random."""
        if self.reply is None or self._made_by is None or self._made_by[0].partition("#")[0] != BASELINE:
            return None
        return len(self.reply.picks) / self.reply.candidates

    def upcoming(self, count: int) -> tuple[int, ...]:
        """Rows of the items that come next if nothing changes. The random order counts once it was needed, or has to be."""
        ids, reserve = self._items.ids, () if self.reply is None else self.reply.reserve
        if self._shuffled is None and self.reply is None:
            self._shuffled = self._items.shuffled(self._file.ledger.settings.seed)
        shuffled = () if self._shuffled is None else islice(self._shuffled, self._passed, None)
        begun, reserved = (ids[row] for row in self._start), (ids[pick.row] for pick in reserve)
        order = chain(self._disputed, self._reopened(), begun, self._wanted, reserved, shuffled)
        order = chain(filter(self._is_open, order), () if self._shuffled is None else self._put_off())
        drawn, rows = {} if self._disputed else self._audit.ahead(count), dict[int, None]()
        new = (item for item in order if self._items.row_of[item] not in rows)
        for place in range(count):
            if (item := drawn.get(place) or next(new, None)) is None:
                break
            rows[self._items.row_of[item]] = None
        return tuple(rows)

    def reopened(self) -> None:
        """Answers were taken back: items that were passed over may be open again."""
        self._passed = 0

    def drop_batch(self) -> None:
        """The open batch is not asked for any more; another strategy or learner chooses."""
        self._wanted = ()

    def wants_model(self) -> bool:
        """True when a new model would know more than the latest, and its batch is not open any more."""
        reply, now = self.reply, self._file.ledger
        if self._file.read_only or not (now.labelled > self._audit.labelled or now.machine):
            return False
        if reply is None or self._made_by != (now.strategy, now.learner, now.batch):
            return True
        if reply.revision == now.revision:
            return False
        open_batch = now.batch > 1 and self._first_open(self._wanted) is not None
        return not (open_batch and 0 <= now.revision - reply.revision - (self._audit.answered - self._audited) < now.batch)

    def describe(self) -> ModelRequest | None:
        """What a model should learn now; None while nothing is labelled."""
        ledger, labels, audit = self._file.ledger, self._audit.lessons(), self._audit.drawn
        if not labels:
            return None
        kept = {*labels, *audit}
        others = (*ledger.answers, *ledger.machine, *self._items.withheld, *self._items.apart)
        aside = tuple(item for item in others if item not in kept)
        spec = ledger.settings.spec(ledger.learner, ledger.batch)
        previous = b"" if self.reply is None else self.reply.predictions
        about, origin = tuple(labels.items()), self._items.origin
        return ModelRequest(
            spec, ledger.strategy, about, aside, ledger.revision, previous, self._added, origin, audit, self._follows
        )

    @property
    def _added(self) -> int:
        return len(self._file.ledger.scheme.classes) - len(self._items.classes)

    @property
    def _follows(self) -> tuple[int, ...]:
        scheme = self._file.ledger.scheme
        return scheme.follows if scheme.changed else ()

    def same_classes(self, request: ModelRequest) -> bool:
        """Whether the classes are those of ``request`` still, whatever they are called."""
        return (request.added, request.follows) == (self._added, self._follows)

    def follow_classes(self) -> None:
        """Have what the latest model said be about the classes that there are by now."""
        before, scheme = self._scheme, self._file.ledger.scheme
        if before is scheme:
            return
        self._scheme = scheme
        if before.follows != scheme.follows:
            self.reopened()
            self._picks = {row: (translated_pick(pick, scheme), near) for row, (pick, near) in self._picks.items()}
            self.reply = None if self.reply is None else translated(self.reply, scheme)

    def knows_all_of(self, request: ModelRequest) -> bool:
        """Whether the latest model has learnt the same, and has only not been tried on all that there is to measure by."""
        old = self._learnt if request.audit else None
        if old is None:
            return False
        return replace(old, revision=request.revision, previous=request.previous, audit=request.audit) == request

    @contextmanager
    def taking_in(self, request: ModelRequest, reply: ModelReply, shown: int | None) -> Iterator[tuple[str, ...]]:
        """Go by ``reply`` from here on, unless what is done with it raises; gives the items of its batch.

        Parameters
        ----------
        shown : the row on the screen, whose opinion stays what it was shown with; None when there is none.
        """
        before = (self.reply, self._made_by, self._picks, self._wanted, self._learnt, self._population, self._audited)
        try:
            self.reply, self._learnt = reply, request
            self._population, self._audited = self._audit.population(request), self._audit.answered
            self._made_by = (request.strategy, request.spec.learner, request.spec.batch)
            kept = self._picks.get(shown) if shown is not None else None
            self._picks = {shown: kept} if shown is not None and kept is not None else {}
            self._picks.update({pick.row: (pick, ()) for pick in reply.reserve})
            self._picks.update({pick.row: (pick, near) for pick, near in zip(reply.picks, reply.neighbours, strict=True)})
            self._wanted = tuple(self._items.ids[pick.row] for pick in reply.picks)
            yield self._wanted
        except BaseException:
            self.reply, self._made_by, self._picks, self._wanted, self._learnt, self._population, self._audited = before
            raise

    def explained(self, answer: Explained) -> None:
        """Take in what a model says about an item that it was not asked about; nonsense is left out."""
        numbers = (*answer.pick.probabilities, *(() if answer.pick.score is None else (answer.pick.score,)))
        if len(answer.pick.probabilities) != len(self._file.ledger.classes) or not all(map(math.isfinite, numbers)):
            return
        self._picks[answer.pick.row] = (answer.pick, answer.neighbours)

    def _first_open(self, items: Iterable[str]) -> str | None:
        return next((item for item in items if self._is_open(item)), None)

    def _is_open(self, item: str) -> bool:
        return item not in self._file.ledger.answers and item not in self._file.ledger.machine

    def _reopened(self) -> Iterator[str]:
        """Items whose label went with its class, in the order in which they were answered; not all are open still."""
        yield from (item for item in self._file.ledger.reopened if item in self._items.row_of)

    def _put_off(self) -> Iterator[str]:
        """Items that are to be asked again at the end, in the order in which they were put off."""
        off = [(given.sequence, item) for item, given in self._file.ledger.answers.items() if given.status == "later"]
        yield from (item for _, item in sorted(off) if item in self._items.row_of)

    def _count_open(self) -> int:
        """How many items wait for their first answer."""
        answers, machine = self._file.ledger.answers, self._file.ledger.machine
        closed = len(answers) + sum(item not in answers for item in machine)
        return len(self._items.row_of) - closed + sum(item in answers or item in machine for item in self._elsewhere)


def refuse_others(file: SessionFile, items: Items) -> None:
    """Refuse a session that cannot go on with these items: it is about others, or knows their classes by other numbers.

    A session follows items by their content: data that has grown, shrunk or changed its order since is the same to it. Classes
    that were added to the session come after those of the data; the data may have them by now as well, under the same numbers.

    Raises
    ------
    UserError
        Nothing that the session is about is here, or a class has another number here.
    """
    ledger, name = file.ledger, safe_text(short_name(items.dataset), 60)
    opened, known = len(ledger.settings.classes), len(items.classes)
    names = ledger.scheme.first_names
    if known < opened or names[:known] != items.classes:
        theirs, ours = ", ".join(names), ", ".join(items.classes)
        raise UserError(f"{file.path.name} is about the classes {theirs}; the {name!r} that is here has {ours}")
    if ledger.fingerprint == items.fingerprint:
        return
    about = {
        *ledger.answers,
        *ledger.machine,
        *ledger.flags,
        *ledger.disagreements,
        *(() if ledger.current is None else (ledger.current,)),
    }
    if about.isdisjoint(items.row_of):
        answered = len(ledger.answers)
        none = f": none of its {answered} answered items is in it" if answered else ""
        raise UserError(f"{file.path.name} is about another data set than the {name!r} that is here{none}")
