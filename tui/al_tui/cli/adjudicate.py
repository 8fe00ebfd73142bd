"""The command that has somebody decide what annotators do not agree about, on the labelling screen."""

from __future__ import annotations

from pathlib import Path

import click

from al_core.data.origin import Places
from al_core.ground.errors import UserError
from al_tui.cli.command import Command, bound_keys, class_descriptions, project_option
from al_tui.cli.go_on import go_on_labelling
from al_tui.cli.labelled import places_options
from al_tui.output import put, say
from al_tui.requests.terminal import need_terminal


@click.command(
    "adjudicate",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui adjudicate anna.session ben.session --annotator dora\n"
    "  al-tui adjudicate anna.session ben.session --out decided.session\n"
    "  al-tui merge decided.session carl.session --out all.session    what was decided stays decided",
)
@click.argument("sessions", metavar="A B …", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="C",
    help="The session to make, or to go on with.  [default: one of its own]",
)
@click.option("--annotator", help="Who decides; by default you.")
@places_options
@click.option("--learner", default=None, help="Confirm the learner, when it is module:factory: files never name code to run.")
@project_option
@click.pass_context
def adjudicate_command(
    ctx: click.Context,
    /,
    sessions: tuple[str, ...],
    out: Path | None,
    annotator: str | None,
    data: str | None,
    test: str | None,
    embeddings: str | None,
    probabilities: str | None,
    learner: str | None,
) -> None:
    """Decide each item that sessions A, B … do not agree about: which classes were said is shown, and not who said which.

    What you decide is in session C, which holds what they agree about as well. Called again, it goes on with C.
    """
    from al_core.sessions.directory import find_session
    from al_tui.requests.race import user_name

    paths = [find_session(name) for name in sessions]
    need_terminal("al-tui merge needs none, and lists what they do not agree about")
    place = _place(paths) if out is None else out
    keys, says = bound_keys(ctx, "label"), class_descriptions(ctx)
    if not place.exists():
        if not _begun(paths, place):
            ctx.exit(0)
    else:
        _check_ours(place)
        say(f"going on with {place.name}: A, B … as they were when it was begun")
    places = Places(data, test, embeddings, probabilities)
    ctx.exit(go_on_labelling(place, annotator or user_name(), places, keys, says, learner=learner))


def _place(paths: list[Path]) -> Path:
    """The session in which these are decided; in whatever order they are named it is the same."""
    import hashlib

    from al_core.data.origin import file_stem
    from al_core.sessions.home import sessions_directory
    from al_core.sessions.store import SessionFile

    with SessionFile.open(paths[0], read_only=True) as file:
        stem = file_stem(file.ledger.dataset)
    told = "\0".join(sorted(str(path.resolve()) for path in paths))
    digest = hashlib.blake2b(told.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    return sessions_directory() / f"{stem}-adjudicated-{digest}.session"


def _begun(paths: list[Path], place: Path) -> bool:
    """Make the session, unless there is nothing to decide."""
    from al_core.exchange.merging import compare, merge
    from al_core.sessions.store import SessionFile

    ledgers = []
    for path in paths:
        with SessionFile.open(path, read_only=True) as file:
            ledgers.append(file.ledger)
    found = compare(ledgers, [path.stem for path in paths])
    if not found.disagreements:
        shared = f"{found.shared:,} items labelled by two or more, {found.agreed:,} alike"
        put(f"nothing to decide: {shared}, decided {found.decided}\n")
        return False
    merge(paths, place, adjudicates=True)
    return True


def _check_ours(place: Path) -> None:
    """Refuse to go on with what was not begun here."""
    from al_core.sessions.store import SessionFile

    with SessionFile.open(place, read_only=True) as file:
        if not file.ledger.settings.adjudicates:
            raise UserError(f"{place} is there already, and is no session in which is decided; choose another name")
