"""The command that goes on with a session, be it of labelling or a race."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from al_core.data.origin import Places
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command, bound_keys, project_option
from al_tui.cli.go_on import confirm_code, go_on_labelling, minute, say_taken_over
from al_tui.cli.options import STORE, declare, taken
from al_tui.commands.class_keys import Bound
from al_tui.output import say
from al_tui.requests.options import RaceOptions
from al_tui.requests.taken import TAKEN
from al_tui.requests.terminal import need_terminal
from al_tui.requests.where import Place

EPILOG = """\b
Examples:
  al-tui resume                                    the latest session
  al-tui resume digits-20260101-120000 --read-only look at a session while somebody labels
  al-tui resume my-pots-20260101-120000 --data /mnt/pots    the files are elsewhere now
  al-tui resume race-digits-20260101-120000        a race goes on where it was left
  al-tui resume --executor dask --scheduler tcp://10.0.0.7:8786   the latest, on a cluster
"""


@click.command("resume", cls=Command, epilog=EPILOG)
@click.argument("session", default=None, required=False)
@click.option("--read-only", is_flag=True, help="Only look, even while somebody else has it; a race is then not kept.")
@click.option("--take-over", is_flag=True, help="Believe that an owner on another machine is gone for good.")
@click.option("--learner", default=None, help="Confirm the learner, when it is module:factory: files never name code to run.")
@click.option("--data", metavar="PATH", help="Where the labelled files are now, if they were moved.")
@click.option("--test", metavar="PATH", help="Files with labels to measure the model by from here on, or where those are now.")
@click.option("--embeddings", metavar="FILE", help="Where your own features are now, or of which to learn from here on.")
@declare(*TAKEN["resume"], types={"results": STORE})
@project_option
@click.pass_context
def resume_command(
    ctx: click.Context,
    /,
    session: str | None,
    read_only: bool,
    take_over: bool,
    annotator: str | None,
    learner: str | None,
    data: str | None,
    test: str | None,
    embeddings: str | None,
    workers: int | None,
    pace: float | None,
    **options: Any,
) -> None:
    """Go on with SESSION, a name or a file, at the very item; the latest one by default.

    Executor, workers, results and pace are those of a race; how it was computed before does not matter.
    """
    from al_core.sessions.directory import find_session, latest_session
    from al_core.sessions.store import is_race
    from al_tui.requests.race import user_name

    place = taken(Place, options)
    path = find_session(session) if session is not None else latest_session()
    need_terminal("al-tui check, al-tui export and al-tui report need none")
    annotator = annotator or user_name()
    if is_race(path):
        for flag, said in (("--data", data), ("--test", test), ("--embeddings", embeddings)):
            if said is not None:
                raise UserError(f"{flag} is about files that are labelled, and {path.name} is a race; leave it away")
        keys = bound_keys(ctx, "race")
        ctx.exit(_resume_race(path, annotator, read_only, take_over, learner, workers, pace, place, keys))
    keys, places = bound_keys(ctx, "label"), Places(data, test, embeddings)
    ctx.exit(go_on_labelling(path, annotator, places, keys, read_only=read_only, take_over=take_over, learner=learner))


def _resume_race(
    path: Path,
    annotator: str,
    read_only: bool,
    take_over: bool,
    learner: str | None,
    workers: int | None,
    pace: float | None,
    place: Place,
    keys: Bound,
) -> int:
    from al_core.ground.versions import versions
    from al_core.sessions.race_journal import Journal
    from al_core.sessions.store import RaceFile
    from al_tui.launch import launch
    from al_tui.requests.options import checked_request
    from al_tui.requests.terminal import check_screen

    journal = None if read_only else Journal.resume(path, annotator, take_over=take_over)
    try:
        ledger = RaceFile.open(path, read_only=True).ledger if journal is None else journal.ledger
        assert ledger is not None
        spec = ledger.settings.spec
        confirm_code(path, spec.learner, learner)
        request = checked_request(spec, RaceOptions(",".join(ledger.settings.strategies), workers))
        request = request._replace(keys=keys)
        if request.strategies != ledger.settings.strategies:
            raise UserError(f"{path.name} names its strategies in a way that this program does not write")
        check_screen(request)
        counts = [
            f"{len(ledger.runs)} strategies",
            f"{ledger.rounds_played} rounds",
            f"{ledger.labelled} labels by hand",
            f"last changed {minute(ledger.time)}",
        ]
        say(f"resuming {safe_text(path.stem, 60)}: a race on {spec.dataset}, {', '.join(counts)}")
        if differences := ledger.settings.software.differences(versions()):
            say(f"al-tui: it was begun with {', '.join(differences)}; rounds from here on may differ")
        if journal is not None:
            say_taken_over(journal.stale_owner)
        return launch(request, pace, ledger.settings.seeds, place, annotator=annotator, resumed=journal, ledger=ledger)
    finally:
        if journal is not None:
            journal.close()
