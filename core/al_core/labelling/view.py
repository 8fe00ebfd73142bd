"""One frozen picture of a labelling session: all that a screen needs to draw it, and nothing that may change meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from al_core.data.how_far import HowFar
from al_core.data.origin import short_name
from al_core.ground.safe_text import safe_text
from al_core.labelling.audit import Estimate, audit_curve
from al_core.labelling.notable import worth_a_look
from al_core.labelling.progress import Progress
from al_core.labelling.review import Review, told
from al_core.labelling.session import LabelSession, Offer
from al_core.learners.voices import Voice
from al_core.measures.stopping import Hint
from al_core.run.state import Answer, By, Pick, Query
from al_core.sessions.actions import Source, Status
from al_core.sessions.scheme import Scheme

LONGEST_NAME = 30
"""Characters of what a data set is called."""
STRIP = 64
"""Answers that a view holds: more than stand side by side on any terminal."""


class Where(NamedTuple):
    """Where one is in a session.

    Parameters
    ----------
    back : how many answers back in the history; 0 at the present item.
    looked_at : the item gone back to in a session that is open for reading only.
    review : the labels that are gone through, and which of them is there.
    left : what was there before one looked elsewhere, and why.
    last : the item answered last; it stays while the next one is chosen.
    waiting : the number of the wait for a model under way; 0 while none is.
    just_came : whether an item that came unasked is not drawn yet: no key can be about it.
    alike_to, alike : an item, and others without an answer that look nearly the same; empty before they were looked for.
    together : whether the next label is for all of them.
    peek, explaining : whether the model's opinion is to be seen before one answers, and with its reasons.
    """

    back: int = 0
    looked_at: str | None = None
    review: Review | None = None
    left: tuple[str, Source] | None = None
    last: str | None = None
    waiting: int = 0
    just_came: bool = False
    peek: bool = False
    explaining: bool = False
    alike_to: str = ""
    alike: tuple[str, ...] = ()
    together: bool = False


class Past(NamedTuple):
    """An answered item: its row, its label or None for an answer that is none, whether it is marked, what the model had
    thought, where that is known, and what an answer that is no label means."""

    row: int
    label: int | None
    marked: bool
    guess: int | None
    status: Status = "skip"


class Standing(NamedTuple):
    """How far a session is and what it works with.

    ``model_age`` is how many answers the latest model does not know; ``any_answered`` and ``any_machine`` say whether a person
    has answered anything, and whether the machine has labelled anything; ``audited`` whether items to measure with are drawn;
    ``features`` what is learnt from, where that is to be told; ``others`` how many items there are in the data beside those
    that are asked from; ``voices`` what the members of the model have to say, where it is a mix.
    """

    progress: Progress
    model_age: int | None
    read_only: bool
    dataset: str
    strategy: str
    learner: str
    batch: int
    budget: int | None
    any_answered: bool
    any_machine: bool
    audited: bool = False
    features: str = ""
    others: int = 0
    voices: tuple[Voice, ...] = ()


class Asked(NamedTuple):
    """The item that waits for an answer, or that was gone back to.

    Parameters
    ----------
    offer : the item, and what a model thinks of it, whether that is shown or not.
    answered, label : whether the person has answered it, and how; None is an answer that is no label.
    note : the note that it is marked with; None without one.
    by_machine : whether the machine has labelled it.
    opinion : what the model thinks, as far as it is shown.
    neighbours : the nearest labelled rows and their labels, the nearest first.
    status : what an answer that is no label means.
    name : what the item is called where it comes from; empty where it has no name.
    to_measure : whether it was drawn at random to measure with, and no model learns it.
    again : the class that its label was of, where it is asked again since that was split or deleted; else empty.
    between : the classes that annotators gave to it, where one decides between them; else empty.
    """

    offer: Offer
    answered: bool
    label: int | None
    note: str | None
    by_machine: bool
    opinion: Pick | None
    neighbours: tuple[tuple[int, int], ...]
    status: Status = "skip"
    name: str = ""
    to_measure: bool = False
    again: str = ""
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelView:
    """What there is to see.

    Parameters
    ----------
    where : where one is.
    standing : how far one is; None until the session is open, and then all that follows is empty.
    classes, added : class names by number, and how many of them, the last ones, were added to the session.
    scheme : which of them there are, and what has become of the others.
    doubted : for each label that was given before a class was there, and that a model takes for it, that class.
    asked : the item on the screen; None when none is.
    last : the item answered last, and whether it has a place here.
    query : what the latest model said of its choice; None without a model.
    picks, answers, cursor : the open batch, the person's answers to it, and which of them is on the screen; −1 for none.
    statuses : row → what the person's answer means, where it is no label, of the open batch.
    past, first : answered items, the newest first, and the number of the first of them, counted from the newest, which is 1.
    curve, tested : (labels, accuracy), and how many rows the last point was measured on; where there is nothing to measure
        accuracy by, (labels, share right of what was drawn to measure with).
    measured : whether there are known labels to measure accuracy by.
    estimate : what items drawn to measure with say of the latest model; None before they say anything.
    hints : reasons to stop.
    not_saved : why the latest answer is not on disk; None when it is.
    problem : what is wrong with the worker.
    reading : how far the data is read, before there is a session, and beside one that began with a part of it.
    alike : rows without an answer that look nearly as the item on the screen does.
    measured_on : how many of what accuracy is measured by, in words; empty where nobody need be told.
    worth : what is worth a look, in few words each.
    """

    where: Where
    standing: Standing | None = None
    classes: tuple[str, ...] = ()
    asked: Asked | None = None
    last: Past | None = None
    query: Query | None = None
    picks: tuple[Pick, ...] = ()
    answers: tuple[Answer, ...] = ()
    cursor: int = -1
    past: tuple[Past, ...] = ()
    first: int = 1
    curve: tuple[tuple[int, float], ...] = ()
    tested: int = 0
    measured: bool = True
    hints: tuple[Hint, ...] = ()
    not_saved: str | None = None
    problem: str | None = None
    added: int = 0
    scheme: Scheme = field(default_factory=Scheme)
    doubted: tuple[int, ...] = ()
    reading: HowFar | None = None
    statuses: Mapping[int, Status] = field(default_factory=dict)
    estimate: Estimate | None = None
    measured_on: str = ""
    alike: tuple[int, ...] = ()
    worth: tuple[str, ...] = ()

    @property
    def opinion_shown(self) -> bool:
        """Whether the item is shown with what the model thinks of it."""
        review, asked = self.where.review, self.asked
        return asked is not None and (asked.opinion is not None or (review is not None and review.entry.opinion))

    def strip(self, room: int) -> tuple[tuple[Past, ...], int]:
        """The answered items for a strip of so many places, the newest first, and the number of the first of them."""
        first = max(self.first, self.where.back - room + 1)
        return self.past[first - self.first : first - self.first + room], first


def alike_here(session: LabelSession, where: Where) -> tuple[str, ...]:
    """Items without an answer that look nearly as the one on the screen does, as far as they were looked for.

    There are none to an item to measure with: what is learnt of its likes would be known of it.
    """
    there, ledger = offer(session, where), session.ledger
    if there is None or there.item != where.alike_to or there.item in ledger.answers or there.item in ledger.choices.audited:
        return ()
    return tuple(
        item
        for item in where.alike
        if item in session.items.row_of
        and not any(item in book for book in (ledger.answers, ledger.machine, ledger.choices.audited))
    )


def answered(session: LabelSession, first: int, count: int) -> list[str]:
    """Items with an answer, the newest first, from number ``first`` (1 is the newest) on.

    Sessions that were merged may hold answers to items that are not to be labelled here; these are left out.
    """
    here = (item for item in reversed(session.ledger.answers) if item in session.items.row_of)
    return list(islice(here, first - 1, first - 1 + count))


def offer(session: LabelSession, where: Where) -> Offer | None:
    """The item that is there, as far as it waits for an answer or was gone back to."""
    if where.looked_at is not None:
        return Offer(where.looked_at, session.items.row_of[where.looked_at], "jump", None, (), None)
    return session.offer


def view(
    session: LabelSession | None,
    where: Where,
    guesses: Mapping[str, int],
    not_saved: str | None,
    problem: str | None,
    reading: HowFar | None = None,
) -> LabelView:
    """The picture of a session.

    Parameters
    ----------
    session : the session; None until it is open.
    where : where one is in it.
    guesses : item → what the model thought of it before it was answered; of this sitting.
    not_saved, problem, reading : as in `LabelView`.
    """
    if session is None:
        return LabelView(where, not_saved=not_saved, problem=problem, reading=reading)
    reply, there = session.reply, offer(session, where)
    picks = () if reply is None or session.ledger.batch == 1 else reply.picks
    first = max(1, where.back - STRIP + 1)
    measured = session.items.truth is not None and (reply is None or reply.accuracy is not None)
    return LabelView(
        where,
        _standing(session),
        session.ledger.classes,
        None if there is None else _asked(session, where, there),
        _past(session, guesses, where.last),
        None if reply is None else Query(reply.labels, reply.accuracy or 0.0, reply.candidates, reply.picks),
        picks,
        _answers(session, picks),
        next((at for at, pick in enumerate(picks) if there is not None and pick.row == there.row), -1),
        tuple(past for item in answered(session, first, STRIP) if (past := _past(session, guesses, item)) is not None),
        first,
        session.ledger.curve if measured else audit_curve(session.ledger),
        0 if reply is None else reply.tested,
        measured,
        session.hints(),
        not_saved,
        problem,
        session.ledger.added,
        session.ledger.scheme,
        tuple(one.by for one in session.doubts.found),
        statuses=_statuses(session, picks),
        estimate=session.estimate,
        measured_on=session.items.measured_on,
        alike=tuple(session.items.row_of[item] for item in alike_here(session, where)),
        reading=reading,
        worth=worth_a_look(session),
    )


def _standing(session: LabelSession) -> Standing:
    ledger = session.ledger
    return Standing(
        session.progress(),
        session.model_age,
        session.file.read_only,
        safe_text(short_name(ledger.settings.dataset), LONGEST_NAME),
        ledger.strategy,
        ledger.learner,
        ledger.batch,
        ledger.settings.budget,
        bool(ledger.answers),
        bool(ledger.machine),
        bool(ledger.settings.audit),
        session.items.features,
        session.items.others,
        () if session.reply is None else session.reply.voices,
    )


def _asked(session: LabelSession, where: Where, there: Offer) -> Asked:
    ledger, ids = session.ledger, session.items.ids
    answered = there.item in ledger.answers
    visible = (answered or where.peek or where.explaining) and where.review is None
    labels = ledger.labels if where.explaining else {}
    near = [(row, labels.get(ids[row])) for row in there.neighbours]
    return Asked(
        there,
        answered,
        ledger.person_label(there.item),
        ledger.flags.get(there.item),
        there.item in ledger.machine,
        there.pick if visible else None,
        tuple((row, label) for row, label in near if label is not None),
        ledger.answers[there.item].status if answered else "skip",
        _name(session, there.item, answered=answered),
        there.item in ledger.choices.audited,
        "" if answered or there.item not in ledger.reopened else ledger.classes[ledger.reopened[there.item]],
        told(ledger, there.item) if ledger.settings.adjudicates else (),
    )


def _name(session: LabelSession, item: str, *, answered: bool) -> str:
    """What the item is called. A folder that may be its class is not told before one has answered: nobody is to copy it."""
    name = session.items.name_of(item)
    return name if answered or session.items.truth is None else name.rpartition("/")[2]


def _past(session: LabelSession, guesses: Mapping[str, int], item: str | None) -> Past | None:
    """What became of an item; None when it has no answer, or no place here."""
    row, given = session.items.row_of.get(item or ""), session.ledger.answers.get(item or "")
    if item is None or row is None or given is None:
        return None
    return Past(row, given.label, item in session.ledger.flags, guesses.get(item), given.status)


def _answers(session: LabelSession, picks: tuple[Pick, ...]) -> tuple[Answer, ...]:
    given = ((pick.row, session.ledger.answers.get(session.items.ids[pick.row])) for pick in picks)
    return tuple(Answer(row, answer.label, By.PERSON) for row, answer in given if answer is not None)


def _statuses(session: LabelSession, picks: tuple[Pick, ...]) -> dict[int, Status]:
    given = ((pick.row, session.ledger.answers.get(session.items.ids[pick.row])) for pick in picks)
    return {row: answer.status for row, answer in given if answer is not None and answer.label is None}
