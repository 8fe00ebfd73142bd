"""What crosses between a labelling session and its model: small, frozen, picklable. Free of numerics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from al_core.data.origin import Origin
from al_core.learners.voices import Voice
from al_core.run.state import Pick
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.data.dataset import FloatArray


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What the worker needs to know of a session.

    Parameters
    ----------
    spec : split, start, learner, batch.
    strategy : the query strategy.
    labels : (item, class) to learn from: the person's, and machine labels from ground truth; never the model's own.
    aside : items that are not to be asked for although they are not in ``labels``.
    audit : items to measure by, neither to be learnt nor to be asked for, whatever the person said of them.
    revision : `Ledger.revision` that this describes.
    previous : predictions of the model before, as in `ModelReply`; empty without one.
    added : how many classes the session has beside those of the data, numbered after them.
    origin : what the items are read from; None for the data set that ``spec`` names.
    follows : for every class the one that its labels are of now, −1 where they are of none; empty where each is what it was.
    """

    spec: TaskSpec
    strategy: str
    labels: tuple[tuple[str, int], ...]
    aside: tuple[str, ...]
    revision: int
    previous: bytes = b""
    added: int = 0
    origin: Origin | None = None
    audit: tuple[str, ...] = ()
    follows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model that knows ``revision`` says.

    Parameters
    ----------
    revision, labels : of the request: its revision and how many labels it had.
    accuracy : on the test rows.
    expected_error : mean of 1 − the largest probability over the candidates; None when there are none.
    kappa : Cohen's kappa of its predictions and those of the model before, over the items of the stop set that may still be
        asked for; None without one before.
    candidates : items it could choose among.
    picks : the batch, the most wanted first.
    neighbours : for every pick, its nearest labelled rows, the nearest first.
    reserve : the next items by least confidence, for when no newer order comes.
    predictions : predicted class of every row of the stop set, two bytes each.
    tested : how many test rows ``accuracy`` was measured on.
    audit : the class that the model gives to each item to measure by, in the order of the request.
    voices : what the members of the model have to say, where it is a mix that finds its own weights.
    """

    revision: int
    labels: int
    accuracy: float | None
    expected_error: float | None
    kappa: float | None
    candidates: int
    picks: tuple[Pick, ...]
    neighbours: tuple[tuple[int, ...], ...]
    reserve: tuple[Pick, ...]
    predictions: bytes
    tested: int = 0
    audit: tuple[int, ...] = ()
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """One item as the present model sees it, and its nearest labelled rows, the nearest first."""

    pick: Pick
    neighbours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that a model which did not know it doubts.

    Parameters
    ----------
    row, label : the item and the label it has.
    confidence : probability that the model, fitted without this label, gives to it.
    suggested : the class that the model would have given.
    """

    row: int
    label: int
    confidence: float
    suggested: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a model is to say of items that it was not made to ask about.

    Parameters
    ----------
    audited : (item, class) of what was drawn to measure by and labelled by the person, which ``request`` leaves out.
    learn_audited : whether the model learns these as well; nothing is left to measure it by then.
    more : the path of new items to be labelled; None for those of the session.
    tempered : whether it shall say how sure it is as well as it can; else it says what it says.
    """

    audited: tuple[tuple[str, int], ...] = ()
    learn_audited: bool = False
    more: str | None = None
    tempered: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class Predictions:
    """What a model says of items.

    Parameters
    ----------
    items, names : content hash and name of each, in the order of the data.
    probabilities : shape (items, classes), as sure as they are right on labels that the model did not learn.
    temperature : what they were made so by, see `al_core.measures.calibration`.
    judged_by : how many labels were drawn to measure by, and how many others, that temperature goes by.
    guesses : the class of each item that was drawn to measure by, as a model says that learnt none of them.
    labels : how many the model learnt.
    accuracy, tested : on the test rows, and how many these are; None where there are none.
    aside : what is to be said of files that are no items; empty where there are none.
    """

    items: tuple[str, ...]
    names: tuple[str, ...]
    probabilities: FloatArray
    temperature: float
    judged_by: tuple[int, int]
    guesses: tuple[int, ...]
    labels: int
    accuracy: float | None
    tested: int
    aside: str
