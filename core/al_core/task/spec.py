"""What is asked: one data set, one seed, one learner, one budget. Small, hashable, and free of numerics."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace

from al_core.data.facts import INITIAL_METHODS, describe_dataset
from al_core.ground.errors import BadOption, about, unknown
from al_core.measures.metrics import ACCURACY, Metric, check_word, metric_of
from al_core.task.options import Range, check_options, declared, option

LAST_SEED = 2**32 - 1
"""NumPy's legacy generator, which scikit-learn seeds, takes no larger one."""
LEAST_SAVING = 0.05
"""Share of labels below which a saving or a cost is not worth a verdict, if nobody says otherwise."""
LARGEST_BATCH = 1_000_000
BASELINE = "random"
"""The strategy that every other one is compared with."""
DEFAULT_STRATEGIES = (BASELINE, "least_confidence", "margin", "entropy")


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """Everything that must be paired between strategies; all strategies of a seed share it.

    Every field is a row of options, see `al_core.task.options`: command line, files, identity and reports have it from here.

    Parameters
    ----------
    dataset : name of a data set, e.g. ``"digits"``.
    learner : name of a learner, with parameters if any, e.g. ``"logistic"``.
    seed : fixes the split, the starting set and every random stream of the runs.
    batch : labels asked for in a round.
    budget : labels at the end of a run, the starting set included.
    target : test accuracy, or what ``metric`` is, that labels-to-target counts to, in (0, 1].
    initial : how the starting set is chosen; ``"random_per_class"`` draws two labels of each class, ``"typical"`` takes
        the most typical item of each of as many clusters as there are classes.
    noise : how probable it is that a label that is given, at the start or when it is asked for, is that of another class.
    metric : what models are measured by on the test items, see `al_core.measures.metrics`: curves, targets, areas and verdicts
        are of it.
    """

    dataset: str = declared("digits", "What is labelled.", group="dataset")
    learner: str = declared("logistic", "The model that learns.", group="learner")
    seed: int = declared(
        0,
        "Fixes split, start and every random choice.",
        range=Range(f"seeds go from 0 to {LAST_SEED}", least=0, most=LAST_SEED),
    )
    batch: int = declared(
        10,
        "Labels asked for in a round.",
        range=Range(f"a batch needs at least 1 item, and at most {LARGEST_BATCH:,}", least=1, most=LARGEST_BATCH),
    )
    budget: int = declared(320, "Labels at the end, the starting ones included.")
    target: float = declared(
        0.90,
        "Test accuracy, or what --metric says, that labels-to-target counts to.",
        range=Range("give an accuracy above 0 and at most 1, e.g. 0.90", above=0, most=1),
        identifies=False,
    )
    initial: str = declared(
        "random_per_class",
        "The labels a run starts with: two random ones per class, or one typical item per cluster.",
        choices=tuple(INITIAL_METHODS),
    )
    noise: float = declared(
        0.0,
        "How probable it is that a label is given wrong.",
        absent=0.0,
        range=Range("give a share of labels of at least 0 and below 1, e.g. 0.1", least=0, below=1),
        said="Whoever gave labels was careless: each was that of another class with probability {}.",
    )
    metric: str = declared(
        ACCURACY,
        "What curves, targets and verdicts are of: accuracy, balanced_accuracy, macro_f1 or recall(CLASS).",
        absent=ACCURACY,
        checker=check_word,
        metavar="METRIC",
        said="Curves, targets and areas are of {} on the test items, not of accuracy.",
    )

    @property
    def measured_by(self) -> Metric:
        """The metric; raises `UserError` where the word names none."""
        return metric_of(self.metric)

    @property
    def rounds(self) -> int:
        """Rounds a run needs to spend its budget when nothing is skipped."""
        return -(-(self.budget - describe_dataset(self.dataset).start(self.initial)) // self.batch)


def check_batch(batch: int) -> None:
    """Raise `UserError` when no batch has so many items."""
    option(TaskSpec, "batch").check(batch)


def suited(spec: TaskSpec, said: Container[str]) -> TaskSpec:
    """The task with the batch and the budget that suit its data set, but for those that somebody ``said``.

    Raises
    ------
    UserError
        The data set is not known.
    """
    info = describe_dataset(spec.dataset)
    batch = info.batch if info.batch and "batch" not in said else spec.batch
    budget = info.budget if info.budget and "budget" not in said else spec.budget
    return replace(spec, batch=batch, budget=budget)


def check_spec(spec: TaskSpec) -> TaskSpec:
    """Return ``spec`` if it can be run.

    Raises
    ------
    UserError
        A value is out of its range; the message says which, what the range is, and why.
    """
    info = describe_dataset(spec.dataset)
    if spec.initial not in INITIAL_METHODS:
        raise unknown("starting set", spec.initial, INITIAL_METHODS)
    if info.name != spec.dataset:  # parameters may be written in several ways
        spec = replace(spec, dataset=info.name)
    start, pool = info.start(spec.initial), info.pool(spec.initial)
    check_options(spec)
    if info.class_names:
        with about("metric"):
            spec.measured_by.check(info.class_names)
    if spec.budget <= start:
        raise BadOption(f"--budget is {spec.budget}; it must exceed the {start:,} labels a run starts with", "budget")
    if spec.budget > start + pool:
        raise BadOption(
            f"--budget is {spec.budget}, but {info.name} has only {start + pool:,} labels to give"
            f" ({start:,} at the start, {pool:,} in the pool)",
            "budget",
        )
    return spec
