"""The results store: finished cells in one SQLite file, so that the same question is never computed twice.

A cell is kept under a digest of everything that defines it: the data's fingerprint, learner, strategy, seed, batch, budget and
starting set, and the versions of this program and of the libraries. The target is not in it: it changes no run.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from al_core.comparison.cell import Cell
from al_core.comparison.identity import Identity, canonical, digest
from al_core.ground.errors import CannotKeep, UserError
from al_core.ground.safe_text import safe_record, safe_text
from al_core.ground.versions import Versions
from al_core.task.spec import TaskSpec

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

    def find(self, keys: Sequence[str]) -> dict[str, Cell]:
        """The finished cells among ``keys``.

        Raises
        ------
        UserError
            A record does not match its checksum.
        """
        found: dict[str, Cell] = {}
        with self._explained():
            for key in dict.fromkeys(keys):
                row = self._connection.execute("SELECT record, checksum FROM cells WHERE key = ?", (key,)).fetchone()
                if row is None:
                    continue
                cell = _read_cell(*row)
                if cell is None:
                    raise UserError(
                        f"the results store {self.path} is damaged: the record of cell {key} does not match its checksum;"
                        " move the file away, or choose another with --results FILE"
                    )
                found[key] = cell
        return found

    def put(self, identity: Identity, cell: Cell) -> None:
        """Keep a finished cell; counts how often it was computed. Cells that failed are not kept: they are tried again."""
        assert cell.error is None
        record = canonical(asdict(cell))
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
                    "SELECT versions FROM cells WHERE question = ?", (identity.question_key,)
                ).fetchall()
                answered = {Versions(**safe_record(json.loads(text))) for (text,) in rows}
                if identity.versions not in answered:
                    for other in answered:
                        counts[other] = counts.get(other, 0) + 1
        return counts

    def computations(self) -> dict[str, int]:
        """How often every kept cell was computed, by key; anything above 1 was wasted."""
        with self._explained():
            return dict(self._connection.execute("SELECT key, computed FROM cells").fetchall())

    def record_bench(self, document: dict[str, Any]) -> int:
        """Remember what a bench asked, so that a report can be made of it; asking the same again only renews the time, and what
        ``"failed"`` says."""
        asked = _without_failures(document)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._explained(), self._writing():
            for number, _, other in self._read_benches():
                if _without_failures(other) == asked:
                    self._connection.execute("DELETE FROM benches WHERE id = ?", (number,))
            row = (now, canonical(document))
            cursor = self._connection.execute("INSERT INTO benches (asked_at, document) VALUES (?, ?)", row)
        return int(cursor.lastrowid or 0)

    def benches(self) -> list[tuple[int, str, dict[str, Any]]]:
        """Number, time (UTC) and document of every bench, the latest last."""
        with self._explained():
            return self._read_benches()

    # Inside

    def _read_benches(self) -> list[tuple[int, str, dict[str, Any]]]:
        rows = self._connection.execute("SELECT id, asked_at, document FROM benches ORDER BY id").fetchall()
        try:
            read = [(number, safe_text(asked_at, 40), safe_record(json.loads(text))) for number, asked_at, text in rows]
        except ValueError:
            read = []
        if len(read) < len(rows) or not all(isinstance(document, dict) for _, _, document in read):
            raise UserError(f"the results store {self.path} is damaged: what was asked cannot be read; move the file away")
        return read

    def _open(self, readonly: bool) -> sqlite3.Connection:
        if readonly:
            if not self.path.is_file():
                raise UserError(f"there is no results store {self.path}; al-tui bench makes one")
            uri = f"{self.path.absolute().as_uri()}?mode=ro"
            return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.path.exists():
            self.path.touch(mode=0o600)
        threads = not self._shared
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=threads)

    def _check(self, readonly: bool) -> None:
        run = self._connection.execute
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
        if schema != set(_SCHEMA) or run("PRAGMA quick_check").fetchone()[0] != "ok":
            raise UserError(f"the results store {self.path} is damaged; move it away, or choose another with --results FILE")
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


def _without_failures(document: dict[str, Any]) -> str:
    return canonical({name: value for name, value in document.items() if name != "failed"})


def _read_cell(record: str, checksum: str) -> Cell | None:
    if digest(record) != checksum:
        return None
    try:
        fields = json.loads(record)
        fields["spec"] = TaskSpec(**fields["spec"])
        fields["curve"] = tuple((int(labels), float(accuracy)) for labels, accuracy in fields["curve"])
        fields["picks"] = tuple(tuple(int(item) for item in batch) for batch in fields["picks"])
        return Cell(**fields)
    except (ValueError, TypeError, KeyError):
        return None
