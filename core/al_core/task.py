"""What is asked: one data set, one seed, one learner, one budget. Small, hashable, and free of numerics."""

from __future__ import annotations

from dataclasses import dataclass

from al_core.data.catalog import describe_dataset
from al_core.errors import UserError

DEFAULT_STRATEGIES = ("random", "least_confidence", "margin", "entropy")


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
    initial : how the starting set is chosen; ``"random_per_class"`` draws two labels of each class.
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
        start = describe_dataset(self.dataset).initial
        return -(-(self.budget - start) // self.batch)


def check_spec(spec: TaskSpec) -> TaskSpec:
    """Return ``spec`` if it can be run.

    Raises
    ------
    UserError
        A value is out of its range; the message says which, what the range is, and why.
    """
    info = describe_dataset(spec.dataset)
    if spec.batch < 1:
        raise UserError(f"--batch is {spec.batch}; a batch needs at least 1 item")
    if not 0 < spec.target <= 1:
        raise UserError(f"--target is {spec.target:g}; give an accuracy above 0 and at most 1, e.g. 0.90")
    if spec.seed < 0:
        raise UserError(f"--seed is {spec.seed}; seeds start at 0")
    if spec.budget <= info.initial:
        raise UserError(f"--budget is {spec.budget}; it must exceed the {info.initial} labels a run starts with")
    if spec.budget > info.initial + info.pool:
        raise UserError(
            f"--budget is {spec.budget}, but {info.name} has only {info.initial + info.pool} labels to give"
            f" ({info.initial} at the start, {info.pool} in the pool)"
        )
    return spec
