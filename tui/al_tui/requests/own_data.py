"""The data that a person names: one that comes with the program, or files of their own. Nothing is read yet."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

from al_core.data.columns import Columns
from al_core.data.facts import comes_with, dataset_names, describe_dataset
from al_core.ground.errors import UserError, unknown
from al_core.ground.places import named_path
from al_core.ground.safe_text import safe_text
from al_core.labelling.defaults import check_heard
from al_core.sessions.settings import Settings


def found_data(word: str, offered: Sequence[str] | None = None) -> str:
    """The name of a data set as it is written in short, anything else as the whole path of a file or folder that is there.

    Parameters
    ----------
    word : what a person wrote.
    offered : the data sets that an error names; by default those that can be drawn.

    Raises
    ------
    UserError
        There is no such thing, or a data set does not take such parameters.
    """
    if comes_with(word):
        return describe_dataset(word).name
    path = named_path(word)
    shown = safe_text(word)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if is_path(word):
            raise UserError(f"there is no file or folder {shown}") from None
        drawn = [name for name in dataset_names() if describe_dataset(name).pictures]
        raise unknown("data set, file or folder", word, offered or drawn) from None
    except (OSError, ValueError) as error:
        raise UserError(f"cannot look at {shown}: {getattr(error, 'strerror', None) or error}") from None
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise UserError(f"{shown} is neither a file nor a folder; give a folder of pictures, a table, or a .npy or .npz file")
    return str(path.resolve() if ".." in path.parts else path.absolute())  # a link is called what it is called


def found_file(word: str) -> str:
    """The whole path of a file or folder that is there, whatever it is called; see `found_data`."""
    return found_data(word if is_path(word) else f"./{word}")


def is_path(word: str) -> bool:
    """Whether a word can be nothing but a path: names have no slash and begin with no dot or tilde."""
    return "/" in word or word.startswith((".", "~"))


def is_there(word: str) -> bool:
    """Whether there is a file or folder that a word names."""
    try:
        return Path(word).expanduser().exists()
    except (OSError, RuntimeError, ValueError):
        return False


def class_names(text: str) -> tuple[str, ...]:
    """The names in ``--classes a,b,c``: at least two, none empty, none twice, nothing in them that a terminal would obey.

    Raises
    ------
    UserError
        They are not that.
    """
    names = tuple(name.strip() for name in text.split(","))
    shown = safe_text(text, 100)
    if "" in names or len(names) < 2:
        raise UserError(f"--classes is {shown!r}; name at least two, with commas between them, e.g. bowl,jug")
    for number, name in enumerate(names):
        if name in names[:number]:
            raise UserError(f"--classes names {safe_text(name, 60)!r} twice")
        if name != safe_text(name):
            raise UserError(
                f"--classes names {safe_text(name, 60)!r}; give names without control characters, and shorter than 500"
            )
    return names


def check_columns(word: str, columns: Columns) -> None:
    """Raise `UserError` where options about columns name none, one twice, or are said of what comes with the program."""
    said = columns.said
    if said and comes_with(word):
        option = next(iter(said.values()))
        raise UserError(f"{option} is about tables of your own, and {word} has its own columns; leave it away")


def check_predictions(word: str, settings: Settings, learner_said: bool) -> None:
    """Raise `UserError` where predictions of one's own are about nothing, or would have no voice."""
    if settings.probabilities is None:
        return
    if comes_with(word):
        raise UserError(f"--probabilities is about files of your own, and {word} is none; leave it away")
    if settings.test is not None:
        raise UserError("--probabilities say nothing of --test; give all items in one file or folder, or leave one away")
    if learner_said:
        check_heard(settings.learner)


def check_own(
    word: str, classes: tuple[str, ...], features: str, test: str | None = None, embeddings: str | None = None
) -> None:
    """Raise `UserError` where something is said of a data set that comes with the program, and knows it itself; or twice."""
    if embeddings is not None and features != "auto":
        raise UserError("--embeddings are the features, and --features says others; give one of them")
    if not comes_with(word):
        return
    if classes:
        raise UserError(f"--classes names the classes of files of your own, and {word} has its own; leave it away")
    if features != "auto":
        raise UserError(f"--features is about pictures of your own, and {word} has its own; leave it away")
    if test is not None:
        raise UserError(f"--test is about files of your own, and {word} has its own test items; leave it away")
    if embeddings is not None:
        raise UserError(f"--embeddings is about files of your own, and {word} has its features; leave it away")
