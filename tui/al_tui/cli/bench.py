"""What `al-tui bench` does with its options."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.data.facts import dataset_names, describe_dataset
from al_core.data.origin import short_name
from al_core.ground.calls import split_names
from al_core.ground.errors import BadOption, UserError, about
from al_core.ground.safe_text import safe_text
from al_core.measures.worth import Price
from al_core.task.spec import TaskSpec
from al_tui.cli.raced import fitted, is_own, knowing, most_rounds, read_sources
from al_tui.output import names_stdout, put, say
from al_tui.requests.bench import BenchOptions
from al_tui.requests.own_data import found_data
from al_tui.requests.race import RaceRequest, see
from al_tui.requests.raced import DataOptions
from al_tui.requests.where import Place

if TYPE_CHECKING:
    from al_core.comparison.cell import BenchResult
    from al_core.comparison.plan import Plan, PlanOptions

EPILOG = """\b
Examples:
  al-tui bench --seeds 50                                      four strategies, with verdicts
  al-tui bench --strategies random,margin --json > b.json      one seed, a preview
  al-tui bench --datasets digits,wine,iris --seeds 30          ranks over data sets
  al-tui bench pots/ jugs.npz --seeds 30                       your own files, with labels
  al-tui bench --executor dask --scheduler tcp://10.0.0.7:8786 on other machines
  al-tui report --out report.html                              the last bench as a page
"""


_NAMED = 10
"""Seeds that are named where some failed; beyond, they are counted."""


def run_bench(
    request: RaceRequest,
    asking: PlanOptions,
    place: Place,
    options: BenchOptions,
    words: Sequence[str],
    data: DataOptions,
    log: Callable[[], Path],
    price: Price,
) -> int:
    """Compute what is asked, print it, and return the exit code.

    Parameters
    ----------
    request : checked already.
    asking : what is compared, and how.
    place : where it is computed and kept.
    options : the rest of the command line.
    words : the data sets: names, and paths of files of one's own.
    data : how such files are read.
    log : makes the worker log and returns its path; called only when something is computed.
    price : what a label costs, as far as it is known.

    Raises
    ------
    UserError
        Something in the options cannot be done; nothing was started.
    """
    from al_core.comparison.plan import plan
    from al_core.ground.files import check_new

    if options.out is not None and not names_stdout(options.out):
        check_new(options.out, force=options.force)
    with contextlib.ExitStack() as stack:
        executor: Executor | None = None
        log_path = Path(os.devnull)
        specs = [replace(request.spec, dataset=word) for word in words]
        if any(map(is_own, words)):  # whoever plans must know how large they are
            log_path = log()
            bare = _open(place, request, max(map(most_rounds, specs)), log_path, stack)
            sources = read_sources(words, data, bare)
            executor = knowing(tuple(sources.values()), bare)
            names = [sources[word].name if word in sources else word for word in words]
            specs = [_fitted(replace(spec, dataset=name), executor) for spec, name in zip(specs, names, strict=True)]
        asked = plan(
            _specs(specs, options),
            request.strategies,
            seeds=asking.seeds,
            targets=() if asking.second_target is None else (asking.second_target,),
            references=asking.references,
            oracle=asking.oracle,
            least_saving=asking.least_saving,
        )
        if executor is None:
            log_path = log()
            executor = _open(place, request, max(spec.rounds for spec in asked.specs), log_path, stack)
        results = _compute(asked, executor, place.words(request.workers), place)
    _print(results, options, price)
    return 1 if _tell_failures(results, log_path) else 0


def _open(place: Place, request: RaceRequest, rounds: int, log_path: Path, stack: contextlib.ExitStack) -> Executor:
    """What computes, until the stack is left."""
    executor = place.open(request.workers, request.round_limit * (rounds + 1), log_path)
    stack.callback(executor.shutdown)
    return executor


def _fitted(spec: TaskSpec, executor: Executor) -> TaskSpec:
    return fitted(spec, executor) if is_own(spec.dataset) else spec


def _compute(asked: Plan, executor: Executor, where: str, place: Place) -> tuple[BenchResult, ...]:
    """Compute what the store does not have, and say how it goes on."""
    from al_core.comparison.campaign import campaign
    from al_core.comparison.store import ResultsStore
    from al_tui.cli.progress import ProgressLine

    title = (
        f"{len(asked.strategies)} strategies × {len(asked.seeds)} seeds"
        f" on {', '.join(f'{spec.dataset} with {spec.learner}' for spec in asked.specs)}, {where}"
    )
    with contextlib.ExitStack() as stack:
        store = place.open_store(ResultsStore)
        if store is not None:
            stack.enter_context(store)
        with ProgressLine(title) as progress:
            return campaign(asked, executor, store=store, progress=progress, note=say)


def _print(results: Sequence[BenchResult], options: BenchOptions, price: Price) -> None:
    """Write the result where the options say."""
    from al_core.comparison.across import compare_all
    from al_core.comparison.encoding import to_json
    from al_core.ground.files import write_new
    from al_core.reports.comparison import bench_table
    from al_core.reports.worths import money_json

    found = compare_all(results)
    sources = dict.fromkeys(part.data for part in found.comparisons if part.data is not None)
    for source in sources:
        if words := source.partly_labelled:
            say(f"data set {source.name!r}: {words}")
    document = to_json(found) | money_json(found.comparisons, price)
    text = json.dumps(document, indent=2, allow_nan=False) + "\n" if options.as_json else bench_table(found, price)
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


def _specs(asked: Sequence[TaskSpec], options: BenchOptions) -> list[TaskSpec]:
    learners = [asked[0].learner] if options.learners is None else _several("--learners", options.learners)
    if options.learners is not None:
        from al_core.learners.registry import tried_learner

        with about("learners"):
            for learner in learners:
                tried_learner(learner)
    specs = []
    with about("datasets"):
        infos = [describe_dataset(spec.dataset) for spec in asked]
    for spec, info in zip(asked, infos, strict=True):
        budget, most = spec.budget, info.start(spec.initial) + info.pool(spec.initial)
        if (len(asked) > 1 or options.datasets is not None) and budget > most:
            budget = most
            say(f"{spec.dataset} has only {budget:,} labels to give; its runs end there")
        specs += [replace(spec, learner=learner, budget=budget) for learner in learners]
    return specs


def asked_data(words: Sequence[str], dataset: str, options: BenchOptions) -> list[str]:
    """The data sets that a bench is over, by what was said: names, and whole paths of files of one's own.

    Raises
    ------
    UserError
        One is named twice, or there is no such thing.
    """
    option = "datasets" if options.datasets is not None or words else "dataset"
    named = list(words) if words else [dataset] if options.datasets is None else _several("--datasets", options.datasets)
    with about(option):
        found = [found_data(word, dataset_names()) for word in named]
        if twice := [word for word in found if found.count(word) > 1]:
            raise UserError(f"{safe_text(short_name(twice[0]), 60)} is named more than once; name each data set once")
    return found


def _several(option: str, text: str) -> list[str]:
    names = split_names(text)
    if not names:
        raise BadOption(f"{option} is empty; name at least one", option.removeprefix("--"))
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadOption(f"{option} names {twice[0]} more than once", option.removeprefix("--"))
    return names
