"""The command that goes on with a session, be it of labelling or a race."""

from __future__ import annotations

import contextlib
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from al_core.data.origin import Origin, Places
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.measures.worth import Price
from al_tui.cli.command import Command, bound_keys, class_descriptions, project_option
from al_tui.cli.go_on import confirm_code, found_again, go_on_labelling, minute, say_taken_over
from al_tui.cli.options import STORE, declare, taken
from al_tui.commands.class_keys import Bound
from al_tui.output import say
from al_tui.requests.money import MoneyOptions, price_of
from al_tui.requests.options import RaceOptions
from al_tui.requests.taken import TAKEN
from al_tui.requests.terminal import need_terminal
from al_tui.requests.where import Place

if TYPE_CHECKING:
    from al_core.data.sources import Source

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
@click.option("--data", metavar="PATH", help="Where the files are now, if they were moved.")
@click.option("--test", metavar="PATH", help="Files with labels to measure the model by from here on, or where those are now.")
@click.option("--embeddings", metavar="FILE", help="Where your own features are now, or of which to learn from here on.")
@click.option("--probabilities", metavar="FILE", help="Where your own predictions are now.")
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
    probabilities: str | None,
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

    path = find_session(session) if session is not None else latest_session()
    need_terminal("al-tui check, al-tui export and al-tui report need none")
    annotator = annotator or user_name()
    places = Places(data, test, embeddings, probabilities)
    price = price_of(taken(MoneyOptions, options), measured_here=not is_race(path))
    if is_race(path):
        place = taken(Place, options)
        keys = bound_keys(ctx, "race")
        ctx.exit(_resume_race(path, annotator, read_only, take_over, learner, workers, pace, place, keys, places, price))
    keys = bound_keys(ctx, "label")
    says = class_descriptions(ctx)
    ctx.exit(
        go_on_labelling(
            path, annotator, places, keys, says, read_only=read_only, take_over=take_over, learner=learner, price=price
        )
    )


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
    places: Places,
    price: Price,
) -> int:
    from al_core.ground.versions import versions
    from al_core.sessions.race_journal import Journal
    from al_core.sessions.store import RaceFile
    from al_tui.cli.raced import opened_race
    from al_tui.launch import launch
    from al_tui.requests.options import checked_request, checked_spec, checked_values
    from al_tui.requests.terminal import check_screen

    journal = None if read_only else Journal.resume(path, annotator, take_over=take_over)
    try:
        ledger = RaceFile.open(path, read_only=True).ledger if journal is None else journal.ledger
        assert ledger is not None
        spec, source = ledger.settings.spec, ledger.settings.source
        origin = where_now(path, source, places)
        confirm_code(path, spec.learner, learner)
        check = checked_spec if source is None else checked_values
        request = checked_request(spec, RaceOptions(",".join(ledger.settings.strategies), workers), check)
        request = request._replace(keys=keys, price=price)
        if request.strategies != ledger.settings.strategies:
            raise UserError(f"{path.name} names its strategies in a way that this program does not write")
        check_screen(request)
        counts = [
            f"{len(ledger.settings.strategies)} strategies",
            f"{ledger.rounds_played} rounds",
            f"{ledger.labelled:,} labels by hand",
            f"last changed {minute(ledger.time)}",
        ]
        say(f"resuming {safe_text(path.stem, 60)}: a race on {spec.dataset}, {', '.join(counts)}")
        if differences := versions().differences(ledger.settings.software):
            say(f"al-tui: it was begun with {', '.join(differences)}; rounds from here on may differ")
        if journal is not None:
            say_taken_over(journal.stale_owner)
        with contextlib.ExitStack() as stack:
            computing = None
            if source is not None and origin is not None:
                opening = opened_race(request, place, lambda executor: the_same(path, source, origin, executor), whole=True)
                request, computing = stack.enter_context(opening)
            seeds = ledger.settings.seeds
            more: Any = {"annotator": annotator, "resumed": journal, "ledger": ledger, "computing": computing}
            return launch(request, pace, seeds, place, **more)
    finally:
        if journal is not None:
            journal.close()


def where_now(path: Path, source: Source | None, places: Places, command: str = "resume") -> Origin | None:
    """What files of one's own that a race was over are read from now; None of a race over data of the program.

    Raises
    ------
    UserError
        They are not there, or something is said of files where there are none.
    """
    if source is None or source.origin is None:
        for flag, said in zip(("--data", "--test", "--embeddings", "--probabilities"), places, strict=True):
            if said is not None:
                raise UserError(f"{flag} is about files of your own, and {path.name} is a race over none; leave it away")
        return None
    if places.probabilities is not None:
        raise UserError(f"--probabilities is about labelling, and {path.name} is a race; leave it away")
    was = source.origin
    word = found_again(path, was.word, places.data, command)
    test = found_again(path, was.test, places.test, command, "--test")
    embeddings = found_again(path, was.embeddings, places.embeddings, command, "--embeddings")
    assert word is not None
    return replace(was, word=word, test=test, embeddings=embeddings, fingerprint=None)


def the_same(path: Path, source: Source, origin: Origin, executor: Executor, command: str = "resume") -> Source:
    """What is known of the files as they are now, which must be what they were."""
    from al_tui.cli.raced import read_source
    from al_tui.shell.farewell import spoken

    found = read_source(origin, source.name, executor)
    if found.fingerprint != source.fingerprint:
        raise UserError(
            f"{source.name} is not what it was when this race began, so it cannot go on; where it is still what it was, say:"
            f" al-tui {command} {spoken(path)} --data PATH, or begin a new race"
        )
    return found
