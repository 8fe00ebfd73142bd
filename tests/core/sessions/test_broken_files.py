"""Files that are not what they must be are refused with a reason, or read as what they are; and left as they were."""

from __future__ import annotations

import random
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from trials import trials

from al_core.ground.errors import UserError
from al_core.sessions.actions import DamagedSession, Flagged, Labelled, Opened
from al_core.sessions.checking import check_session
from al_core.sessions.events import GENESIS, _checksum, chain, read_row
from al_core.sessions.store import SessionFile

TRIALS = trials(500, 5000)


@pytest.fixture
def good(path, settings, clock) -> tuple[Path, bytes, object]:
    with SessionFile.create(path, settings, "ann", clock=clock) as file:
        for number in range(40):
            file.append([Labelled(f"{number:016x}", number % 3)], "ann")
        file.append([Flagged("aa", "why?" * 100)], "ann")
    return path, path.read_bytes(), file.ledger


def opens_unharmed_or_not_at_all(path: Path, content: bytes, ledger: object) -> bool:
    """True when the file was refused, both to writers and to readers, with a reason, and is unchanged."""
    path.write_bytes(content)
    reasons = []
    for read_only in (True, False):
        try:
            with SessionFile.open(path, read_only=read_only) as file:
                assert file.ledger == ledger
        except UserError as error:
            reasons.append(str(error))
    assert all(path.name in reason and "\n" not in reason for reason in reasons)
    refused = len(reasons) == 2
    assert refused == bool(reasons) == bool(check_session(path).problems)
    assert not refused or path.read_bytes() == content
    assert {entry.name for entry in path.parent.iterdir()} == {path.name}
    return refused


def test_truncated_at_every_512_bytes(good):
    path, content, ledger = good
    sizes = list(range(0, len(content), 512))
    assert len(sizes) > 20
    assert all(opens_unharmed_or_not_at_all(path, content[:size], ledger) for size in sizes)


def test_flipped_bytes(good):
    path, content, ledger = good
    dice = random.Random(1)
    refused = 0
    for _ in range(TRIALS):
        broken = bytearray(content)
        for _ in range(dice.choice([1, 1, 2, 8])):
            broken[dice.randrange(len(broken))] ^= dice.randrange(1, 256)
        refused += opens_unharmed_or_not_at_all(path, bytes(broken), ledger)
    assert refused > TRIALS // 3


OTHER = {
    "empty": b"",
    "text": b"hello",
    "a-database-without-more": b"SQLite format 3\0",
    "noise": random.Random(0).randbytes(5000),
    "zeros": b"\0" * 8192,
}


@pytest.mark.parametrize("content", OTHER.values(), ids=OTHER)
def test_other_files(path, content):
    path.write_bytes(content)
    with pytest.raises(DamagedSession, match="is no session file"):
        SessionFile.open(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("PRAGMA user_version = 4", "it needs an al-tui that knows version 4, this one .* knows 3; update al-tui"),
        ("PRAGMA user_version = 0", "version 0, which never was"),
        ("PRAGMA user_version = -5", "which never was"),
        ("PRAGMA application_id = 7", "another program"),
        ("CREATE VIEW v AS SELECT 1", "schema is not ours: view v"),
        ("CREATE TABLE t (x)", "schema is not ours: table t"),
        ("CREATE INDEX i ON event (kind)", "schema is not ours: index i"),
        ("CREATE TRIGGER g AFTER INSERT ON event BEGIN DELETE FROM event; END", "schema is not ours: trigger g"),
        ("ALTER TABLE event ADD COLUMN extra", "schema is not ours: table event"),
        ("DROP TABLE event", "schema is not ours"),
        ("DELETE FROM event", "log is empty"),
        ("DELETE FROM event WHERE sequence = 1", "checksum does not fit"),
        ("DELETE FROM event WHERE sequence = 20", "event 21: the checksum does not fit"),
        ("UPDATE event SET value = '{\"label\":1}' WHERE sequence = 2", "event 2: the checksum does not fit"),
        ("UPDATE event SET annotator = 'eve' WHERE sequence = 41", "event 41: the checksum does not fit"),
        ("UPDATE event SET value = x'00' WHERE sequence = 5", "event 5: value is a bytes"),
        ("UPDATE event SET sequence = 99 WHERE sequence = 42", "event 99: the checksum does not fit"),
    ],
)
def test_what_somebody_did_to_the_database_is_named(good, statement, reason):
    path, _, _ = good
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(statement)
    connection.close()
    content = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(DamagedSession, match=reason):
            SessionFile.open(path, read_only=read_only)
    assert path.read_bytes() == content
    problems = check_session(path).problems
    assert any(re.search(reason, problem) for problem in problems), problems


def test_damage_that_no_event_shows_is_damage(good):
    """The list of free pages is wrong: every event can be read, but the next write might overwrite one."""
    path, content, _ = good
    path.write_bytes(content[:36] + (7).to_bytes(4, "big") + content[40:])
    with pytest.raises(DamagedSession, match="database is damaged"):
        SessionFile.open(path)
    found = check_session(path)
    assert found.events == 42
    assert "database is damaged" in found.problems[0]


def test_check_says_how_far_a_file_is_good(good):
    path, _, _ = good
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE event SET annotator = 'eve' WHERE sequence = 12")
    connection.close()
    found = check_session(path)
    assert (found.events, found.labels) == (11, 10)
    assert "event 12" in found.problems[0]
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE event SET annotator = 'eve' WHERE sequence = 1")
    connection.close()
    found = check_session(path)
    assert (found.events, found.labels, found.skipped) == (0, 0, 0)
    assert "event 1" in found.problems[0]


def test_a_file_that_is_not_there_or_no_file(tmp_path):
    for path in (tmp_path / "none.session", tmp_path):
        with pytest.raises(UserError, match="no session file"):
            SessionFile.open(path)
        with pytest.raises(UserError, match="no session file"):
            check_session(path)


def test_a_time_that_is_none_is_damage_even_where_the_checksum_fits(settings):
    event = chain(GENESIS, 1, datetime(2026, 1, 1, tzinfo=UTC), Opened(settings), "ann", "margin")
    for time in ("yesterday", "2026-01-01T00:00:00", ""):
        body = (1, time, *event.row()[2:-1])
        with pytest.raises(DamagedSession, match="is no time with its zone"):
            read_row((*body, _checksum(GENESIS, body)), GENESIS)
