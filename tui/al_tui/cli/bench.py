"""What `al-tui bench` does with its options."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.data.facts import describe_dataset
from al_core.ground.calls import split_names
from al_core.ground.errors import BadOption, about
from al_core.task.spec import TaskSpec
from al_tui.output import names_stdout, put, say
from al_tui.requests.bench import BenchOptions
from al_tui.requests.race import RaceRequest, see
from al_tui.requests.where import Place

if TYPE_CHECKING:
    from al_core.comparison.cell import BenchResult
    from al_core.comparison.plan import Plan, PlanOptions

EPILOG = """\b
Examples:
  al-tui bench --seeds 50                                      four strategies, with verdicts
  al-tui bench --strategies random,margin --json > b.json      one seed, a preview
  al-tui bench --datasets digits,wine,iris --seeds 30          ranks over data sets
  al-tui bench --executor dask --scheduler tcp://10.0.0.7:8786 on other machines
  al-tui report --out report.html                              the last bench as a page
"""


_NAMED = 10
"""Seeds that are named where some failed; beyond, they are counted."""


def run_bench(request: RaceRequest, asking: PlanOptions, place: Place, options: BenchOptions, log: Callable[[], Path]) -> int:
    """Compute what is asked, print it, and return the exit code.

    Parameters
    ----------
    request : checked already.
    asking : what is compared, and how.
    place : where it is computed and kept.
    options : the rest of the command line.
    log : makes the worker log and returns its path; called only when something is computed.

    Raises
    ------
    UserError
        Something in the options cannot be done; nothing was started.
    """
    from al_core.comparison.plan import plan
    from al_core.ground.files import check_new

    if options.out is not None and not names_stdout(options.out):
        check_new(options.out, force=options.force)
    asked = plan(
        _specs(request.spec, options),
        request.strategies,
        seeds=asking.seeds,
        targets=() if asking.second_target is None else (asking.second_target,),
        references=asking.references,
        oracle=asking.oracle,
        least_saving=asking.least_saving,
    )
    log_path = log()
    results = _compute(asked, request.workers, request.round_limit, place, log_path)
    _print(results, options)
    return 1 if _tell_failures(results, log_path) else 0


def _compute(asked: Plan, workers: int, round_limit: float, place: Place, log_path: Path) -> tuple[BenchResult, ...]:
    """Compute what the store does not have, and say how it goes on."""
    from al_core.comparison.campaign import campaign
    from al_core.comparison.store import ResultsStore
    from al_tui.cli.progress import ProgressLine

    title = (
        f"{len(asked.strategies)} strategies × {len(asked.seeds)} seeds"
        f" on {', '.join(f'{spec.dataset} with {spec.learner}' for spec in asked.specs)}, {place.words(workers)}"
    )
    with contextlib.ExitStack() as stack:
        store = place.open_store(ResultsStore)
        if store is not None:
            stack.enter_context(store)
        rounds = max(spec.rounds for spec in asked.specs)
        executor = place.open(workers, round_limit * (rounds + 1), log_path)
        stack.callback(executor.shutdown)
        with ProgressLine(title) as progress:
            return campaign(asked, executor, store=store, progress=progress, note=say)


def _print(results: Sequence[BenchResult], options: BenchOptions) -> None:
    """Write the result where the options say."""
    from al_core.comparison.across import compare_all
    from al_core.comparison.encoding import to_json
    from al_core.ground.files import write_new
    from al_core.reports.comparison import bench_table

    found = compare_all(results)
    sources = dict.fromkeys(part.data for part in found.comparisons if part.data is not None)
    for source in sources:
        if words := source.partly_labelled:
            say(f"data set {source.name!r}: {words}")
    text = json.dumps(to_json(found), indent=2, allow_nan=False) + "\n" if options.as_json else bench_table(found)
    if options.out is None or names_stdout(options.out):
        put(text)
    else:
        write_new(options.out, text, force=options.force)
        say(f"wrote {options.out}")


def _tell_failures(results: Sequence[BenchResult], log_path: Path) -> bool:
    """Say what failed and why, in one line for all seeds of a strategy that failed alike; returns whether anything did."""
    for result in results:
        seeds: dict[tuple[str, str], list[int]] = {}
        for cell in result.failed:
            seeds.setdefault((cell.strategy, cell.error or ""), []).append(cell.seed)
        place = f" on {result.spec.dataset} with {result.spec.learner}" if len(results) > 1 else ""
        for (strategy, error), failed in seeds.items():
            where = "every seed" if len(failed) == len(result.seeds) > 1 else _seeds(failed)
            say(f"al-tui: {strategy} failed on {where}{place}: {error}{see(log_path)}")
    if all(len(result.failed) == len(result.cells) for result in results):
        say("al-tui: every run failed")
    return any(result.failed for result in results)


def _seeds(seeds: Sequence[int]) -> str:
    named = ", ".join(map(str, seeds[:_NAMED]))
    more = f" and {len(seeds) - _NAMED} more" if len(seeds) > _NAMED else ""
    return f"seed{'s' if len(seeds) > 1 else ''} {named}{more}"


def _specs(spec: TaskSpec, options: BenchOptions) -> list[TaskSpec]:
    datasets = [spec.dataset] if options.datasets is None else _several("--datasets", options.datasets)
    learners = [spec.learner] if options.learners is None else _several("--learners", options.learners)
    if options.learners is not None:
        from al_core.learners.registry import tried_learner

        with about("learners"):
            for learner in learners:
                tried_learner(learner)
    specs = []
    with about("datasets"):
        infos = [describe_dataset(dataset) for dataset in datasets]
    for dataset, info in zip(datasets, infos, strict=True):
        budget, most = spec.budget, info.start(spec.initial) + info.pool(spec.initial)
        if options.datasets is not None and budget > most:
            budget = most
            say(f"{dataset} has only {budget} labels to give; its runs end there")
        specs += [replace(spec, dataset=dataset, learner=learner, budget=budget) for learner in learners]
    return specs


def _several(option: str, text: str) -> list[str]:
    names = split_names(text)
    if not names:
        raise BadOption(f"{option} is empty; name at least one", option.removeprefix("--"))
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadOption(f"{option} names {twice[0]} more than once", option.removeprefix("--"))
    return names
