"""Going on with a labelling session, for the commands that do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from al_core.data.facts import comes_with
from al_core.data.origin import Places, short_name
from al_core.ground.calls import imports_code
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.measures.worth import NOTHING_KNOWN, Price
from al_tui.commands.class_keys import Bound
from al_tui.output import say
from al_tui.requests.own_data import check_own, found_data, found_file
from al_tui.requests.terminal import need_pictures

LEARNING_LIMIT = 60.0
"""Seconds a model may take to learn before its worker is ended and replaced."""

READING_LIMIT = 900.0
"""The same where the worker may have to read the person's files anew before."""


def learning_limit(dataset: str) -> float:
    """Seconds that a worker has for a call that is about this data set."""
    return LEARNING_LIMIT if comes_with(dataset) else READING_LIMIT


def confirm_code(path: Path, named: str, learner: str | None) -> None:
    """Raise `UserError` when a file names a learner whose code would be run, and the person has not said that it shall."""
    if imports_code(named) and learner != named:
        shown = safe_text(named, 100)
        raise UserError(f"{path.name} names the learner {shown}; to run that code again, say --learner {shown!r}")


def go_on_labelling(
    path: Path,
    annotator: str,
    places: Places,
    keys: Bound,
    says: Mapping[str, str],
    *,
    read_only: bool = False,
    take_over: bool = False,
    learner: str | None = None,
    price: Price = NOTHING_KNOWN,
) -> int:
    """Go on with the session in a file; ``places`` are those that the person names, ``price`` what is known of a label's."""
    from al_core.sessions.store import SessionFile
    from al_tui.background.labelling import Begin
    from al_tui.launch_label import launch_label
    from al_tui.requests.race import log_file

    file = SessionFile.open(path, read_only=read_only, take_over=take_over)
    try:
        ledger = file.ledger
        settings = ledger.settings
        dataset = found_again(path, settings.dataset, places.data, answered=len(ledger.answers))
        assert dataset is not None
        test = found_again(path, settings.test, places.test, option="--test")
        embeddings = found_again(path, settings.embeddings, places.embeddings, option="--embeddings")
        told = found_again(path, settings.probabilities, places.probabilities, option="--probabilities")
        check_own(dataset, (), settings.features if embeddings is None else "auto", test, embeddings)
        need_pictures(dataset)
        confirm_code(path, ledger.learner, learner)
        counts = [
            f"{ledger.labelled:,} labels",
            f"{ledger.skipped} put aside",
            f"{len(ledger.rounds)} models",
            f"last changed {minute(ledger.time)}",
        ]
        say(f"resuming {safe_text(path.stem, 60)}: {safe_text(short_name(dataset), 60)}, {', '.join(counts)}")
        say_taken_over(file.stale_owner)
        begin = Begin(ledger.settings, annotator, path, file, Places(dataset, test, embeddings, told), keys=keys, says=says)
        begin = replace(begin, price=price)
        return launch_label(begin, learning_limit(dataset), log_file())
    finally:
        file.close()


def found_again(
    path: Path, place: str | None, said: str | None, command: str = "resume", option: str = "--data", answered: int = 0
) -> str | None:
    """Where files of a session are: where it says, or where the person says with an option; None where neither does.

    Parameters
    ----------
    path : of the session.
    place, said : where it says, and where the person says that they are.
    command, option : how the person would say it.
    answered : how many items were answered that were there.

    Raises
    ------
    UserError
        They are not there; the message says how to say where they are.
    """
    found = found_data if option == "--data" else found_file
    if said is not None or place is None:
        return None if said is None else found(said)
    try:
        return found(place)
    except UserError as error:
        from al_tui.shell.farewell import spoken

        there = f" and {answered} answered items were in it" if answered else ""
        raise UserError(f"{error}{there}; say where it is now: al-tui {command} {spoken(path)} {option} PATH") from None


def say_taken_over(owner: object) -> None:
    """Tell of the process that has a session no more."""
    if owner is not None:
        say(f"taken over from {safe_text(str(owner))}, which is gone")


def minute(time: str) -> str:
    """A time as people write it."""
    return f"{time[:16].replace('T', ' ')} UTC"
