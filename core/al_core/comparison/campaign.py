"""The race without a screen, repeated over paired seeds, on any number of data sets and learners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from dataclasses import replace
from typing import TYPE_CHECKING

from al_core.comparison.cell import BenchResult, Cell
from al_core.comparison.identity import Identity
from al_core.comparison.lookup import apart, find_cells, identify_all, remember, remember_failed
from al_core.comparison.plan import Plan, assemble, plan
from al_core.comparison.queue import Work
from al_core.comparison.store import ResultsStore
from al_core.compute.arithmetic import machine
from al_core.data.given import giving, known_as
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

OnProgress = Callable[[int, int], None]


class EveryRunFailed(RuntimeError):
    """A bench found nothing, because every one of its runs failed; ``result`` holds them."""

    def __init__(self, result: BenchResult) -> None:
        self.result = result
        first = result.failed[0]
        count = len(result.failed)
        super().__init__(f"every one of the {count} runs failed; {first.strategy} on seed {first.seed}: {first.error}")


def bench(
    spec: TaskSpec,
    strategies: Sequence[str],
    executor: Executor,
    *,
    seeds: int = 1,
    data: Dataset | None = None,
    store: ResultsStore | None = None,
    progress: OnProgress = lambda done, total: None,
) -> BenchResult:
    """Run every strategy on ``seeds`` paired tasks, the seeds being ``spec.seed``, ``spec.seed + 1``, ….

    Parameters
    ----------
    spec : the protocol; its seed is the first.
    strategies : names, with parameters if any.
    executor : where runs are computed, a whole run at a time.
    seeds : how many, at least 1.
    data : a data set of your own, in place of the one that ``spec`` names; labels that nobody knows are left out.
    store : finished runs: what is in it is not computed again, what is new is kept there. Runs over your own data are found by
        its content.
    progress : called with (cells finished, cells in all).

    Returns
    -------
    Every cell, the failed ones with their error. The numbers do not depend on the executor.

    Raises
    ------
    UserError
        The spec or a name cannot be run, and nothing was started; or no worker can be started.
    EveryRunFailed
        There is nothing but errors; they are in its ``result``.
    """
    if data is not None:
        spec.measured_by.check(data.classes)
        spec, executor = replace(spec, dataset=known_as(data)), giving(data, executor)
    result = campaign(plan([spec], strategies, seeds=seeds), executor, store=store, progress=progress)[0]
    if len(result.failed) == len(result.cells):
        raise EveryRunFailed(result)
    return result


def campaign(
    plan: Plan,
    executor: Executor,
    *,
    store: ResultsStore | None = None,
    progress: OnProgress = lambda done, total: None,
    note: Callable[[str], None] = lambda text: None,
) -> tuple[BenchResult, ...]:
    """Compute what a plan asks for, taking from ``store`` what is there and keeping there what is new.

    What is asked is noted in the store first, so that a report can be made of it.

    Parameters
    ----------
    plan : from `plan`.
    executor : where cells are computed, each in one call, so that scheduling costs next to nothing.
    store : finished cells; None computes everything and keeps nothing.
    progress : called with (cells finished, cells in all) whenever one is finished, and once before the first.
    note : called with what somebody should know about the store.

    Returns
    -------
    One result per spec of the plan.
    """
    questions = plan.questions
    identities: list[Identity] = []
    cells: dict[int, Cell] = {}
    if store is not None:
        identities = executor.submit(identify_all, questions).result()  # where it is computed: keys hang on how one adds there
        for other, count in remember(store, plan, identities, machine(executor)).items():
            note(apart(count, other))
        keys = [identity.key for identity in identities]
        cells = find_cells(store, list(enumerate(questions)), keys, identities[0].versions)
    progress(len(cells), len(questions))
    missing = [(index, question) for index, question in enumerate(questions) if index not in cells]
    for index, cell in _finished(Work(missing, executor)):
        cells[index] = cell
        if store is not None and cell.error is None:
            store.put(identities[index], cell)
        progress(len(cells), len(questions))
    errors = {index: cell.error for index, cell in cells.items() if cell.error is not None}
    if store is not None and errors:
        remember_failed(store, plan, identities, machine(executor), errors)
    return assemble(plan, cells.values())


def _finished(work: Work) -> Iterable[tuple[int, Cell]]:
    """Cells as they are finished."""
    while work.waiting or work.pending:
        if work.waiting:
            work.submit()
        # While there is something to submit, only look; an executor that computes in `submit` is emptied after each call.
        ready, _ = wait(work.pending, timeout=0 if work.waiting else None, return_when=FIRST_COMPLETED)
        for future in ready:
            if (found := work.settle(future)) is not None:
                yield found
