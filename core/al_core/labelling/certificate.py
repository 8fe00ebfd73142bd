"""What may be said of the labels of a session and of its model, and by what. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from al_core.data.origin import short_name
from al_core.ground.versions import Versions, versions
from al_core.labelling.audit import Estimate
from al_core.labelling.delivery import described
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelRequest, Wanted
from al_core.labelling.model import predict
from al_core.labelling.progress import missing
from al_core.measures.audit import audit_interval
from al_core.sessions.entries import Given
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile

FEWEST_OF_A_CLASS = 30
"""Items that were drawn to measure by, of a class, of which an interval is given; of fewer there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the items that were drawn are right, and between which shares those of all are; no bounds of too few."""

    right: int
    asked: int
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class OfAClass:
    """A class, and what is known of it.

    Parameters
    ----------
    name : what it is called.
    labels : labels of persons.
    called : of the items that the model has not learnt, those that it takes for it.
    found : of the items that are of it, those that the model takes for it.
    correct : of the items that the model takes for it, those that are of it.
    """

    name: str
    labels: int
    called: int
    found: Share
    correct: Share


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was labelled, by whom, and how right a model is that learnt it.

    Parameters
    ----------
    session, checksum, events : name of the session's file, and the last checksum of its log of so many events.
    started, changed : times of its first and last event.
    dataset, fingerprint, features : of the data as it is now, which is called so, wherever it lies; ``same`` says whether it is
        what the session began with.
    pool, gone : items that may be asked about, and answered ones that are not there any more.
    annotators : name → (labels, answers without one).
    statuses : answers without a label by what they mean.
    chosen : labels by how their items were chosen, see `al_core.sessions.actions.Chooser`.
    truth : labels taken from the data, where no person answered.
    strategy, learner, seed, labels : of the model, and how many labels it has learnt.
    estimate, population : how often it is right by the items that were drawn to measure by, and among how many; None where none
        was answered.
    since : how many of those were answered after the last label that the model has learnt.
    most_wrong, predicted : labels of the model that are wrong at most, as far as the estimate goes, and of how many.
    accuracy, tested : on items whose labels were known before, and how many they are; None where there are none.
    classes : each class.
    software : what computed it.
    """

    session: str
    checksum: str
    events: int
    started: str
    changed: str
    dataset: str
    fingerprint: str
    same: bool
    features: str
    pool: int
    gone: int
    annotators: Mapping[str, tuple[int, int]]
    statuses: Mapping[str, int]
    chosen: Mapping[str, int]
    truth: int
    strategy: str
    learner: str
    seed: int
    labels: int
    estimate: Estimate | None
    population: int
    since: int
    most_wrong: int | None
    predicted: int
    accuracy: float | None
    tested: int
    classes: tuple[OfAClass, ...]
    software: Versions


def certify(file: SessionFile, items: Items) -> Certificate:
    """What may be said of a session as it is now: its model is made anew, from the labels that it may learn.

    Raises
    ------
    UserError
        The session is about other items, or nothing is labelled that a model may learn.
    """
    request, audit = described(file, items)
    ledger, population = file.ledger, audit.population(request)
    found = predict(request, Wanted(tempered=False))
    estimate = audit.estimate(request.audit, found.guesses, population)
    guess_of = dict(zip(found.items, found.probabilities.argmax(axis=1).tolist(), strict=True))
    learnt = {item for item, _ in request.labels}
    left = {item: guess for item, guess in guess_of.items() if item not in learnt and not _is_bad(ledger, item)}
    predicted = sum(ledger.person_label(item) is None for item in left)
    given = ledger.answers.values()
    return Certificate(
        file.path.stem,
        ledger.checksum,
        ledger.sequence,
        ledger.started,
        ledger.time,
        short_name(items.dataset),
        items.fingerprint,
        items.fingerprint == ledger.fingerprint,
        items.features,
        len(items.pool),
        missing(ledger, items),
        {name: _counts(entry for entry in given if entry.annotator == name) for name in sorted({e.annotator for e in given})},
        dict(sorted(Counter(entry.status for entry in given if entry.label is None).items())),
        dict(sorted(Counter(_chooser(ledger, item) for item in ledger.person_labels).items())),
        sum(entry.by == "truth" for item, entry in ledger.machine.items() if item not in ledger.answers),
        ledger.strategy,
        ledger.learner,
        ledger.settings.seed,
        found.labels,
        estimate,
        population,
        _since(ledger, request),
        None if estimate is None else min(predicted, round(population * (1.0 - estimate.lower))),
        predicted,
        found.accuracy,
        found.tested,
        _classes(ledger, request, found.guesses, left, population),
        versions(),
    )


def _is_bad(ledger: Ledger, item: str) -> bool:
    given = ledger.answers.get(item)
    return given is not None and given.label is None and given.status == "bad"


def _counts(answers: Iterable[Given]) -> tuple[int, int]:
    """Labels, and answers that are none."""
    labels = [given.label is not None for given in answers]
    return sum(labels), len(labels) - sum(labels)


def _chooser(ledger: Ledger, item: str) -> str:
    choice = ledger.choices.get(item)
    return "unknown" if choice is None else choice.by


def _since(ledger: Ledger, request: ModelRequest) -> int:
    """How many items that were drawn to measure by were answered after the last label that is learnt."""
    answers = ledger.answers
    last = max((answers[item].sequence for item, _ in request.labels if item in answers), default=0)
    drawn = [item for item in request.audit if item in answers and not _is_bad(ledger, item)]
    return sum(answers[item].sequence > last for item in drawn)


def _classes(
    ledger: Ledger, request: ModelRequest, guesses: tuple[int, ...], left: Mapping[str, int], population: int
) -> tuple[OfAClass, ...]:
    """What is known of each class. Who did not know may have seen any: such an answer counts against each, and for each."""
    drawn = [(ledger.answers.get(item), guess) for item, guess in zip(request.audit, guesses, strict=True)]
    known = [(given.label, guess) for given, guess in drawn if given is not None and given.label is not None]
    lost = [guess for given, guess in drawn if given is not None and given.label is None and given.status != "bad"]
    labels, taken = Counter(ledger.person_labels.values()), Counter(left.values())
    found = []
    for number, name in zip(ledger.scheme.alive, ledger.living, strict=True):
        right = sum(label == guess == number for label, guess in known)
        of_it, called = sum(label == number for label, _ in known), sum(guess == number for _, guess in known)
        found.append(
            OfAClass(
                name,
                labels[number],
                taken[number],
                _share(right, of_it, len(lost), population),  # how many there are nobody knows: as many as all at most
                _share(right, called, lost.count(number), taken[number]),
            )
        )
    return tuple(found)


def _share(right: int, asked: int, unknown: int, of: int) -> Share:
    if asked < FEWEST_OF_A_CLASS:
        return Share(right, asked)
    return Share(right, asked, *audit_interval(right, asked + unknown, max(of, asked + unknown), unknown=unknown))
