"""The commands that label by keystroke: begin a session, go on with one."""

from __future__ import annotations

import getpass
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from al_core.data.catalog import INITIAL_METHODS, dataset_names, describe_dataset
from al_core.errors import UserError
from al_core.sessions.actions import Settings
from al_core.text import safe_text

_DEFAULTS = Settings("digits", "", ())
LEARNING_LIMIT = 60.0
"""Seconds a model may take to learn before its worker is ended and replaced."""


def register(cli: click.Group) -> None:
    """Add the commands to the command line."""
    cli.add_command(label_command)
    cli.add_command(resume_command)


@click.command(
    "label",
    epilog="\b\nExamples:\n  al-tui label\n  al-tui label digits --strategy margin --learner logistic --batch 10\n"
    "  al-tui label --session mine.session --annotator anna --budget 100",
)
@click.argument("dataset", default="digits", type=click.Choice(dataset_names()), metavar="[DATASET]")
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
    for name, value, least in (("batch", batch, 1), ("seed", seed, 0), ("budget", 1 if budget is None else budget, 1)):
        if value < least:
            raise UserError(f"--{name} is {value}; at least {least} is needed")
    if (strategy, learner) != (_DEFAULTS.strategy, _DEFAULTS.learner):
        from al_core.sessions.model import check_choice

        strategy, learner = check_choice(strategy, learner)
    _need_terminal("al-tui bench races without one")
    from al_core.sessions.places import new_session_path
    from al_tui.label_app import launch_label
    from al_tui.labeller import Begin
    from al_tui.start import log_file

    if session is not None and session.exists():
        raise UserError(f"{session} is there already; go on with it: al-tui resume {session}")
    path = session or new_session_path(dataset, datetime.now(UTC))
    settings = Settings(dataset, "", (), learner, strategy, batch, seed, initial, budget)
    ctx.exit(launch_label(Begin(settings, annotator or _user(), path), LEARNING_LIMIT, log_file()))


@click.command("resume", epilog="\b\nExamples:\n  al-tui resume\n  al-tui resume digits-20260101-120000 --read-only")
@click.argument("session", default=None, required=False)
@click.option("--read-only", is_flag=True, help="Only look, even while somebody else labels.")
@click.option("--take-over", is_flag=True, help="Believe that an owner on another machine is gone for good.")
@click.option("--annotator", default=None, help="Who labels from here on.  [default: the user's name]")
@click.pass_context
def resume_command(ctx: click.Context, session: str | None, read_only: bool, take_over: bool, annotator: str | None) -> None:
    """Go on with SESSION, a name or a file, at the very item; the latest one by default."""
    from al_core.sessions.places import find_session, latest_session
    from al_core.sessions.store import SessionFile

    path = find_session(session) if session is not None else latest_session()
    _need_terminal("al-tui check and al-tui export need none")
    from al_tui.label_app import launch_label
    from al_tui.labeller import Begin
    from al_tui.start import log_file

    file = SessionFile.open(path, read_only=read_only, take_over=take_over)
    try:
        ledger = file.ledger
        describe_dataset(ledger.settings.dataset)
        counts = [
            f"{ledger.labelled} labels",
            f"{ledger.skipped} put aside",
            f"{len(ledger.rounds)} models",
            f"last changed {ledger.time[:16].replace('T', ' ')} UTC",
        ]
        click.echo(f"resuming {safe_text(path.stem, 60)}: {ledger.settings.dataset}, {', '.join(counts)}", err=True)
        if file.stale_owner is not None:
            click.echo(f"taken over from {safe_text(str(file.stale_owner))}, which is gone", err=True)
        code = launch_label(Begin(ledger.settings, annotator or _user(), path, file), LEARNING_LIMIT, log_file())
    finally:
        file.close()
    ctx.exit(code)


def _need_terminal(otherwise: str) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise UserError(f"this is no terminal, and labelling needs one; {otherwise}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a number without a name
        return "anonymous"
