"""What is asked: one data set, one seed, one learner, one budget. Small, hashable, and free of numerics."""

from __future__ import annotations

from dataclasses import dataclass

from al_core.data.facts import INITIAL_METHODS, describe_dataset
from al_core.ground.errors import UserError, unknown

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

    Parameters
    ----------
    dataset : name of a data set, e.g. ``"digits"``.
    learner : name of a learner, with parameters if any, e.g. ``"logistic"``.
    seed : fixes the split, the starting set and every random stream of the runs.
    batch : labels asked for in a round.
    budget : labels at the end of a run, the starting set included.
    target : test accuracy that labels-to-target counts to, in (0, 1].
    initial : how the starting set is chosen; ``"random_per_class"`` draws two labels of each class, ``"typical"`` takes
        the most typical item of each of as many clusters as there are classes.
    """

    dataset: str = "digits"
    learner: str = "logistic"
    seed: int = 0
    batch: int = 10
    budget: int = 320
    target: float = 0.90
    initial: str = "random_per_class"

    @property
    def rounds(self) -> int:
        """Rounds a run needs to spend its budget when nothing is skipped."""
        return -(-(self.budget - describe_dataset(self.dataset).start(self.initial)) // self.batch)


def check_batch(batch: int) -> None:
    """Raise `UserError` when no batch has so many items."""
    if not 1 <= batch <= LARGEST_BATCH:
        raise UserError(f"--batch is {batch}; a batch needs at least 1 item, and at most {LARGEST_BATCH:,}")


def check_target(target: float, option: str) -> None:
    """Refuse what is no accuracy that could be reached; ``option`` is what the message calls it."""
    if not 0 < target <= 1:
        raise UserError(f"{option} is {target:g}; give an accuracy above 0 and at most 1, e.g. 0.90")


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
    start, pool = info.start(spec.initial), info.pool(spec.initial)
    check_batch(spec.batch)
    check_target(spec.target, "--target")
    if not 0 <= spec.seed <= LAST_SEED:
        raise UserError(f"--seed is {spec.seed}; seeds go from 0 to {LAST_SEED}")
    if spec.budget <= start:
        raise UserError(f"--budget is {spec.budget}; it must exceed the {start} labels a run starts with")
    if spec.budget > start + pool:
        raise UserError(
            f"--budget is {spec.budget}, but {info.name} has only {start + pool} labels to give"
            f" ({start} at the start, {pool} in the pool)"
        )
    return spec
