"""What a labelling session is about, and how it begins. Small, and free of numerics."""

from __future__ import annotations

from dataclasses import dataclass, field

from al_core.data.columns import columns_of
from al_core.data.origin import AS_SAID, FEATURES, MOST_ASKED, Origin, Places
from al_core.ground.written import ABSENT
from al_core.task.options import Range, declared, like
from al_core.task.spec import TaskSpec

MOST_LABELS = 10**9


@dataclass(frozen=True, slots=True)
class Settings:
    """What a session is about. Learner, strategy and batch are those it begins with; `Changed` changes them. What a person
    chooses is a row of options.

    Parameters
    ----------
    dataset, fingerprint : name, or path, and content digest of the data set; a session is never opened over other data.
    classes : class names; a label is an index into them.
    learner, strategy, batch, seed : as in `TaskSpec`.
    start : how the first items are chosen, ``TaskSpec.initial``.
    budget : labels after which a hint says that the budget is spent; None for no budget.
    features : what is computed of pictures that are the person's own.
    own_classes : whether the person named the classes; otherwise the data did.
    audit : how probable it is that the next item is one to measure with; None in a session that measures nothing so.
    test : path of what models are measured by; None where the data says it, or nothing.
    embeddings : path of the person's own features; None where they are computed.
    probabilities : path of what a model of the person's own says; None where there is none.
    label_column, id_column, text_column, drop, show : which columns of a table are what, see `al_core.data.columns`.
    share, overlap : which part of the items is asked of this person, as ``"1/2"``, and how much of all is asked of everybody.
    adjudicates : whether only what merged annotators do not agree about is asked, and nobody is told who said what.
    tested : hashes of the items that models are measured by where data or person say which, one behind the other.
    """

    dataset: str
    fingerprint: str
    classes: tuple[str, ...]
    learner: str = like(
        TaskSpec,
        "learner",
        default="gaussian_field",
        shown="gaussian_field; of your own data auto, beyond 100,000 items soft_vote(gaussian_field,random_forest)",
    )
    strategy: str = declared(
        "expected_error_reduction",
        "Which item to ask about next.",
        shown="expected_error_reduction; of your own data auto, beyond 100,000 items margin",
    )
    batch: int = like(TaskSpec, "batch", default=1, help="Items asked for at a time.")
    seed: int = like(TaskSpec, "seed")
    start: str = like(
        TaskSpec,
        "initial",
        default="typical",
        help="What to label first: one typical item per cluster, or two random ones per class.",
    )
    budget: int | None = declared(
        None,
        "Labels after which a hint says that it is enough.",
        reader=int,
        range=Range(f"give 1 to {MOST_LABELS}", least=1, most=MOST_LABELS),
    )
    features: str = declared("auto", "What is computed of your own pictures.", choices=FEATURES, absent="auto")
    own_classes: bool = field(default=False, metadata={ABSENT: False})
    audit: float | None = declared(
        None,
        "Share of items that are drawn at random, to measure by and never to learn from; twice that for the first 30.",
        reader=float,
        absent=None,
        range=Range("give a share from 0 to 0.5, e.g. 0.1", least=0, most=0.5),
        metavar="SHARE",
        shown="0.1 where no label is known, else 0",
    )
    test: str | None = declared(
        None,
        "Files like the data, with labels: the model is measured by them, and never learns them.",
        reader=str,
        absent=None,
        metavar="PATH",
        shown="test/ in a folder, else some 3 in 10 of what has a label",
    )
    embeddings: str | None = declared(
        None,
        "Your own features: .npy with a row for each item (files in the order of their paths), or .npz with X and ids.",
        reader=str,
        absent=None,
        metavar="FILE",
    )
    probabilities: str | None = declared(
        None,
        "What a model of your own says, one more voice of the vote: .npy with a row of class probabilities for each item.",
        reader=str,
        absent=None,
        metavar="FILE",
    )
    label_column: str | None = declared(
        None,
        "The column of a table that has the classes; in an empty cell of it there is none.",
        reader=str,
        absent=None,
        metavar="COLUMN",
        shown="label, where there is one",
    )
    id_column: str | None = declared(
        None, "The column of a table that says what a row is called.", reader=str, absent=None, metavar="COLUMN"
    )
    text_column: str | None = declared(
        None,
        "The column of a table that has texts; they are the items then, and no other column is learnt from.",
        reader=str,
        absent=None,
        metavar="COLUMN",
        shown="text, where there are texts in it",
    )
    drop: str | None = declared(
        None, "Columns of a table that are neither shown nor learnt from.", reader=str, absent=None, metavar="A,B,…"
    )
    show: str | None = declared(
        None, "Columns of a table that are shown first, and never learnt from.", reader=str, absent=None, metavar="A,B,…"
    )
    share: str | None = declared(
        None,
        "Your part where several people label the same data: the first asks for 1/2, the second for 2/2.",
        reader=str,
        absent=None,
        metavar="K/N",
    )
    overlap: float | None = declared(
        None,
        "Share of all items that everybody is asked about, so that it can be said how far they agree.",
        reader=float,
        absent=None,
        range=Range("give a share from 0 to 1, e.g. 0.1", least=0, most=1),
        metavar="SHARE",
        shown="0.1 with --share",
    )
    adjudicates: bool = field(default=False, metadata={ABSENT: False})
    tested: str = field(default="", metadata={ABSENT: ""})

    def origin(self, places: Places = AS_SAID) -> Origin:
        """What the items are read from: what the session names, or what ``places`` do in its stead."""
        classes = self.classes if self.own_classes else None
        test, embeddings = places.test or self.test, places.embeddings or self.embeddings
        beside = {"columns": columns_of(self), "probabilities": places.probabilities or self.probabilities}
        word = places.data or self.dataset
        return Origin(word, classes, self.features, None, test, embeddings, MOST_ASKED, **beside)  # type: ignore[arg-type]

    def spec(self, learner: str | None = None, batch: int | None = None) -> TaskSpec:
        """The task that the worker makes: data, split and start; the person answers, so its budget means nothing."""
        return TaskSpec(self.dataset, learner or self.learner, self.seed, batch or self.batch, initial=self.start)
