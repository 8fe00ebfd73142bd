"""The command that labels by keystroke."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from al_core.data.columns import columns_of
from al_core.data.facts import comes_with
from al_core.data.origin import Places
from al_core.ground.errors import UserError, about
from al_core.labelling.defaults import BY_DATA
from al_core.labelling.share import share_of
from al_core.sessions.actions import Settings
from al_core.task.options import check_options
from al_tui.cli.command import Command, bound_keys, class_descriptions, project_option
from al_tui.cli.datasets import LabelledData, OwnFile
from al_tui.cli.go_on import go_on_labelling, learning_limit
from al_tui.cli.options import declare, taken
from al_tui.cli.which_session import which_session
from al_tui.output import is_terminal
from al_tui.requests.money import MoneyOptions, price_of
from al_tui.requests.options import LabelOptions
from al_tui.requests.own_data import check_columns, check_own, check_predictions, class_names
from al_tui.requests.race import user_name
from al_tui.requests.taken import TAKEN
from al_tui.requests.terminal import need_pictures, need_terminal

_DEFAULTS = Settings("digits", "", ())


def register(cli: click.Group) -> None:
    """Add the command to the command line."""
    cli.add_command(label_command)


@click.command(
    "label",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui label\n  al-tui label digits --strategy margin --learner logistic --batch 10\n"
    "  al-tui label --session mine.session --annotator anna --budget 100\n"
    "  al-tui label my_pictures/                         classes are the folders in it\n"
    "  al-tui label my_pictures/ --classes bowl,jug,vase or are named here\n"
    "  al-tui label pots.npz --test kept.npz             measured by what is kept apart\n"
    "  al-tui label pots.csv --label-column kind         a table: CSV, TSV, JSONL, Parquet\n"
    "  al-tui label my_pictures/ --share 1/2             your part of two, and what both are asked\n"
    "  al-tui label letters/                             texts in .txt files; or --text-column of a table",
)
@click.argument("dataset", default=TAKEN["label"][0].default, type=LabelledData(), metavar="[DATASET|PATH]")
@click.option("--dataset", "named", metavar="DATASET|PATH", type=LabelledData(), help="The same as the word.")
@declare(*TAKEN["label"][1:], types={"test": OwnFile(), "embeddings": OwnFile(), "probabilities": OwnFile()})
@project_option
@click.pass_context
def label_command(ctx: click.Context, /, dataset: str, named: str | None, **options: Any) -> None:
    """Label by keystroke: one key, one label on disk, and the next item by a model that knows it.

    What is labelled is a data set of this program, a folder of pictures or texts, a table, or a .npy or .npz file.
    """
    mine, price = taken(LabelOptions, options), price_of(taken(MoneyOptions, options), measured_here=True)
    if named is not None:
        if ctx.get_parameter_source("dataset") is click.core.ParameterSource.COMMANDLINE:
            raise UserError("--dataset names data, and so does the word without it; give one of them")
        dataset = named
    with about("dataset"):
        need_pictures(dataset)
    with about("classes"):
        names = () if mine.classes is None else class_names(mine.classes)
    settings = Settings(dataset, "", names, own_classes=bool(names), **options)
    check_own(dataset, names, settings.features, settings.test, settings.embeddings)
    check_predictions(dataset, settings, ctx.get_parameter_source("learner") is not click.core.ParameterSource.DEFAULT)
    check_columns(dataset, columns_of(settings))
    check_options(settings)
    share_of(settings)
    if (settings.strategy, settings.learner) != (_DEFAULTS.strategy, _DEFAULTS.learner):
        from al_core.learners.registry import tried_learner
        from al_core.strategies.registry import resolve_strategy

        with about("strategy"):
            settings = replace(settings, strategy=str(resolve_strategy(settings.strategy)))
        with about("learner"):
            tried_learner(settings.learner)
    said = [name for name in BY_DATA if ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT]
    keys = bound_keys(ctx, "label")
    need_terminal("labelling needs one: run it in a terminal window, or through ssh -t")
    who = mine.annotator or user_name()
    if mine.session is None and not mine.new and not comes_with(dataset) and is_terminal("stdin"):
        from al_core.sessions.of_data import sessions_of

        if (found := which_session(sessions_of(dataset), dataset, names)) is not None:
            places = Places(dataset, settings.test, settings.embeddings, settings.probabilities)
            ctx.exit(go_on_labelling(found, who, places, keys, class_descriptions(ctx), price=price))
    from al_core.sessions.home import sessions_directory
    from al_tui.background.labelling import Begin
    from al_tui.launch_label import launch_label
    from al_tui.requests.race import check_session, log_file

    if mine.session is not None:
        check_session(mine.session)
    else:
        sessions_directory()  # what is wrong with it is said before the screen opens
    begin = Begin(settings, who, mine.session, keys=keys, says=class_descriptions(ctx), said=said, price=price)
    ctx.exit(launch_label(begin, learning_limit(dataset), log_file()))
