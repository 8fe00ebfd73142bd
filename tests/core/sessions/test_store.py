"""The session file: whole or not at all, one writer, and nothing said to be saved that is not."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from al_core.ground.errors import UserError
from al_core.sessions import events
from al_core.sessions.actions import Changed, DamagedSession, Flagged, Labelled, Named, Relabelled, Shown, Skipped, Undone
from al_core.sessions.checking import check_session
from al_core.sessions.database import FORMAT, Format, Migration, remains, sidecars
from al_core.sessions.events import Seen
from al_core.sessions.ledger import begin
from al_core.sessions.lock import Owner, SessionHeld, holder, lock_path
from al_core.sessions.replay import replay
from al_core.sessions.store import NameTaken, NotSaved, SessionFile


def test_an_event_keeps_everything_that_was_given(path, settings, clock):
    with SessionFile.create(path, settings, "ann", clock=clock) as file:
        file.append([Labelled("aa", 2)], "béa", Seen(model_age=3, visible=True, seconds=1.25))
        written = replay_of(path)
    assert written == file.ledger
    with sqlite3.connect(path) as connection:
        row = connection.execute("SELECT * FROM event WHERE sequence = 2").fetchone()
    assert row[:10] == (2, "2026-01-02T03:04:07.000000+00:00", "label", "aa", '{"label":2}', "béa", "margin", 3, 1, 1.25)


def test_times_are_written_in_utc(path, settings):
    noon = datetime(2026, 5, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with SessionFile.create(path, settings, "ann", clock=lambda: noon) as file:
        assert file.ledger.started == "2026-05-01T10:00:00.000000+00:00"
        assert datetime.fromisoformat(file.ledger.started).tzinfo == UTC


def test_the_file_is_for_its_owner_only_and_leaves_nothing_beside_it(path, settings):
    old = os.umask(0)
    try:
        with SessionFile.create(path, settings, "ann") as file:
            file.append([Labelled("aa", 0)], "ann")
            modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
            assert set(modes.values()) == {0o600}
            assert len(modes) == 4
    finally:
        os.umask(old)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_writes_are_flushed(path, settings):
    with SessionFile.create(path, settings, "ann") as file:
        connection = file.hold._connection
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)


def test_a_session_is_never_made_over_a_file(path, settings):
    path.write_bytes(b"mine")
    with pytest.raises(UserError, match="is there already"):
        SessionFile.create(path, settings, "ann")
    assert path.read_bytes() == b"mine"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_no_session_is_made_beside_the_log_of_one_that_was_killed_and_removed(path, settings):
    """SQLite would play that log into the new file."""
    log = sidecars(path)[0]
    with SessionFile.create(path, settings, "ann") as file:
        file.append([Labelled("aa", 1)], "ann")
        left = log.read_bytes()
    path.unlink()
    log.write_bytes(left)
    with pytest.raises(NameTaken, match=r"-wal is left of another session; remove it, or choose another name"):
        SessionFile.create(path, settings, "ann")
    assert [entry.name for entry in path.parent.iterdir()] == [log.name]
    log.unlink()
    with SessionFile.create(path, settings, "ann") as file:
        assert file.ledger.labels == {}


def test_a_log_that_goes_while_it_is_looked_at_is_none(path, monkeypatch):
    """As when another program closes the session just then."""
    log = sidecars(path)[0]
    log.write_bytes(b"x")
    look = os.stat

    def late(name, *args, **options):
        found = look(name, *args, **options)
        if os.fspath(name) == str(log):
            log.unlink()
        return found

    monkeypatch.setattr(os, "stat", late)
    assert remains(path) in (log, None)
    assert remains(path) is None


def test_what_cannot_follow_is_not_written(path, settings):
    with SessionFile.create(path, settings, "ann") as file:
        file.append([Labelled("aa", 0)], "ann")
        for wrong in (Labelled("aa", 1), Relabelled("bb", 1), Labelled("bb", 3), Undone("bb", 2), Undone("aa", 1)):
            with pytest.raises(DamagedSession):
                file.append([wrong], "ann")
        with pytest.raises(ValueError, match="depend on one another"):
            file.append([Labelled("cc", 0), Relabelled("cc", 1)], "ann")
        with pytest.raises(ValueError, match="depend on one another"):
            file.append([Undone("aa", 2), Labelled("cc", 0)], "ann")
        assert file.append([Labelled("cc", 0), Flagged("cc", "?"), Shown("dd", "start")], "ann")
    assert replay_of(path) == file.ledger
    assert check_session(path).events == 5


def test_a_second_process_is_told_who_holds_the_session_and_may_read_it(path, settings):
    with SessionFile.create(path, settings, "ann") as file:
        file.append([Labelled("aa", 0)], "ann")
        with pytest.raises(SessionHeld, match=f"process {os.getpid()} on {socket.gethostname()}.*read-only") as caught:
            SessionFile.open(path)
        assert caught.value.owner == holder(path)
        with SessionFile.open(path, read_only=True) as reader:
            assert reader.read_only
            assert reader.ledger == file.ledger
            with pytest.raises(UserError, match="reading only"):
                reader.append([Skipped("bb")], "ben")
        file.append([Labelled("bb", 0)], "ann")
    assert holder(path) is None
    with SessionFile.open(path) as again:
        assert again.ledger.labelled == 2


def test_a_lock_of_a_dead_process_is_taken_over(path, settings):
    SessionFile.create(path, settings, "ann").close()
    dead = {"host": socket.gethostname(), "pid": os.getpid(), "since": "2026-01-01T00:00:00+00:00"}
    lock_path(path).write_text(json.dumps(dead))
    assert holder(path) is None
    with SessionFile.open(path) as file:
        assert file.stale_owner == Owner(**dead)
        file.append([Labelled("aa", 0)], "ann")


def test_a_lock_of_another_machine_needs_the_word_of_a_person(path, settings):
    SessionFile.create(path, settings, "ann").close()
    lock_path(path).write_text(json.dumps({"host": "elsewhere", "pid": 1, "since": "2026-01-01T00:00:00+00:00"}))
    with pytest.raises(SessionHeld, match=r"process 1 on elsewhere.*take the session over") as caught:
        SessionFile.open(path)
    assert caught.value.elsewhere
    assert holder(path).host == "elsewhere"
    with SessionFile.open(path, take_over=True) as file:
        assert file.stale_owner.host == "elsewhere"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"host": 1, "pid": 2, "since": 3}', b"\xff" * 9000])
def test_an_unreadable_lock_file_does_not_stand_in_the_way(path, settings, content):
    SessionFile.create(path, settings, "ann").close()
    lock_path(path).write_bytes(content)
    with SessionFile.open(path) as file:
        assert file.stale_owner is None


def test_whoever_holds_it_without_a_name_is_another_process(path, settings):
    with SessionFile.create(path, settings, "ann"):
        lock_path(path).write_bytes(b"")
        with pytest.raises(SessionHeld) as caught:
            SessionFile.open(path)
    hint = "quit it there, or open the session read-only"
    assert str(caught.value) == f"{path.name} is held by another process; {hint}"
    assert (caught.value.owner, caught.value.elsewhere) == (None, False)


def test_a_lock_file_that_is_a_link_is_not_followed(path, settings, tmp_path):
    SessionFile.create(path, settings, "ann").close()
    (tmp_path / "victim").write_text("mine")
    lock_path(path).symlink_to(tmp_path / "victim")
    with pytest.raises(UserError, match="cannot hold"):
        SessionFile.open(path)
    assert (tmp_path / "victim").read_text() == "mine"


def test_what_another_program_appends_is_noticed_and_kept(path, settings):
    with SessionFile.create(path, settings, "ann") as file:
        with sqlite3.connect(path) as other:
            other.execute("INSERT INTO event SELECT 2, time, kind, item, value, 'x', strategy, 1, 1, 1.0, '' FROM event")
        other.close()
        for _ in range(2):
            with pytest.raises(NotSaved, match=r"not saved|another program"):
                file.append([Labelled("aa", 0)], "ann")
            other = sqlite3.connect(path, isolation_level=None, timeout=0)
            other.execute("BEGIN IMMEDIATE")  # a failed write holds nobody up
            other.close()
        assert file.ledger.labelled == 0
    assert check_session(path).problems == ("event 2: the checksum does not fit; the event, or the one before it, was changed",)


def test_a_file_that_is_locked_by_another_program_is_told_and_tried_again(path, settings):
    with SessionFile.create(path, settings, "ann") as file:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotSaved, match="locked"):
            file.append([Labelled("aa", 0)], "ann")
        other.execute("ROLLBACK")
        other.close()
        file.append([Labelled("aa", 1)], "ann")
    assert replay_of(path).person_labels == {"aa": 1}


class LateFailure:
    """A connection whose next commit comes through although it is reported as failed, as when only the flush fails."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._failed = False

    def execute(self, sql: str, *parameters):
        result = self._connection.execute(sql, *parameters)
        if sql == "COMMIT" and not self._failed:
            self._failed = True
            raise sqlite3.OperationalError("disk I/O error")
        return result

    def close(self) -> None:
        self._connection.close()


