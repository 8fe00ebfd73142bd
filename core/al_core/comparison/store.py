"""The results store: finished cells in one SQLite file, so that the same question is never computed twice.

A cell is kept under a digest of everything that defines it: the data's fingerprint, learner, strategy, seed, batch, budget and
starting set, the versions of this program and of the libraries, and how the machine adds that computed it. The target is not in
it: it changes no run.

The file is not trusted: its tables and indices are checked when it is opened, and whatever is read is read into records.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from al_core.comparison.asked import Asked, Bench, read, written
from al_core.comparison.cell import Cell
from al_core.comparison.identity import Identity, canonical, digest
from al_core.data.facts import comes_with, describe_dataset
from al_core.ground.errors import CannotKeep, UserError
from al_core.ground.files import refuse_odd
from al_core.ground.records import Reader, Unreadable
from al_core.ground.safe_text import safe_record, safe_text
from al_core.ground.versions import Versions
from al_core.ground.written import plain

APPLICATION_ID = 0x616C7472
SCHEMA_VERSION = 1
BUSY_SECONDS = 5.0

_SCHEMA = (
    """CREATE TABLE cells (
    key TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    versions TEXT NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    computed INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX cells_by_question ON cells (question)",
    "CREATE TABLE benches (id INTEGER PRIMARY KEY, asked_at TEXT NOT NULL, document TEXT NOT NULL) STRICT",
)


_SELECT = "SELECT key, versions, record, checksum FROM cells"
_LONGEST_VALUE = 64 * 1024 * 1024
_CELLS = Reader(Cell, exact=False)
_VERSIONS = Reader(Versions, exact=False)


