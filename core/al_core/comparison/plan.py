"""What a comparison will compute, fixed before anything runs. Free of numerics, so that a screen can plan as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from al_core.comparison.cell import ALL_LABELS, ORACLE, BenchResult, Cell
from al_core.ground.errors import BadOption
from al_core.task.options import Range, declared, like, option
from al_core.task.spec import BASELINE, LAST_SEED, LEAST_SAVING, TaskSpec, check_spec

CONTROL = "random#2"
"""A second, independent `random`: what it seems to save against the first is chance (an A/A test)."""

Question = tuple[TaskSpec, str]


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What can be said of a comparison beside its tasks and strategies; every field is a row of options."""

    seeds: int = declared(1, "Paired repetitions, from --seed upwards.", range=Range("at least 1 is needed", least=1))
    second_target: float | None = like(
        TaskSpec,
        "target",
        default=None,
        help="Another target beside --target.",
        shown="halfway from it to 1",
        flag="--second-target",
    )
    least_saving: float = declared(
        LEAST_SAVING,
        "Share of labels below which a saving or a cost gets no verdict.",
        range=Range("give a share of labels of at least 0 and below 1, e.g. 0.05", least=0, below=1),
    )
    references: bool | None = declared(
        None,
        "Add random and random#2, a second one that shows how much is chance.",
        reader=bool,
        off="--no-references",
        shown="with more than one seed",
    )
    oracle: bool = declared(False, "Add a greedy oracle, which sees all labels; it shows the room there is.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be computed, fixed before anything runs.

    Parameters
    ----------
    specs : one per data set and learner; their seed is the first.
    strategies : names, references included.
    seeds : all seeds.
    targets : what the specs measure, test accuracies if nobody said otherwise; the first decides verdicts.
    oracle : whether the greedy oracle runs as well.
    least_saving : the smallest share of labels, saved or lost, that gets a verdict.
    """

    specs: tuple[TaskSpec, ...]
    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    targets: tuple[float, ...]
    oracle: bool = False
    least_saving: float = LEAST_SAVING

    @property
    def questions(self) -> tuple[Question, ...]:
        """The cells, a seed's together, so that an interrupted bench leaves whole pairs."""
        return tuple((replace(spec, seed=seed), name) for spec in self.specs for seed in self.seeds for name in self._names)

    @property
    def cells(self) -> int:
        """How many questions there are."""
        return len(self.specs) * len(self.seeds) * len(self._names)

    @property
    def _names(self) -> tuple[str, ...]:
        return (*self.strategies, ALL_LABELS, *((ORACLE,) if self.oracle else ()))


def second_target(target: float) -> float:
    """The second target that goes with a first one: halfway to perfect, 95 % for 90 %."""
    return round((1 + target) / 2, 6)


def complete(
    specs: Sequence[TaskSpec],
    strategies: Sequence[str],
    *,
    seeds: int = 1,
    targets: Sequence[float] = (),
    references: bool | None = None,
    oracle: bool = False,
    least_saving: float = LEAST_SAVING,
) -> Plan:
    """`plan` for strategies and learners that are known to exist, their names written as the registry writes them."""
    option(PlanOptions, "seeds").check(seeds)
    option(PlanOptions, "least_saving").check(least_saving)
    for spec in specs:
        check_spec(spec)
    first = specs[0]
    if first.seed + seeds - 1 > LAST_SEED:
        raise BadOption(f"--seeds {seeds} from --seed {first.seed} on go beyond the last one, {LAST_SEED}", "seeds")
    for target in targets:
        option(PlanOptions, "second_target").check(target)
    levels = (first.target, *(targets or (second_target(first.target),)))
    names = list(strategies)
    if references or (references is None and seeds > 1):
        names = [*([] if BASELINE in names else [BASELINE]), *names, *([] if CONTROL in names else [CONTROL])]
    every = tuple(range(first.seed, first.seed + seeds))
    return Plan(tuple(specs), tuple(names), every, tuple(dict.fromkeys(levels)), oracle, least_saving)


def plan(
    specs: Sequence[TaskSpec],
    strategies: Sequence[str],
    *,
    seeds: int = 1,
    targets: Sequence[float] = (),
    references: bool | None = None,
    oracle: bool = False,
    least_saving: float = LEAST_SAVING,
) -> Plan:
    """Check a question and complete it with its references.

    Parameters
    ----------
    specs : one protocol per data set and learner.
    strategies : names, with parameters if any.
    seeds : how many, at least 1: ``spec.seed``, ``spec.seed + 1``, ….
    targets : further values of what is measured besides ``spec.target``; by default one halfway from it to 1.
    references : add `random` and a second, independent `random` where they are missing; by default with more than one seed.
    oracle : run the greedy oracle as well.
    least_saving : the smallest share of labels, saved or lost, that gets a verdict, at least 0 and below 1.

    Raises
    ------
    UserError
        Something in it cannot be run.
    """
    from al_core.learners.registry import resolve_learner
    from al_core.strategies.registry import resolve_strategy

    for spec in specs:
        resolve_learner(spec.learner)
    names = [str(resolve_strategy(name)) for name in strategies]
    return complete(specs, names, seeds=seeds, targets=targets, references=references, oracle=oracle, least_saving=least_saving)


def assemble(plan: Plan, cells: Iterable[Cell]) -> tuple[BenchResult, ...]:
    """Sort cells, all or some of a plan's, into one result per spec."""
    order = {name: position for position, name in enumerate((*plan.strategies, ALL_LABELS, ORACLE))}
    ordered = sorted(cells, key=lambda cell: (order[cell.strategy], cell.seed))
    return tuple(
        BenchResult(
            spec,
            plan.seeds,
            plan.strategies,
            tuple(cell for cell in ordered if replace(cell.spec, seed=spec.seed) == spec),
            plan.targets,
            least_saving=plan.least_saving,
        )
        for spec in plan.specs
    )
