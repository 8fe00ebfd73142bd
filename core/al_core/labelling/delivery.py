"""Labels of a session to take home: those of persons, and a model's for the rest or for new items. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from al_core.data.origin import AS_SAID, Places, short_name
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.audit import Audit, Estimate
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelRequest, Wanted
from al_core.labelling.model import predict
from al_core.labelling.offers import Offers, refuse_others
from al_core.labelling.opening import open_items
from al_core.sessions.ledger import Ledger
from al_core.sessions.settings import Settings
from al_core.sessions.store import SessionFile

By = Literal["person", "truth", "predicted", ""]
"""Whose label it is: a person's, ground truth's, the model's; nobody's where an item is bad."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """An item with its label.

    Parameters
    ----------
    item, name : content hash, and what it is called.
    label : name of its class; empty of a bad item.
    by : whose label it is.
    status : what the person answered, see `al_core.sessions.actions.Status`; ``"label"``, or ``"open"`` where nobody did.
    probabilities : of each class, as the model says; empty where the label is not the model's.
    """

    item: str
    name: str
    label: str
    by: By
    status: str
    probabilities: tuple[float, ...] = ()

    @property
    def probability(self) -> float | None:
        """How probable the label is; None where it is not the model's."""
        return max(self.probabilities, default=None)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Labels to take home, and what is known of them.

    Parameters
    ----------
    items : in the order of the data.
    classes : names of classes, in the order of probabilities.
    learner, labels : the model, and how many labels it has learnt.
    learnt_audited : whether those of items that were drawn to measure by are among them.
    temperature, judged_by : see `Predictions`.
    estimate, population : how often a model is right that learnt none of the items that were drawn to measure by, among how
        many; None where none was answered.
    new : whether the items are others than those of the session.
    aside : what is to be said of files that are no items; empty where there are none.
    """

    items: tuple[Delivered, ...]
    classes: tuple[str, ...]
    learner: str
    labels: int
    learnt_audited: bool
    temperature: float
    judged_by: tuple[int, int]
    estimate: Estimate | None
    population: int
    new: bool
    aside: str

    def count(self, by: By) -> int:
        """How many labels are theirs."""
        return sum(entry.by == by for entry in self.items)

    @property
    def most_wrong(self) -> int | None:
        """How many predicted labels are wrong at most, as far as the estimate goes; None without one of this very model.

        What is measured is every item that the model has not learnt; those that were drawn have the label of the person here.
        """
        if self.estimate is None or self.learnt_audited or self.new:
            return None
        return min(self.count("predicted"), round(self.population * (1.0 - self.estimate.lower)))


def items_of(settings: Settings, places: Places = AS_SAID, keep: tuple[str, ...] = ()) -> Items:
    """The items of a session as they are now, where it says or ``places`` do, read in this process; see `spoken_of`."""
    origin = replace(settings.origin(places), keep=keep)
    by_name = origin.bundled and origin.word == settings.dataset
    return open_items(settings.spec(), None if by_name else origin)


def described(file: SessionFile, items: Items) -> tuple[ModelRequest, Audit]:
    """What a model of a session learns, and what it is measured by.

    Raises
    ------
    UserError
        The session is about other items, or nothing is labelled that a model may learn.
    """
    refuse_others(file, items)
    request = Offers(file, items).describe()
    if request is None:
        name = safe_text(short_name(items.dataset), 60)
        raise UserError(f"{file.path.name}: no item of {name} is labelled that a model may learn; label some first")
    return request, Audit(file.ledger, items)


def deliver(file: SessionFile, items: Items, *, more: Path | None = None, learn_audited: bool = False) -> Delivery:
    """Labels of all items of a session, or of new ones; whoever was asked about an item counts before the model.

    Parameters
    ----------
    file, items : the session and its data.
    more : a file or folder of new items; None for those of the session.
    learn_audited : whether the model learns what was drawn to measure by, too.

    Raises
    ------
    UserError
        The session is about other items, nothing is labelled, or the new items cannot be read.
    """
    request, audit = described(file, items)
    ledger = file.ledger
    audited = tuple((item, label) for item in request.audit if (label := ledger.person_label(item)) is not None)
    found = predict(request, Wanted(audited, learn_audited, None if more is None else str(more)))
    population = audit.population(request)
    alive = list(ledger.scheme.alive)
    shares = found.probabilities[:, alive]  # nothing is of what is no more
    guesses = (alive[best] for best in shares.argmax(axis=1).tolist())
    rows = zip(found.items, found.names, guesses, shares.tolist(), strict=True)
    return Delivery(
        tuple(_delivered(ledger, *row) for row in rows),
        ledger.living,
        ledger.learner,
        found.labels,
        learn_audited,
        found.temperature,
        found.judged_by,
        audit.estimate(request.audit, found.guesses, population),
        population,
        more is not None,
        found.aside or (items.aside if more is None else ""),
    )


def _delivered(ledger: Ledger, item: str, name: str, guess: int, shares: list[float]) -> Delivered:
    given, machine = ledger.answers.get(item), ledger.machine.get(item)
    if given is not None and given.label is not None:
        return Delivered(item, name, ledger.classes[given.label], "person", "label")
    if given is not None and given.status == "bad":
        return Delivered(item, name, "", "", "bad")
    if given is None and machine is not None and machine.by == "truth":
        return Delivered(item, name, ledger.classes[machine.label], "truth", "label")
    return Delivered(item, name, ledger.classes[guess], "predicted", "open" if given is None else given.status, tuple(shares))