def test_a_commit_that_was_said_to_have_failed_is_not_there_twice(path, settings):
    with SessionFile.create(path, settings, "ann") as file:
        file.hold._connection = LateFailure(file.hold._connection)
        with pytest.raises(NotSaved, match="disk I/O error"):
            file.append([Labelled("aa", 0)], "ann")
        assert file.ledger.labelled == 0
        assert replay_of(path).labelled == 1  # one that was not acknowledged may be there
        file.append([Labelled("aa", 1)], "ann")
        assert file.ledger.person_labels == {"aa": 1}
    assert replay_of(path) == file.ledger


OLD = FORMAT.schema.replace("    seconds REAL,\n", "")


def add_seconds(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE event RENAME TO old")
    connection.execute(FORMAT.schema)
    names = [row[1] for row in connection.execute("PRAGMA table_info(old)")]
    connection.execute(f"INSERT INTO event ({', '.join(names)}) SELECT {', '.join(names)} FROM old")
    connection.execute("DROP TABLE old")


NEW = Format(FORMAT.version + 1, FORMAT.schema, {FORMAT.version: Migration(OLD, add_seconds)})


def make_old(path: Path, settings) -> bytes:
    """A file of a made-up older version that had no ``seconds``."""
    SessionFile.create(path, settings, "ann").close()
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("ALTER TABLE event RENAME TO new")
        connection.execute(OLD)
        names = ", ".join(row[1] for row in connection.execute("PRAGMA table_info(event)"))
        connection.execute(f"INSERT INTO event ({names}) SELECT {names} FROM new")
        connection.execute("DROP TABLE new")
    connection.close()
    return path.read_bytes()


def test_an_older_file_is_brought_up_to_date_when_it_is_opened_for_writing(path, settings):
    old = make_old(path, settings)
    with pytest.raises(DamagedSession, match="open it for writing once"):
        SessionFile.open(path, read_only=True, form=NEW)
    assert path.read_bytes() == old
    with SessionFile.open(path, form=NEW) as file:
        assert file.ledger.settings == settings
        file.append([Labelled("aa", 0)], "ann", Seen(seconds=1.0))
    with SessionFile.open(path, form=NEW) as file:
        assert file.ledger.labelled == 1
    with pytest.raises(DamagedSession, match=rf"version {NEW.version}.*update al-tui"):
        SessionFile.open(path)


def held_by(path: Path) -> tuple[int, list[str]]:
    """All that a file holds, as SQL, and its version."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0], list(connection.iterdump())


@pytest.mark.parametrize("raw", [False, True])
def test_what_stands_in_a_file_is_text_whoever_wrote_it(path, settings, monkeypatch, raw):
    """Notes, names and annotators end up on screens: what is no text in them is shown, and not done, also from a file that
    another program wrote, with good checksums."""
    odd, shown = "x\x1b[2J\u202e", "x␛[2J<202E>"
    with monkeypatch.context() as patched:
        if raw:
            patched.setattr(events, "safe_record", lambda record: record)
            patched.setattr(events, "safe_text", lambda text, *_: text)
        with SessionFile.create(path, settings, odd) as file:
            file.append([Named((("a", odd),)), Labelled("a", 0), Flagged("a", odd), Changed(odd, "knn", 1)], odd)
            assert file.ledger.flags == {"a": odd if raw else shown}
    with SessionFile.open(path, read_only=True) as file:
        ledger = file.ledger
    assert (ledger.flags, ledger.names) == ({"a": shown}, {"a": shown})
    assert ({given.annotator for given in ledger.answers.values()}, ledger.strategy) == ({shown}, shown)


def test_whatever_writes_waits_for_the_disk(path, settings, monkeypatch):
    """From the first event on: SQLite's NORMAL would lose labels that were said to be kept when the power fails."""
    said: list[list[str]] = []
    real = sqlite3.connect

    def watched(*arguments, **more):
        connection = real(*arguments, **more)
        said.append([])
        connection.set_trace_callback(said[-1].append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", watched)
    make_old(path, settings)
    said.clear()
    with SessionFile.open(path, form=NEW) as file:
        file.append([Labelled("a", 0)], "ann")
        file.hold.copy_to(path.with_name("copy"), file.ledger.sequence)
    SessionFile.create(path.with_name("new"), settings, "ann").close()
    levels = [[line.split()[-1] for line in lines if line.startswith("PRAGMA synchronous = ")] for lines in said]
    writing = [bool({"BEGIN IMMEDIATE", "COMMIT"} & set(lines)) for lines in said]
    assert sum(writing) >= 2
    assert all(level == ["FULL"] for level, writes in zip(levels, writing, strict=True) if writes)
    assert [level for level in levels if level] == [["FULL"]] * 6  # and who copies, and who folds either file


def test_a_migration_that_fails_leaves_the_old_version(path, settings):
    make_old(path, settings)
    old = held_by(path)
    assert old[0] == FORMAT.version
    assert any("'ann'" in line for line in old[1])

    def wrong(connection: sqlite3.Connection) -> None:
        add_seconds(connection)
        connection.execute("UPDATE event SET annotator = 'eve'")

    with pytest.raises(DamagedSession, match="checksum"):
        SessionFile.open(path, form=Format(NEW.version, FORMAT.schema, {FORMAT.version: Migration(OLD, wrong)}))
    assert held_by(path) == old
    with SessionFile.open(path, form=NEW) as file:
        assert file.ledger.settings == settings


def replay_of(path: Path):
    with SessionFile.open(path, read_only=True) as file:
        return file.ledger


def test_replay_needs_a_log():
    with pytest.raises(DamagedSession, match="empty"):
        replay([], begin)
