"""A labelling session and its data, for commands that need no screen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from al_core.data.origin import Places
from al_tui.cli.go_on import confirm_code, found_again
from al_tui.requests.own_data import check_own

if TYPE_CHECKING:
    from al_core.labelling.items import Items
    from al_core.sessions.store import SessionFile

_Anything = TypeVar("_Anything", bound=Callable[..., Any])


def places_options(command: _Anything) -> _Anything:
    """The options that say where the files of a session are now: ``data``, ``test``, ``embeddings`` and ``probabilities``."""
    for flag, words in (
        ("--probabilities", "Where your own predictions are now, if they were moved."),
        ("--embeddings", "Where your own features are now, if they were moved."),
        ("--test", "Where the files are now that are measured by, if they were moved."),
        ("--data", "Where the labelled files are now, if they were moved."),
    ):
        command = click.option(flag, metavar="PATH", help=words)(command)
    return command


@contextmanager
def labelled(session: str, said: Places, learner: str | None, command: str) -> Iterator[tuple[SessionFile, Items]]:
    """A session, opened to be read, and its items as they are now, read in this process.

    Parameters
    ----------
    session : its name, or its file.
    said : where its files are now, as the person says; None where the session says.
    learner : the learner whose code the person confirms, see `confirm_code`.
    command : the one that asks.
    """
    from al_core.labelling.delivery import items_of
    from al_core.labelling.opening import spoken_of
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import SessionFile

    path = find_session(session)
    with SessionFile.open(path, read_only=True) as file:
        settings = file.ledger.settings
        data = found_again(path, settings.dataset, said.data, command, answered=len(file.ledger.answers))
        test = found_again(path, settings.test, said.test, command, "--test")
        embeddings = found_again(path, settings.embeddings, said.embeddings, command, "--embeddings")
        told = found_again(path, settings.probabilities, said.probabilities, command, "--probabilities")
        check_own(str(data), (), settings.features if embeddings is None else "auto", test, embeddings)
        confirm_code(path, file.ledger.learner, learner)
        with warnings.catch_warnings(action="ignore"):  # what is set aside is said by the command
            items = items_of(settings, Places(data, test, embeddings, told), spoken_of(file.ledger))
            yield file, items
