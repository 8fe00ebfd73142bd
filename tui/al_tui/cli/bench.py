"""What `al-tui bench` does with its options."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from al_core.data.facts import dataset_names, describe_dataset
from al_core.ground.calls import split_names
from al_core.ground.errors import UserError
from al_core.task.spec import LEAST_SAVING, TaskSpec
from al_tui.output import names_stdout, put, say
from al_tui.requests.race import see
from al_tui.requests.where import Place

if TYPE_CHECKING:
    from al_core.comparison.cell import BenchResult
    from al_core.comparison.plan import Plan

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


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """Options of `al-tui bench` that the race does not have."""

    datasets: str | None
    learners: str | None
    second_target: float | None
    least_saving: float
    references: bool | None
    oracle: bool
    as_json: bool
    out: Path | None
    force: bool


def bench_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `BenchOptions`, by the same names."""
    options = [
        click.option("--datasets", metavar="A,B,…", help=f"Several data sets: {', '.join(dataset_names())}."),
        click.option("--learners", metavar="A,B,…", help="Several learners."),
        click.option("--second-target", type=float, help="Another target beside --target.  [default: halfway from it to 1]"),
        click.option(
            "--least-saving",
            type=float,
            default=LEAST_SAVING,
            show_default=True,
            help="Share of labels below which a saving or a cost gets no verdict.",
        ),
        click.option(
            "--references/--no-references",
            default=None,
            help="Add random and random#2, a second one that shows how much is chance.  [default: with more than one seed]",
        ),
        click.option("--oracle", is_flag=True, help="Add a greedy oracle, which sees all labels; it shows the room there is."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table."),
        click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead of stdout."),
        click.option("--force", is_flag=True, help="Let --out replace a file."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def run_bench(
    spec: TaskSpec,
    strategies: tuple[str, ...],
    workers: int,
    round_limit: float,
    seeds: int,
    place: Place,
    options: BenchOptions,
    log: Callable[[], Path],
) -> int:
    """Compute what is asked, print it, and return the exit code.

    Parameters
    ----------
    spec, strategies, workers : checked already.
    round_limit : seconds a round may take before its worker is ended.
    seeds : how many.
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
    targets = () if options.second_target is None else (options.second_target,)
    specs = _specs(spec, options)
    asked = plan(
        specs,
        strategies,
        seeds=seeds,
        targets=targets,
        references=options.references,
        oracle=options.oracle,
        least_saving=options.least_saving,
    )
    log_path = log()
    results = _compute(asked, workers, round_limit, place, log_path)
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

        for learner in learners:
            tried_learner(learner)
    specs = []
    for dataset in datasets:
        info = describe_dataset(dataset)
        budget, most = spec.budget, info.start(spec.initial) + info.pool(spec.initial)
        if options.datasets is not None and budget > most:
            budget = most
            say(f"{dataset} has only {budget} labels to give; its runs end there")
        specs += [replace(spec, dataset=dataset, learner=learner, budget=budget) for learner in learners]
    return specs


def _several(option: str, text: str) -> list[str]:
    names = split_names(text)
    if not names:
        raise UserError(f"{option} is empty; name at least one")
    if twice := [name for name in names if names.count(name) > 1]:
        raise UserError(f"{option} names {twice[0]} more than once")
    return names