class ResultsStore:
    """Finished cells on disk. Every cell is committed and flushed before `put` returns.

    Parameters
    ----------
    path : the file; made with its directory when it is not there.
    readonly : only look at what is there; the file must exist.
    shared : may be opened in one thread and used in another, one at a time.

    Raises
    ------
    UserError
        The file cannot be opened or written, is locked, is damaged, or belongs to another program or a newer version.
    """

    def __init__(self, path: Path, *, readonly: bool = False, shared: bool = False) -> None:
        self.path = path
        self._shared = shared
        with self._explained():
            self._connection = self._open(readonly)
        try:
            with self._explained():
                self._check(readonly)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def find(self, keys: Sequence[str], software: Versions | None = None) -> dict[str, Cell]:
        """The finished cells among ``keys``; ``software``, if it is known, computed all of them.

        Raises
        ------
        UserError
            A record does not match its checksum, or is none, or other software stands beside it.
        """
        found: dict[str, Cell] = {}
        with self._explained():
            for key in dict.fromkeys(keys):
                row = self._connection.execute(f"{_SELECT} WHERE key = ?", (key,)).fetchone()
                if row is None:
                    continue
                found[key], versions = self._kept(*row)
                if software is not None and versions != software:
                    raise self.damaged(f"cell {key} was not computed by {software}")
        return found

    def all_but(self, keys: Sequence[str]) -> Iterator[tuple[Cell, Versions]]:
        """The finished cells under other keys than ``keys``, and the software that computed each."""
        others = set(keys)
        with self._explained():
            for key, *row in self._connection.execute(_SELECT):
                if key not in others:
                    yield self._kept(key, *row)

    def put(self, identity: Identity, cell: Cell) -> None:
        """Keep a finished cell; counts how often it was computed. Cells that failed are not kept: they are tried again."""
        assert cell.error is None
        record = canonical(plain(cell))
        with self._explained(), self._writing():
            self._connection.execute(
                "INSERT INTO cells VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (key) DO UPDATE SET computed = computed + 1",
                (identity.key, identity.question_key, canonical(asdict(identity.versions)), record, digest(record)),
            )

    def other_versions(self, identities: Sequence[Identity]) -> dict[Versions, int]:
        """How many of these questions were answered by other software only, which is not used, by that software."""
        counts: dict[Versions, int] = {}
        with self._explained():
            for identity in identities:
                rows = self._connection.execute(
                    "SELECT key, versions FROM cells WHERE question = ?", (identity.question_key,)
                ).fetchall()
                answered = {key: self._versions(text) for key, text in rows}
                if identity.key not in answered:
                    for other in set(answered.values()):
                        counts[other] = counts.get(other, 0) + 1
        return counts

    def computations(self) -> dict[str, int]:
        """How often every kept cell was computed, by key; anything above 1 was wasted."""
        with self._explained():
            return dict(self._connection.execute("SELECT key, computed FROM cells").fetchall())

    def record_bench(self, asked: Asked) -> int:
        """Remember what a bench asked, so that a report can be made of it; asking the same again only renews the time, and what
        failed."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._explained(), self._writing():
            for bench in self._read_benches():
                if replace(bench.asked, failed=asked.failed) == asked:
                    self._connection.execute("DELETE FROM benches WHERE id = ?", (bench.number,))
            row = (now, written(asked, now))
            cursor = self._connection.execute("INSERT INTO benches (asked_at, document) VALUES (?, ?)", row)
        return int(cursor.lastrowid or 0)

    def benches(self) -> list[Bench]:
        """Every bench that was run into the store, the latest last; raises `UserError` when one cannot be read."""
        with self._explained():
            return self._read_benches()

    def damaged(self, what: str) -> UserError:
        """The error that says what is damaged."""
        return UserError(
            f"the results store {self.path} is damaged: {what}; move the file away, or choose another with --results FILE"
        )

    # Inside

    def _kept(self, key: str, versions: str, record: str, checksum: str) -> tuple[Cell, Versions]:
        if digest(record) != checksum:
            raise self.damaged(f"the record of cell {key} does not match its checksum")
        if (cell := _read_cell(record)) is None:
            raise self.damaged(f"the record of cell {key} is no run")
        return cell, self._versions(versions)

    def _versions(self, text: str) -> Versions:
        try:
            return safe_record(_VERSIONS.read(text))
        except Unreadable as error:
            raise self.damaged(f"the versions of a cell {error}") from None

    def _read_benches(self) -> list[Bench]:
        benches = []
        for number, asked_at, text in self._connection.execute("SELECT id, asked_at, document FROM benches ORDER BY id"):
            try:
                benches.append(Bench(number, safe_text(asked_at, 40), safe_record(read(text, asked_at))))
            except Unreadable as error:
                raise self.damaged(f"what was asked in bench {number} {error}") from None
        return benches

    def _open(self, readonly: bool) -> sqlite3.Connection:
        if readonly:
            if not self.path.exists():
                raise UserError(f"there is no results store {self.path}; al-tui bench makes one")
            self._refuse_odd()
            uri = f"{self.path.absolute().as_uri()}?mode=ro"
            return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._refuse_odd()
        if not self.path.exists():
            self.path.touch(mode=0o600)
        threads = not self._shared
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=threads)

    def _refuse_odd(self) -> None:
        """Nobody may have to wait at a pipe that has the name of the store, or of what SQLite keeps beside it."""
        real = Path(os.path.realpath(self.path))  # `resolve` raises at a link that leads to itself
        refuse_odd(self.path, *(real.with_name(real.name + end) for end in ("-journal", "-wal", "-shm")))

    def _check(self, readonly: bool) -> None:
        run = self._connection.execute
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        run("PRAGMA trusted_schema = OFF")
        if not readonly:
            run("PRAGMA synchronous = FULL")
            with self._writing():
                if run("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
                    for statement in _SCHEMA:
                        run(statement)
                    run(f"PRAGMA application_id = {APPLICATION_ID}")
                    run(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if run("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise UserError(f"{self.path} is a database, but no results store of al-tui; choose another with --results FILE")
        version = run("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA_VERSION:
            raise UserError(
                f"the results store {self.path} has format {version}, this al-tui reads format {SCHEMA_VERSION};"
                " choose another with --results FILE"
            )
        schema = {text for (text,) in run("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
        if schema != set(_SCHEMA):
            raise self.damaged("its tables are not ours")
        # Indices are compared with their tables, too: a cell that its key does not lead to any more would vanish unsaid.
        if (found := run("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise self.damaged(safe_text(found, 100))
        if not readonly:
            with self._writing():  # a write that changes nothing tells at once when none is possible
                run(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # the first error tells more than a failed rollback
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        way_out = "choose another with --results FILE, or go without with --no-results"
        try:
            yield
        except sqlite3.OperationalError as error:
            text = str(error)
            if "locked" in text or "busy" in text:
                raise UserError(f"the results store {self.path} is locked by another program; wait for it, {way_out}") from None
            if "readonly" in text:
                raise CannotKeep(f"the results store {self.path} is read-only; {way_out}") from None
            raise CannotKeep(f"cannot use the results store {self.path}: {text}; {way_out}") from None
        except sqlite3.DatabaseError:
            raise UserError(f"the results store {self.path} is damaged or no results store; move it away, {way_out}") from None
        except OSError as error:
            raise CannotKeep(f"cannot open the results store {self.path}: {error.strerror}; {way_out}") from None


def within(cell: Cell, rows: int) -> bool:
    """Whether a run over so many items can have ended so. How many a person's own data has, only who asks for it knows."""
    return all(count <= rows for count, _ in cell.curve) and all(row < rows for batch in cell.picks for row in batch)


def _read_cell(record: str) -> Cell | None:
    """The cell of a record; None when no run can have ended so."""
    try:
        cell = _CELLS.read(record)
    except UserError:
        return None
    name = cell.spec.dataset
    try:
        rows = describe_dataset(name).rows if comes_with(name) else None
    except UserError:  # no data set takes such parameters
        return None
    labels = [count for count, _ in cell.curve]
    sound = (
        bool(labels)
        and labels == sorted(set(labels))
        and (rows is None or within(cell, rows))
        and all(0 <= accuracy <= 1 for _, accuracy in cell.curve)
        and all(cell.picks)
        and min(cell.fit_seconds, cell.query_seconds) >= 0
        and cell.error is None
    )
    return cell if sound else None
