"""Data of the person's own as races and comparisons know it: called by a name, told by its content, opened by who computes.

Who draws, plans or keeps results has no need of the items: they have a `Source`, and hand it to whoever computes. There the
files are read by their path when they are first needed, and must be what they were when the source was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, fields
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from al_core.compute.beforehand import Beforehand
from al_core.data.columns import Columns
from al_core.data.facts import DatasetInfo, comes_with, known
from al_core.data.given import LONGEST_NAME, give_as, give_when_needed, info_of
from al_core.data.kinds import load_dataset
from al_core.data.opened import Changed, known_as, open_dataset
from al_core.data.origin import Origin
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.ground.written import ABSENT

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

T = TypeVar("T")


class Carrier(Protocol):
    """Who can give something to all of its workers: a cluster (`al_core.compute.dask`)."""

    def carry(self, name: str, first: Callable[[Any], object], about: Any) -> None:
        """Have ``first(about)`` done in every worker before its calls."""
        ...

    def everywhere(self, question: Callable[..., T], *args: Any) -> dict[str, T]:
        """What every worker answers."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A data set that does not come with the program. Small: sessions and results stores keep it.

    Parameters
    ----------
    name : what it is called.
    fingerprint : of its content; results belong to that, whatever it is called and wherever it lies.
    items, unlabelled : how many items have a label, and how many have none.
    classes : how many classes there are.
    held : how many rows the data keeps to measure by; None where it leaves that to a split.
    groups : how many groups of items a split keeps together; 0 where it keeps none.
    origin : what it is read from; None of what a script gave, which nobody can read again.
    """

    name: str
    fingerprint: str
    items: int
    unlabelled: int
    classes: int
    held: int | None = field(default=None, metadata={ABSENT: None})
    origin: Origin | None = field(default=None, metadata={ABSENT: None})
    groups: int = field(default=0, metadata={ABSENT: 0})

    @property
    def info(self) -> DatasetInfo:
        """The same as what `al_core.data.facts` says of every data set."""
        return DatasetInfo(
            self.name,
            self.name,
            self.items,
            self.classes,
            pictures=True,
            held=self.held,
            fingerprint=self.fingerprint,
            unlabelled=self.unlabelled,
            groups=self.groups,
        )

    @property
    def sayable(self) -> bool:
        """Whether its name is the end of its path, so that a command can name it where it lies."""
        return self._end is not None

    @property
    def read_with(self) -> tuple[tuple[str, str], ...]:
        """What is to be said beside its name to read it in the same way: keys of options and their values.

        Other files are named by their path from the folder in which the data has its name, or by the last part of it.
        """
        if self.origin is None:
            return ()
        home = PurePath(self.origin.word) if self._end is None else PurePath(*self._parts[: -len(self._end)])
        found = []
        for entry in fields(self.origin):
            value = getattr(self.origin, entry.name)
            if isinstance(value, Columns):
                found += _columns(value)
            elif entry.name not in ("word", "fingerprint") and value != entry.default:
                path = PurePath(value) if isinstance(value, str) and PurePath(value).is_absolute() else None
                if path is not None:
                    value = str(path.relative_to(home)) if path.is_relative_to(home) else path.name
                found.append((entry.name.replace("_", "-"), ",".join(value) if isinstance(value, tuple) else str(value)))
        return tuple(found)

    @property
    def _parts(self) -> tuple[str, ...]:
        return () if self.origin is None else PurePath(self.origin.word).parts

    @property
    def _end(self) -> tuple[str, ...] | None:
        """The last parts of the path that are the name; None where no parts are."""
        parts, mine = self._parts, PurePath(self.name).parts
        return mine if mine and parts[-len(mine) :] == mine else None


_origins: dict[str, Source] = {}


def describe(origin: Origin, name: str) -> Source:
    """What is to be known of the data that is read from ``origin``, which is read for it; its origin has the fingerprint then.

    Raises
    ------
    UserError
        It cannot be read.
    """
    data = open_dataset(origin)
    info = info_of(data, name)
    counts = (info.items, info.unlabelled, info.classes, info.held)
    return Source(name, info.fingerprint, *counts, known_as(origin, data), info.groups)


def fingerprint_here(origin: Origin) -> str | None:
    """What the data is that is read from ``origin`` in this process; None where it cannot be read."""
    try:
        return open_dataset(origin).fingerprint
    except (UserError, OSError):
        return None


def send(origin: Origin, name: str, cluster: Carrier) -> Source:
    """Read data here and give it to all workers of a cluster, where it is known by ``name`` from then on.

    Raises
    ------
    UserError
        It cannot be read here either.
    """
    source = describe(origin, name)
    assert source.origin is not None
    cluster.carry(name, give_as, (name, open_dataset(source.origin)))
    return source


def meet(source: Source) -> None:
    """Have a data set known in this process by its name: it is opened when its items are asked for.

    Raises
    ------
    UserError
        A data set of this program is called so.
    """
    if _origins.get(source.name) == source and known(source.name) == source.info:
        return
    origin = source.origin
    give_when_needed(source.info, None if origin is None else lambda: _open(source.name, origin))
    _origins[source.name] = source


def meet_all(sources: Sequence[Source]) -> None:
    """`meet` each."""
    for source in sources:
        meet(source)


def sources_of(names: Iterable[str]) -> tuple[Source, ...]:
    """What is known of those of these data sets that do not come with the program, each once."""
    found = []
    for name in dict.fromkeys(names):
        info = None if comes_with(name) else known(name)
        if info is not None:
            source = _origins.get(name)
            if source is None or source.info != info:  # a script gave it
                counts = (info.items, info.unlabelled, info.classes, info.held)
                source = Source(name, info.fingerprint, *counts, groups=info.groups)
            found.append(source)
    return tuple(found)


def named_data(name: str) -> Dataset | None:
    """A data set that this process knows by name, where it can be had and is what it was; None otherwise."""
    try:
        data = load_dataset(name)
    except UserError:
        return None
    info = None if comes_with(name) else known(name)
    return data if info is None or info.fingerprint == data.fingerprint else None


class Knowing(Beforehand):
    """Hands work to another executor, and what there is to know of data sets, which are opened there when they are needed.

    Parameters
    ----------
    sources : the data sets.
    executor : where the work is done.
    """

    def __init__(self, sources: Sequence[Source], executor: Executor) -> None:
        meet_all(sources)
        super().__init__(executor, meet_all, tuple(sources))


def _columns(said: Columns) -> list[tuple[str, str]]:
    """Keys of options, and what they say of columns."""
    named = (("label-column", said.label), ("id-column", said.ids), ("text-column", said.text), ("group-column", said.group))
    one = [(key, name) for key, name in named if name is not None]
    many = (("drop", said.drop), ("show", said.show))
    return one + [(key, ",".join(map(_quoted, names))) for key, names in many if names]


def _quoted(name: str) -> str:
    """The name of a column in a list of them."""
    return '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name


def names_for(paths: Sequence[str]) -> tuple[str, ...]:
    """What data sets at these paths are called: as many last parts as tell them from each other, and from those of the program.

    Examples
    --------
    >>> names_for(["/home/anna/pots.npz", "/home/anna/a/jugs", "/home/anna/b/jugs", "/home/anna/digits"])
    ('pots.npz', 'a/jugs', 'b/jugs', 'anna/digits')

    Raises
    ------
    UserError
        Two of them are the same, or cannot be told apart by name.
    """
    parts = [PurePath(path).parts for path in paths]
    lengths = [1] * len(parts)
    while True:
        names = [safe_text(str(PurePath(*part[-length:])), LONGEST_NAME) for part, length in zip(parts, lengths, strict=True)]
        unclear = [comes_with(name) or names.count(name) > 1 for name in names]
        longer = [length + 1 if odd else length for length, odd in zip(lengths, unclear, strict=True)]
        if not any(unclear):
            return tuple(names)
        if any(length > len(part) for length, part in zip(longer, parts, strict=True)) or len(set(parts)) < len(parts):
            name = names[unclear.index(True)]
            raise UserError(f"{name} is named twice, or something else is called so; name each once, and give it a plain name")
        lengths = longer


def _open(name: str, origin: Origin) -> Dataset:
    try:
        return open_dataset(origin)
    except Changed:
        raise UserError(f"{name} is not what it was when this was begun; begin anew over what it is now") from None
