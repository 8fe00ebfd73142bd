"""Errors that a person can cause or must see: each says what is wrong, where, and what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from al_core.ground.safe_text import safe_sentence, safe_text

LONGEST_MESSAGE = 3000
"""Characters of a message: room for the longest list of names there is."""
_LONGEST_NAME = 200
_AS_NAMED: Mapping[str, str] = MappingProxyType({})


class UserError(ValueError):
    """Bad input. The message is one line; command-line programs print it and exit with code 2.

    Messages name files, variables and what others wrote, so every message is made safe here, once.
    """

    def __init__(self, message: str) -> None:
        super().__init__(safe_sentence(message, LONGEST_MESSAGE))


class BadOption(UserError):
    """A value of an option that cannot be, called as on the command line; ``option`` is its name, for whoever knows where it
    stands."""

    def __init__(self, message: str, option: str) -> None:
        super().__init__(message)
        self.option = option

    def __reduce__(self) -> tuple[type[BadOption], tuple[str, str]]:
        return type(self), (str(self), self.option)


@contextlib.contextmanager
def about(option: str) -> Iterator[None]:
    """What a person cannot be given in here is the fault of this option's value."""
    try:
        yield
    except BadOption:
        raise
    except UserError as error:
        raise BadOption(str(error), option) from None


class CannotKeep(UserError):
    """There is no place for a file, or the place cannot be written to."""


class NoLabels(UserError):
    """No label of a data set is known, and nobody has named its classes."""


class StrategyError(RuntimeError):
    """A query strategy broke its contract (duplicates, out of range, not finite) or raised."""


class WorkerDied(RuntimeError):
    """The process that computed a round ended before it answered."""


class NotWhole(WorkerDied):
    """The process ended because a file that it reads where it lies was cut off meanwhile, or its disk failed."""


class NobodyComputes(UserError):
    """Nobody is there to compute anything; what has not been computed has not failed."""


class ClusterLost(NobodyComputes):
    """The scheduler of a cluster is gone."""


class WorkerNotStarted(NobodyComputes):
    """A worker process cannot be started, or ends before it is ready; trying again would end in the same way."""


class RoundTimeout(RuntimeError):
    """A round ran past the executor's limit and its worker was ended."""


def unknown(kind: str, name: str, known: Iterable[str], written: Mapping[str, str] = _AS_NAMED) -> UserError:
    """The error for a name that is not in a list, with the nearest name as a suggestion.

    Parameters
    ----------
    kind : what the name should name, e.g. ``"strategy"``.
    name : what was given.
    known : the names there are.
    written : name → how it is to be written, where that is more than the name.
    """
    import difflib

    names, name = sorted(known), safe_text(name, _LONGEST_NAME)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    words = [written.get(each, each) for each in near or names]
    hint = f"did you mean {words[0]!r}?" if near else f"there are: {', '.join(words)}"
    return UserError(f"no {kind} {name!r}; {hint}")
