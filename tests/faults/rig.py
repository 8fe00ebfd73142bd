"""What the program under trial and the trials share: the data, the plain model of a session, an older file format."""

from __future__ import annotations

import contextlib
import copy
import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from al_core.labelling.items import Items
from al_core.sessions.actions import Settings, Status
from al_core.sessions.database import FORMAT, Format, Migration
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile

CLASSES = ("cat", "dog", "eel")
IDS = tuple(f"{number:016x}" for number in range(400))
NAMES = tuple(f"pots/{number}.png" for number in range(400))
ITEMS = Items("pets", "f" * 32, CLASSES, IDS, (3, 1), tuple(range(400)), tuple(row % 3 for row in range(400)), NAMES)
SETTINGS = Settings("pets", "f" * 32, CLASSES, "logistic", "margin", 1, 0, "random_per_class")

OLD = FORMAT.schema.replace("    seconds REAL,\n", "")


def _add_seconds(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE event RENAME TO old")
    connection.execute(FORMAT.schema)
    names = ", ".join(row[1] for row in connection.execute("PRAGMA table_info(old)").fetchall())
    connection.execute(f"INSERT INTO event ({names}) SELECT {names} FROM old")
    connection.execute("DROP TABLE old")


_KEPT = {version: Migration(OLD) for version in range(1, FORMAT.version)}
NEWER = Format(FORMAT.version + 1, FORMAT.schema, {**_KEPT, FORMAT.version: Migration(OLD, _add_seconds)})
"""A made-up next version, so that there is something to migrate from: those before had no ``seconds``."""


def set_version(path: Path, version: int) -> None:
    """Make a closed session file one of an older version whose rows are the same."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


def version_of(path: Path) -> int:
    """The version of a session file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    """All rows of a session file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM event").fetchall()


def make_old(path: Path) -> None:
    """Turn a closed session file into one of the made-up first version."""
    set_version(path, 1)
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("ALTER TABLE event RENAME TO new")
        connection.execute(OLD)
        names = ", ".join(row[1] for row in connection.execute("PRAGMA table_info(event)").fetchall())
        connection.execute(f"INSERT INTO event ({names}) SELECT {names} FROM new")
        connection.execute("DROP TABLE new")
    connection.close()


@dataclass
class Books:
    """Labels, answers that are none, and notes as plain values, with undo by copying everything."""

    answers: dict[str, int | str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    past: list[tuple[dict[str, int | str], dict[str, str]]] = field(default_factory=list)
    future: list[tuple[dict[str, int | str], dict[str, str]]] = field(default_factory=list)

    def do(self, operation: list[Any]) -> None:
        """Take one acknowledged operation in."""
        kind, *given = operation
        now = (dict(self.answers), dict(self.flags))
        if kind == "undo":
            if self.past:
                self.future.append(now)
                self.answers, self.flags = self.past.pop()
            return
        if kind == "redo":
            if self.future:
                self.past.append(now)
                self.answers, self.flags = self.future.pop()
            return
        self.past.append(now)
        self.future.clear()
        if kind == "flag":
            self.flags[given[0]] = given[1]
        else:
            self.answers[given[0]] = given[1]

    def matches(self, ledger: Ledger) -> bool:
        """True when the session says the same."""
        answers = {item: given.status if given.label is None else given.label for item, given in ledger.answers.items()}
        return (answers, ledger.flags, len(ledger.done)) == (self.answers, self.flags, len(self.past))


def operations(seed: int) -> Iterator[list[Any]]:
    """What a person might type, for ever; mostly labels."""
    dice = random.Random(seed)
    while True:
        item = dice.choice(IDS)
        roll = dice.random()
        if roll < 0.7:
            yield ["label", item, dice.randrange(3)]
        elif roll < 0.8:
            yield ["label", item, dice.choice(get_args(Status))]
        elif roll < 0.85:
            yield ["flag", item, f"note {dice.randrange(100)}"]
        else:
            yield ["undo" if roll < 0.95 else "redo"]


@dataclass
class Told:
    """What a program said before it died."""

    acknowledged: list[list[Any]] = field(default_factory=list)
    begun: list[Any] | None = None
    other: list[Any] = field(default_factory=list)

    @classmethod
    def read(cls, lines: list[str]) -> Told:
        """Read its output; the last line may be incomplete."""
        told = cls()
        for line in lines:
            if not line.endswith("\n"):
                break
            word, value = json.loads(line)
            if word == "begin":
                told.begun = value
            elif word == "saved":
                told.acknowledged.append(value)
                told.begun = None
            elif word == "failed":
                told.begun = None
            else:
                told.other.append([word, value])
        return told

    def books(self) -> tuple[Books, Books]:
        """The state that was acknowledged, and that with the operation that had begun."""
        sure = Books()
        for operation in self.acknowledged:
            sure.do(operation)
        more = copy.deepcopy(sure)
        if self.begun is not None:
            more.do(self.begun)
        return sure, more


def holds(path: Path, told: Told, form: Format = FORMAT) -> Ledger:
    """Open what is left and make sure that A, B, C and D hold; returns its state."""
    with SessionFile.open(path, form=form) as file:
        ledger = file.ledger
    with SessionFile.open(path, read_only=True, form=form) as again:
        assert again.ledger == ledger
    sure, more = told.books()
    assert sure.matches(ledger) or more.matches(ledger), (
        f"{len(told.acknowledged)} acknowledged, {len(ledger.done)} steps there"
    )
    return ledger
