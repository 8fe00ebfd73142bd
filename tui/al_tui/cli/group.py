"""The command line. Loads what a command needs when it runs, so that `al-tui` paints at once."""

from __future__ import annotations

import contextlib
import os
import textwrap
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import click

from al_core.comparison.plan import PlanOptions
from al_core.data.facts import comes_with
from al_core.ground.errors import UserError, about
from al_core.ground.release import __version__
from al_core.task.options import option
from al_core.task.spec import TaskSpec, suited
from al_tui.cli import label as label_commands
from al_tui.cli import resume as resume_command
from al_tui.cli import sessions as session_commands
from al_tui.cli.bench import EPILOG as EPILOG_BENCH
from al_tui.cli.bench import asked_data, run_bench
from al_tui.cli.certify import certify_command
from al_tui.cli.command import Group, bound_keys, project_option, version_option
from al_tui.cli.datasets import LabelledData, OwnFile, RacedData
from al_tui.cli.init import init_command
from al_tui.cli.learn import learn_command
from al_tui.cli.listed_data import datasets_command
from al_tui.cli.options import STORE, declare, taken
from al_tui.cli.predict import predict_command
from al_tui.cli.raced import check_data, is_own, race_over_files
from al_tui.cli.replay import replay_command
from al_tui.cli.report import report_command
from al_tui.output import printed_results, put, put_json, say
from al_tui.requests.bench import BenchOptions
from al_tui.requests.money import MoneyOptions, price_of
from al_tui.requests.options import RaceOptions, ScreenOptions, checked_request, checked_spec, checked_values
from al_tui.requests.race import check_session, log_file
from al_tui.requests.raced import DataOptions
from al_tui.requests.taken import RACE, TAKEN
from al_tui.requests.terminal import check_drawable, check_screen
from al_tui.requests.where import Place

EPILOG = """\b
Examples:
  al-tui learn                                lessons, from the very beginning, with a live race
  al-tui                                      watch four strategies race on digits
  al-tui --strategies random,margin --seed 7  two strategies, another split
  al-tui --pace max                           as fast as the workers can
  al-tui my_pictures/                         the same race over your own files, with labels
  al-tui --seeds 50                           the race repeated beside it: medians, bands, verdicts
  al-tui bench --seeds 20                     the same race without a screen, repeated
  al-tui bench --seeds 20 --json --out b.json results for other programs
  al-tui init my_pictures/                    write a project's file, with every option and what it is for
  al-tui label                                label digits yourself; the model learns from every key
  al-tui resume                               go on with the latest session, labels or race
  al-tui predict NAME --out labels.csv        your labels, and the model's for the rest
  al-tui strategies                           what there is to race
  al-tui learners                             and what there is to learn with
  al-tui datasets                             and what there is to label
  al-tui 'plane(separation=0.5)'              a data set in the plane, with what the model says everywhere
\b
Shell completion:
  eval "$(al-tui completion bash)"            also zsh and fish
"""


COMPLETE_VARIABLE = "_AL_TUI_COMPLETE"


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@version_option(f"al-tui {__version__}")
@declare(*TAKEN[RACE], types={"dataset": LabelledData(), "test": OwnFile(), "embeddings": OwnFile(), "results": STORE})
@project_option
@click.pass_context
def cli(ctx: click.Context, /, seeds: int, **options: Any) -> None:
    """Race active-learning query strategies live, label by keystroke, compare honestly.

    A word that is no command is the data: a data set of this program, or your own files, as --dataset is.
    """
    if ctx.invoked_subcommand is not None:
        given = [name for name in ctx.params if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE]
        if given:
            raise UserError(f"--{given[0]} stands before {ctx.invoked_subcommand!r}; write it behind")
        return
    screen, place, spec = taken(ScreenOptions, options), taken(Place, options), taken(TaskSpec, options)
    if screen.no_session and screen.session is not None:
        raise UserError("--session and --no-session exclude each other; give one of them")
    if screen.session is not None:
        check_session(screen.session)
    own, reading, price = is_own(spec.dataset), taken(DataOptions, options), price_of(taken(MoneyOptions, options))
    spec = spec if own else suited(spec, _said(ctx))
    with about("dataset"):  # before other options are found not to fit it
        check_drawable(spec.dataset)
    check_data([spec.dataset], reading)
    _refuse_limit(place)
    request = checked_request(spec, taken(RaceOptions, options), checked_values if own else checked_spec)
    request = request._replace(session=screen.session, keep=not screen.no_session, keys=bound_keys(ctx, RACE), price=price)
    option(PlanOptions, "seeds").check(seeds)
    check_screen(request)
    if own:
        ctx.exit(race_over_files(request, reading, screen.pace, seeds, place))
    from al_tui.launch import launch

    ctx.exit(launch(request, screen.pace, seeds, place))


