"""The command line. Loads what a command needs when it runs, so that `al-tui` paints at once."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from al_core import __version__
from al_core.data.catalog import INITIAL_METHODS, dataset_names
from al_core.errors import UserError
from al_core.executors import LOG_VARIABLE
from al_core.names import split_names
from al_core.task import DEFAULT_STRATEGIES, TaskSpec, check_spec
from al_tui import label_commands, session_commands

EPILOG = """\b
Examples:
  al-tui                                      watch four strategies race on digits
  al-tui --strategies random,margin --seed 7  two strategies, another split
  al-tui --pace max                           as fast as the workers can
  al-tui bench --seeds 20                     the same race without a screen, repeated
  al-tui bench --seeds 20 --json --out b.json results for other programs
  al-tui label                                label digits yourself; the model learns from every key
  al-tui resume                               go on with the latest session
  al-tui strategies                           what there is to race
  al-tui learners                             and what there is to learn with
\b
Shell completion:
  eval "$(al-tui completion bash)"            also zsh and fish
"""

ROUND_LIMIT = 120.0
"""Seconds a round may take before its worker is ended."""


class _Pace(click.ParamType[float | None]):
    name = "ROUNDS_PER_SECOND|max"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        if value is None or isinstance(value, float):
            return value
        if value == "max":
            return None
        try:
            pace = float(value)
        except ValueError:
            pace = 0.0
        if not 0.01 <= pace <= 1000:
            self.fail(f"{value!r} is no pace; give rounds per second, 0.01 to 1000, or max", param, ctx)
        return pace


def _race_options(command: Callable[..., Any]) -> Callable[..., Any]:
    defaults = TaskSpec()
    options = [
        click.option(
            "--strategies", default=None, metavar="A,B,…", help=f"Who races.  [default: {','.join(DEFAULT_STRATEGIES)}]"
        ),
        click.option(
            "--dataset",
            default=defaults.dataset,
            show_default=True,
            type=click.Choice(dataset_names()),
            help="What is labelled.",
        ),
        click.option("--learner", default=defaults.learner, show_default=True, help="The model that learns."),
        click.option(
            "--initial",
            default=defaults.initial,
            show_default=True,
            type=click.Choice(list(INITIAL_METHODS)),
            help="The labels a run starts with: two random ones per class, or one typical item per cluster.",
        ),
        click.option("--batch", default=defaults.batch, show_default=True, help="Labels asked for in a round."),
        click.option(
            "--budget",
            default=defaults.budget,
            show_default=True,
            help="Labels at the end, the starting ones included.",
        ),
        click.option(
            "--target",
            default=defaults.target,
            show_default=True,
            help="Test accuracy that labels-to-target counts to.",
        ),
        click.option("--seed", default=defaults.seed, show_default=True, help="Fixes split, start and every random choice."),
        click.option("--workers", default=None, type=int, help="Worker processes.  [default: one per core]"),
        click.option("--round-limit", default=ROUND_LIMIT, show_default=True, help="Seconds before a round is given up."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.group(
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="al-tui", message="%(prog)s %(version)s")
@_race_options
@click.option(
    "--pace",
    default="1.5",
    type=_Pace(),
    help="Rounds per second of each strategy, or max; 1.5 makes the race last some 20 seconds.  [default: 1.5]",
)
@click.pass_context
def cli(ctx: click.Context, /, pace: float | None, **options: Any) -> None:
    """Race active-learning query strategies live, label digits by keystroke, compare honestly."""
    if ctx.invoked_subcommand is not None:
        given = [name for name in ctx.params if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE]
        if given:
            raise UserError(f"--{given[0]} stands before {ctx.invoked_subcommand!r}; write it behind")
        return
    plan = checked_plan(**options)
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise UserError("this is no terminal; for a race without a screen use: al-tui bench")
    from al_tui.launch import launch

    ctx.exit(launch(plan, pace))


@cli.command(
    "bench",
    epilog="\b\nExamples:\n  al-tui bench --strategies random,margin --seeds 20\n  al-tui bench --json > result.json",
)
@_race_options
@click.option("--seeds", default=1, show_default=True, help="Paired repetitions, from --seed upwards.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead of stdout.")
@click.option("--force", is_flag=True, help="Let --out replace a file.")
def bench_command(seeds: int, as_json: bool, out: Path | None, force: bool, **options: Any) -> int:
    """The race without a screen, over paired seeds; narration on stderr, the result on stdout."""
    from al_core.bench import bench, summary
    from al_core.executors import Processes
    from al_core.files import write_new
    from al_core.reports.comparison import bench_table
    from al_tui.progress import Progress

    plan = checked_plan(**options)
    spec = plan.spec
    if seeds < 1:
        raise UserError(f"--seeds is {seeds}; at least 1 is needed")
    if out is not None and out.exists() and not force:
        raise UserError(f"{out} is there already; choose another name or use --force")
    log = log_file()
    executor = Processes(plan.workers, limit=plan.round_limit * (spec.rounds + 1), log=log)
    title = f"{len(plan.strategies)} strategies × {seeds} seeds on {spec.dataset} with {spec.learner}, {plan.workers} workers"
    try:
        with Progress(title) as progress:
            result = bench(spec, plan.strategies, executor, seeds=seeds, progress=progress)
    finally:
        executor.shutdown()
    document = summary(result)
    text = json.dumps(document, indent=2) + "\n" if as_json else bench_table(document)
    if out is None:
        sys.stdout.write(text)
    else:
        write_new(out, text, force=force)
        click.echo(f"wrote {out}", err=True)
    for cell in result.failed:
        click.echo(f"al-tui: {cell.strategy} failed on seed {cell.seed}: {cell.error}; see {log}", err=True)
    return 1 if result.failed else 0


@cli.command("strategies")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def strategies_command(as_json: bool) -> None:
    """What can race: name, family, formula, source."""
    from al_core.strategies.registry import failed_plugins, strategies

    infos = [strategy.info for strategy in strategies()]
    if as_json:
        keep = ("name", "family", "formula", "source", "cost", "wants", "summary", "parameters")
        documents = [{key: asdict(info)[key] for key in keep} for info in infos]
        sys.stdout.write(json.dumps(documents, indent=2, ensure_ascii=False) + "\n")
    else:
        blocks = []
        for info in infos:
            rows = [("formula", info.formula), ("source", info.source), ("cost", info.cost)]
            rows += [(f"{entry.name}={entry.default}", entry.help) for entry in info.parameters]
            lines = [
                f"{info.name}  ({info.family})",
                f"  {info.summary}",
                *(f"  {key:<10}{value}" for key, value in rows),
            ]
            blocks.append("\n".join(lines))
        sys.stdout.write("\n\n".join(blocks) + "\n")
    for name, reason in failed_plugins().items():
        click.echo(f"al-tui: the plug-in {name!r} could not be loaded: {reason}", err=True)


@cli.command("learners")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def learners_command(as_json: bool) -> None:
    """What can learn: name, source, parameters; any scikit-learn compatible classifier as module:factory."""
    from dataclasses import asdict

    from al_core.learners.registry import learners

    if as_json:
        documents = [
            {
                "name": found.name,
                "summary": found.summary,
                "source": found.source,
                "takes_learners": found.takes_learners,
                "parameters": [asdict(entry) for entry in found.infos],
            }
            for found in learners()
        ]
        sys.stdout.write(json.dumps(documents, indent=2, ensure_ascii=False) + "\n")
        return
    blocks = []
    for found in learners():
        rows = [("source", found.source)] + [(f"{entry.name}={entry.default}", entry.help) for entry in found.infos]
        lines = [found.name + ("(a,b,…)" if found.takes_learners else ""), f"  {found.summary}"]
        blocks.append("\n".join(lines + [f"  {key:<16}{value}" for key, value in rows]))
    example = "'sklearn.ensemble:ExtraTreesClassifier(n_estimators=50)'"
    blocks.append(f"module:factory\n  Any scikit-learn compatible classifier, e.g. {example}")
    sys.stdout.write("\n\n".join(blocks) + "\n")


@cli.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print a script that completes commands and options: eval "$(al-tui completion bash)"."""
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None
    sys.stdout.write(complete(cli, {}, "al-tui", "_AL_TUI_COMPLETE").source() + "\n")


