"""The command that labels by keystroke."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from al_core.ground.errors import about
from al_core.sessions.actions import Settings
from al_core.task.options import check_options
from al_tui.cli.command import Command, bound_keys, project_option
from al_tui.cli.datasets import DrawnDataset
from al_tui.cli.options import declare
from al_tui.requests.taken import TAKEN
from al_tui.requests.terminal import need_pictures, need_terminal

_DEFAULTS = Settings("digits", "", ())
LEARNING_LIMIT = 60.0
"""Seconds a model may take to learn before its worker is ended and replaced."""


def register(cli: click.Group) -> None:
    """Add the command to the command line."""
    cli.add_command(label_command)


@click.command(
    "label",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui label\n  al-tui label digits --strategy margin --learner logistic --batch 10\n"
    "  al-tui label --session mine.session --annotator anna --budget 100",
)
@click.argument("dataset", default=TAKEN["label"][0].default, type=DrawnDataset(), metavar="[DATASET]")
@declare(*TAKEN["label"][1:])
@project_option
@click.pass_context
def label_command(ctx: click.Context, /, dataset: str, session: Path | None, annotator: str | None, **options: Any) -> None:
    """Label by keystroke: one key, one label on disk, and the next item by a model that knows it."""
    with about("dataset"):
        need_pictures(dataset)
    settings = Settings(dataset, "", (), **options)
    check_options(settings)
    if (settings.strategy, settings.learner) != (_DEFAULTS.strategy, _DEFAULTS.learner):
        from al_core.learners.registry import tried_learner
        from al_core.strategies.registry import resolve_strategy

        with about("strategy"):
            settings = replace(settings, strategy=str(resolve_strategy(settings.strategy)))
        with about("learner"):
            tried_learner(settings.learner)
    keys = bound_keys(ctx, "label")
    need_terminal("labelling needs one: run it in a terminal window, or through ssh -t")
    from al_core.sessions.home import sessions_directory
    from al_tui.background.labelling import Begin
    from al_tui.launch_label import launch_label
    from al_tui.requests.race import check_session, log_file, user_name

    if session is not None:
        check_session(session)
    else:
        sessions_directory()  # what is wrong with it is said before the screen opens
    ctx.exit(launch_label(Begin(settings, annotator or user_name(), session, keys=keys), LEARNING_LIMIT, log_file()))
