"""The command that labels by keystroke."""

from __future__ import annotations

from pathlib import Path

import click

from al_core.data.facts import INITIAL_METHODS
from al_core.ground.errors import UserError
from al_core.sessions.actions import Settings
from al_core.task.spec import LAST_SEED, check_batch
from al_tui.cli.command import Command
from al_tui.cli.datasets import DrawnDataset
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
@click.argument("dataset", default="digits", type=DrawnDataset(), metavar="[DATASET]")
@click.option("--strategy", default=_DEFAULTS.strategy, show_default=True, help="Which item to ask about next.")
@click.option("--learner", default=_DEFAULTS.learner, show_default=True, help="The model that learns.")
@click.option(
    "--initial",
    default=_DEFAULTS.start,
    show_default=True,
    type=click.Choice(list(INITIAL_METHODS)),
    help="What to label first: one typical item per cluster, or two random ones per class.",
)
@click.option("--batch", default=_DEFAULTS.batch, show_default=True, help="Items asked for at a time.")
@click.option("--budget", default=None, type=int, help="Labels after which a hint says that it is enough.")
@click.option("--seed", default=_DEFAULTS.seed, show_default=True, help="Fixes split, start and every random choice.")
@click.option("--session", default=None, type=click.Path(path_type=Path), metavar="FILE", help="The session file to make.")
@click.option("--annotator", default=None, help="Who labels.  [default: the user's name]")
@click.pass_context
def label_command(
    ctx: click.Context,
    dataset: str,
    strategy: str,
    learner: str,
    initial: str,
    batch: int,
    budget: int | None,
    seed: int,
    session: Path | None,
    annotator: str | None,
) -> None:
    """Label by keystroke: one key, one label on disk, and the next item by a model that knows it."""
    need_pictures(dataset)
    check_batch(batch)
    for name, value, least, most in (("seed", seed, 0, LAST_SEED), ("budget", 1 if budget is None else budget, 1, 10**9)):
        if not least <= value <= most:
            raise UserError(f"--{name} is {value}; give {least} to {most}")
    if (strategy, learner) != (_DEFAULTS.strategy, _DEFAULTS.learner):
        from al_core.learners.registry import tried_learner
        from al_core.strategies.registry import resolve_strategy

        strategy = str(resolve_strategy(strategy))
        tried_learner(learner)
    need_terminal("labelling needs one: run it in a terminal window, or through ssh -t")
    from al_core.sessions.directory import sessions_directory
    from al_tui.background.labelling import Begin
    from al_tui.launch import launch_label
    from al_tui.requests.race import check_session, log_file, user_name

    if session is not None:
        check_session(session)
    else:
        sessions_directory()  # what is wrong with it is said before the screen opens
    settings = Settings(dataset, "", (), learner, strategy, batch, seed, initial, budget)
    ctx.exit(launch_label(Begin(settings, annotator or user_name(), session), LEARNING_LIMIT, log_file()))