@cli.command("bench", epilog=EPILOG_BENCH)
@click.argument("data", nargs=-1, metavar="[DATASET|PATH]...", type=RacedData())
@declare(*TAKEN["bench"], types={"dataset": RacedData(), "test": OwnFile(), "embeddings": OwnFile(), "results": STORE})
@project_option
def bench_command(data: tuple[str, ...], **options: Any) -> int:
    """The race without a screen, over paired seeds; narration on stderr, the result on stdout.

    It is over data sets of this program, or over files of your own that have labels: pictures, arrays, tables and texts.
    """
    mine, asking, price = taken(BenchOptions, options), taken(PlanOptions, options), price_of(taken(MoneyOptions, options))
    place, spec, reading = taken(Place, options), taken(TaskSpec, options), taken(DataOptions, options)
    _refuse_given("dataset", mine.datasets is not None, "--dataset and --datasets exclude each other; give one of them")
    for name in ("dataset", "datasets"):
        _refuse_given(name, bool(data), f"--{name} names data, and so do words without it; give one of them")
    _refuse_given("learner", mine.learners is not None, "--learner and --learners exclude each other; give one of them")
    _refuse_limit(place)
    words = asked_data(data, spec.dataset, mine)
    check_data(words, reading)
    alone = mine.datasets is None and len(words) == 1 and comes_with(words[0])
    check = checked_spec if alone else checked_values
    spec = replace(spec, dataset=words[0])
    spec = suited(spec, _said(click.get_current_context())) if alone else spec
    request = checked_request(spec, taken(RaceOptions, options), check)
    return run_bench(request, asking, place, mine, words, reading, log_file, price)


def _said(ctx: click.Context) -> set[str]:
    """Options that the command line or a file says."""
    return {name for name in ctx.params if ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT}


def _refuse_given(name: str, otherwise: bool, message: str) -> None:
    """Raise `UserError` when the option stands on the command line although something else excludes it."""
    if otherwise and click.get_current_context().get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
        raise UserError(message)


def _refuse_limit(place: Place) -> None:
    message = f"--round-limit ends worker processes, which --executor {place.executor} does not have; leave it away"
    _refuse_given("round_limit", place.executor != "processes", message)


cli.add_command(report_command)


_ASKS_FOR = {"largest": "the largest", "smallest": "the smallest", "batch": "what it chooses as a batch"}


@cli.command("strategies")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def strategies_command(names: tuple[str, ...], as_json: bool) -> None:
    """What can race: name, family, formula, source, options; all, or those that are named, with parameters or without."""
    from al_core.strategies.registry import failed_plugins, resolve_strategy, strategies

    infos = [strategy.info for strategy in map(resolve_strategy, names)] or [strategy.info for strategy in strategies()]
    if as_json:
        keep = ("name", "family", "formula", "source", "cost", "wants", "summary", "parameters")
        documents = [{key: asdict(info)[key] for key in keep} for info in infos]
        put_json(documents)
    else:
        blocks = []
        for info in infos:
            rows = [("formula", info.formula), ("source", info.source), ("cost", info.cost)]
            rows += [("asks for", _ASKS_FOR[info.wants])] if names else []
            lines = [f"{info.name}  ({info.family})", f"  {info.summary}", *(f"  {key:<10}{value}" for key, value in rows)]
            for entry in info.parameters:
                values = f" ({entry.values})" if entry.values else ""
                lines += [f"  {entry.name}={entry.default}{values}", textwrap.indent(textwrap.fill(entry.help, 90), " " * 6)]
            blocks.append("\n".join(lines))
        blocks += (
            []
            if names
            else [
                "skactiveml:Name\n  Any pool strategy of an installed scikit-activeml; a name it does not have lists them all."
            ]
        )
        put("\n\n".join(blocks) + "\n")
    _tell_left_out(failed_plugins())


@cli.command("learners")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def learners_command(as_json: bool) -> None:
    """What can learn: name, source, parameters; any scikit-learn compatible classifier as module:factory."""
    from al_core.learners.registry import failed_plugins, learners

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
        put_json(documents)
        _tell_left_out(failed_plugins())
        return
    blocks = []
    for found in learners():
        rows = [("source", found.source)] + [(f"{entry.name}={entry.default}", entry.help) for entry in found.infos]
        lines = [found.name + ("(a,b,…)" if found.takes_learners else ""), f"  {found.summary}"]
        blocks.append("\n".join(lines + [f"  {key:<16}{value}" for key, value in rows]))
    example = "'sklearn.ensemble:ExtraTreesClassifier(n_estimators=50)'"
    blocks.append(f"module:factory\n  Any scikit-learn compatible classifier, e.g. {example}")
    put("\n\n".join(blocks) + "\n")
    _tell_left_out(failed_plugins())


def _tell_left_out(plugins: Mapping[str, str]) -> None:
    for name, reason in plugins.items():
        say(f"al-tui: the plug-in {name!r} is left out: {reason}")


@cli.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print a script that completes commands and options: eval "$(al-tui completion bash)"."""
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None
    put(complete(cli, {}, "al-tui", COMPLETE_VARIABLE).source() + "\n")


session_commands.register(cli)
label_commands.register(cli)
cli.add_command(resume_command.resume_command)
cli.add_command(replay_command)
cli.add_command(predict_command)
cli.add_command(certify_command)
cli.add_command(init_command)
cli.add_command(datasets_command)
cli.add_command(learn_command)


def run() -> int:
    """Run the command line; what a person did wrong is told in one line, with exit code 2."""
    try:
        # The shell asks for completions through a variable, and click answers by itself.
        with printed_results() if COMPLETE_VARIABLE in os.environ else contextlib.nullcontext():
            code = cli.main(prog_name="al-tui", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        raise UserError(error.format_message().replace("\n", " ")) from None
    except click.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0
