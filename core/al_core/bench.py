"""The race without a screen, repeated over paired seeds, on any number of data sets and learners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass, replace

from al_core.cells import ALL_LABELS, ORACLE, BenchResult, Cell, play_cell
from al_core.errors import UserError, WorkerDied
from al_core.results import Identity, ResultsStore, identify
from al_core.summary import BASELINE, CONTROL, second_target, summary
from al_core.task import TaskSpec, check_spec
from al_core.text import safe_text
from al_core.versions import Versions

__all__ = ["BenchResult", "Cell", "Plan", "assemble", "bench", "campaign", "plan", "remember", "summary"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be computed, fixed before anything runs.

    Parameters
    ----------
    specs : one per data set and learner; their seed is the first.
    strategies : names, references included.
    seeds : all seeds.
    targets : test accuracies; the first decides verdicts.
    oracle : whether the greedy oracle runs as well.
    """

    specs: tuple[TaskSpec, ...]
    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    targets: tuple[float, ...]
    oracle: bool = False

    @property
    def questions(self) -> tuple[tuple[TaskSpec, str], ...]:
        """The cells, a seed's together, so that an interrupted bench leaves whole pairs."""
        names = (*self.strategies, ALL_LABELS, *((ORACLE,) if self.oracle else ()))
        return tuple((replace(spec, seed=seed), name) for spec in self.specs for seed in self.seeds for name in names)


def plan(
    specs: Sequence[TaskSpec],
    strategies: Sequence[str],
    *,
    seeds: int = 1,
    targets: Sequence[float] = (),
    references: bool | None = None,
    oracle: bool = False,
) -> Plan:
    """Check a question and complete it with its references.

    Parameters
    ----------
    specs : one protocol per data set and learner.
    strategies : names, with parameters if any.
    seeds : how many, at least 1: ``spec.seed``, ``spec.seed + 1``, ….
    targets : further test accuracies besides ``spec.target``; by default one halfway from it to 1.
    references : add `random` and a second, independent `random` where they are missing; by default with more than one seed.
    oracle : run the greedy oracle as well.

    Raises
    ------
    UserError
        Something in it cannot be run.
    """
    from al_core.learners.registry import resolve_learner
    from al_core.strategies.registry import resolve_strategy

    if seeds < 1:
        raise UserError(f"--seeds is {seeds}; at least 1 is needed")
    for spec in specs:
        check_spec(spec)
        resolve_learner(spec.learner)
    first = specs[0]
    levels = (first.target, *(targets or (second_target(first.target),)))
    for target in levels:
        check_spec(replace(first, target=target))
    names = [str(resolve_strategy(name)) for name in strategies]
    if references or (references is None and seeds > 1):
        names = [*([] if BASELINE in names else [BASELINE]), *names, *([] if CONTROL in names else [CONTROL])]
    return Plan(tuple(specs), tuple(names), tuple(range(first.seed, first.seed + seeds)), tuple(dict.fromkeys(levels)), oracle)


def bench(
    spec: TaskSpec,
    strategies: Sequence[str],
    executor: Executor,
    *,
    seeds: int = 1,
    progress: Progress = lambda done, total: None,
) -> BenchResult:
    """Run every strategy on ``seeds`` paired tasks, the seeds being ``spec.seed``, ``spec.seed + 1``, ….

    Parameters
    ----------
    spec : the protocol; its seed is the first.
    strategies : names, with parameters if any.
    executor : where runs are computed, a whole run at a time.
    seeds : how many, at least 1.
    progress : called with (cells finished, cells in all).

    Returns
    -------
    Every cell, the failed ones with their error. The numbers do not depend on the executor.

    Raises
    ------
    UserError
        The spec or a name cannot be run; nothing was started.
    """
    return campaign(plan([spec], strategies, seeds=seeds), executor, progress=progress)[0]


def campaign(
    plan: Plan,
    executor: Executor,
    *,
    store: ResultsStore | None = None,
    progress: Progress = lambda done, total: None,
) -> tuple[BenchResult, ...]:
    """Compute what a plan asks for, taking from ``store`` what is there and keeping there what is new.

    Parameters
    ----------
    plan : from `plan`.
    executor : where cells are computed, each in one call, so that scheduling costs next to nothing.
    store : finished cells; None computes everything and keeps nothing.
    progress : called with (cells finished, cells in all) whenever one is finished, and once before the first.

    Returns
    -------
    One result per spec of the plan.
    """
    questions = plan.questions
    cells: dict[int, Cell] = {}
    identities: list[Identity] = []
    if store is not None:
        identities = [identify(*question) for question in questions]
        kept = store.find([identity.key for identity in identities])
        for index, ((spec, _), identity) in enumerate(zip(questions, identities, strict=True)):
            if identity.key in kept:
                cells[index] = replace(kept[identity.key], spec=spec)  # the target of this question, not of the first one
    progress(len(cells), len(questions))
    missing = [(index, *question) for index, question in enumerate(questions) if index not in cells]
    for index, cell in _compute(missing, executor):
        cells[index] = cell
        if store is not None and cell.error is None:
            store.put(identities[index], cell)
        progress(len(cells), len(questions))
    return assemble(plan, cells.values())


def remember(store: ResultsStore, plan: Plan) -> dict[Versions, int]:
    """Note in ``store`` what is asked, so that a report can be made of it.

    Returns
    -------
    How many of the cells were computed by other versions only, by version: they stay where they are and are not used.
    """
    identities = [identify(*question) for question in plan.questions]
    software = {"versions": asdict(identities[0].versions), "keys": [identity.key for identity in identities]}
    store.record_bench({**asdict(plan), **software})
    return store.other_versions(identities)


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
        )
        for spec in plan.specs
    )


def _compute(jobs: Sequence[tuple[int, TaskSpec, str]], executor: Executor) -> Iterable[tuple[int, Cell]]:
    """Cells as they are finished; a job whose worker died is tried once more."""
    pending: dict[Future[Cell], tuple[int, TaskSpec, str, int]] = {}
    queue = [(*job, 1) for job in reversed(jobs)]
    while queue or pending:
        if queue:
            index, spec, strategy, tries = queue.pop()
            pending[executor.submit(play_cell, spec, strategy)] = index, spec, strategy, tries
        # While there is something to submit, only look; an executor that computes in `submit` is emptied after each call.
        ready, _ = wait(pending, timeout=0 if queue else None, return_when=FIRST_COMPLETED)
        for future in ready:
            index, spec, strategy, tries = pending.pop(future)
            try:
                yield index, future.result()
            except WorkerDied as error:
                if tries > 0:
                    queue.append((index, spec, strategy, tries - 1))
                else:
                    yield index, _failed(spec, strategy, error)
            except Exception as error:
                yield index, _failed(spec, strategy, error)


def _failed(spec: TaskSpec, strategy: str, error: Exception) -> Cell:
    return Cell(spec, strategy, error=safe_text(str(error) or type(error).__name__))