session_commands.register(cli)
label_commands.register(cli)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the options ask for: the task, who races, with how many processes, and how many seconds a round may take."""

    spec: TaskSpec
    strategies: tuple[str, ...]
    workers: int
    round_limit: float


def checked_plan(
    strategies: str | None,
    dataset: str,
    learner: str,
    initial: str,
    batch: int,
    budget: int,
    target: float,
    seed: int,
    workers: int | None,
    round_limit: float,
) -> Plan:
    """Turn options into a plan, or say in one line what is wrong with them; nothing has been started yet."""
    spec = check_spec(TaskSpec(dataset, learner, seed, batch, budget, target, initial))
    names: tuple[str, ...] = DEFAULT_STRATEGIES
    if strategies is not None:
        from al_core.strategies.registry import resolve_strategy

        names = tuple(str(resolve_strategy(name)) for name in split_names(strategies))
        if not names:
            raise UserError("--strategies is empty; name at least one, e.g. random,margin")
        if twice := {name for name in names if names.count(name) > 1}:
            raise UserError(f"--strategies names {sorted(twice)[0]} more than once")
    if learner != TaskSpec().learner:
        from al_core.learners.registry import resolve_learner

        resolve_learner(learner)
    if workers is not None and not 1 <= workers <= 256:
        raise UserError(f"--workers is {workers}; give 1 to 256")
    if not round_limit > 0:
        raise UserError(f"--round-limit is {round_limit:g}; give seconds above 0")
    return Plan(spec, names, workers or min(os.cpu_count() or 1, 8), round_limit)


def log_file() -> Path:
    """The file that receives what workers print; made if needed, and known to processes started from here."""
    from platformdirs import user_log_path

    directory = user_log_path("al-tui", appauthor=False)
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = directory / "al-tui.log"
        path.touch(mode=0o600)
    except OSError as error:
        raise UserError(f"cannot write the log file in {directory}: {error.strerror}") from None
    os.environ[LOG_VARIABLE] = str(path)
    return path


def main() -> None:
    """Entry point of the console script; every error a person can cause is one line and exit code 2."""
    try:
        code = cli.main(prog_name="al-tui", standalone_mode=False)
    except UserError as error:
        click.echo(f"al-tui: {error}", err=True)
        code = 2
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        click.echo(f"al-tui: {error.format_message().replace(chr(10), ' ')}", err=True)
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("al-tui: stopped", err=True)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    sys.exit(code if isinstance(code, int) else 0)
