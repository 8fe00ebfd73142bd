"""A session file that is held for writing holds everything by itself, and is written to in its place or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from trials import PATIENCE

from al_core.sessions import folding
from al_core.sessions.actions import Flagged, Labelled, MachineLabelled, RoundFinished, Settings, Skipped
from al_core.sessions.checking import check_session
from al_core.sessions.database import sidecars
from al_core.sessions.hold import OutOfPlace
from al_core.sessions.leaving import leave
from al_core.sessions.lock import lock_path
from al_core.sessions.place import Place, Standing
from al_core.sessions.store import SessionFile


@pytest.fixture
def file(path: Path, settings: Settings) -> Any:
    with SessionFile.create(path, settings, "ann") as made:
        made.append([Labelled("aa", 1)], "ann")
        yield made


def labels(path: Path) -> dict[str, int]:
    with SessionFile.open(path, read_only=True) as found:
        return found.ledger.person_labels


def alone(path: Path) -> dict[str, int]:
    """The labels in a copy of the file without what is beside it."""
    copy = path.with_name("alone")
    shutil.copy(path, copy)
    return labels(copy)


def fold(file: SessionFile) -> None:
    """What happens a moment after something was written."""
    assert file.hold is not None
    assert file.hold._folding.fold()


def test_a_moment_later_the_file_holds_everything_by_itself(
    path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "MOMENT", 0.0)
    done = threading.Event()
    end = Place.end_folding

    def ended(place: Place, *, as_it_must: bool | None) -> None:
        end(place, as_it_must=as_it_must)
        done.set()

    monkeypatch.setattr(Place, "end_folding", ended)
    with SessionFile.create(path, settings, "ann") as file:
        for number in range(3):
            done.clear()
            file.append([Labelled(f"a{number}", 1)], "ann")
            assert done.wait(PATIENCE)
        while len(alone(path)) < 3:  # a fold that had begun before the last label does not hold it
            assert done.wait(PATIENCE)
        assert file.hold is not None
        assert file.hold.standing() is Standing.IN_PLACE
        file.append([Labelled("b", 1)], "ann")


def test_folding_costs_no_append_a_second_look(file: SessionFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this program does to the file itself is not taken for somebody else's doing."""
    looks: list[Path] = []
    monkeypatch.setattr("al_core.sessions.hold.check_header", looks.append)
    for number in range(5):
        file.append([Labelled(f"b{number}", 1)], "ann")
        if number % 2:
            fold(file)
    assert looks == []


def moved(path: Path) -> None:
    path.rename(path.with_name("other"))


def removed(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def replaced(path: Path) -> None:
    path.with_name("other").write_bytes(b"mine")
    path.with_name("other").replace(path)


def made_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


OUT_OF_PLACE = [
    (moved, "was moved or renamed; put it back"),
    (removed, "was removed; quit"),
    (emptied, "was changed by another program"),
    (replaced, "was changed by another program"),
    (made_directory, "was changed by another program"),
]


@pytest.mark.parametrize(("way", "words"), OUT_OF_PLACE, ids=[way.__name__ for way, _ in OUT_OF_PLACE])
def test_nothing_is_written_out_of_place(file: SessionFile, path: Path, way: Callable[[Path], None], words: str) -> None:
    fold(file)
    before = file.ledger.sequence
    way(path)
    for _ in range(2):
        with pytest.raises(OutOfPlace, match=words):
            file.append([Labelled("bb", 1)], "ann")
    assert file.ledger.sequence == before
    if way is moved:
        assert labels(path.with_name("other")) == {"aa": 1}


def overwritten(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def made_old(path: Path) -> None:
    """As it was in the beginning, and still the same file to the system."""
    path.write_bytes(path.with_name("old").read_bytes())


def with_a_hole(path: Path) -> None:
    """Of the pages between the first ones and the last one, one is empty: as when the file is emptied amid the folding."""
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(bytes(4096))


@pytest.mark.parametrize(
    ("way", "when"),
    [
        (emptied, "before"),
        (emptied, "after"),
        (overwritten, "before"),
        (overwritten, "after"),
        (made_old, "after"),
        (with_a_hole, "after"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_is_changed_while_it_is_folded_is_noticed(
    file: SessionFile, path: Path, way: Callable[[Path], None], when: str
) -> None:
    """Folding changes the file too, but what another program did meanwhile does not pass for it."""
    assert file.hold is not None
    file.append([Labelled(f"item {number}", 1) for number in range(100)], "ann")
    fold(file)
    shutil.copy(path, path.with_name("old"))
    inner = file.hold._folding._connection

    class Disturbed:
        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            if "checkpoint" not in sql:
                return inner.execute(sql, *values)
            if when == "before":
                way(path)
            done = inner.execute(sql, *values)
            if when == "after":
                way(path)
            return done

        def close(self) -> None:
            inner.close()

    file.hold._folding._connection = Disturbed()  # type: ignore[assignment]
    file.append([Labelled("bb", 1)], "ann")
    file.hold._folding.fold()
    known = file.ledger.sequence
    with pytest.raises(OutOfPlace, match="was changed by another program"):
        file.append([Labelled("cc", 1)], "ann")
    assert file.ledger.sequence == known


@pytest.mark.parametrize(("way", "told"), [(None, False), (emptied, True), (overwritten, True)])
def test_what_is_folded_in_part_only_is_no_reason_to_refuse_a_label(
    file: SessionFile, path: Path, way: Callable[[Path], None] | None, told: bool
) -> None:
    """So it is while somebody else, or this program's own writing, still looks at an older state of it."""
    assert file.hold is not None
    fold(file)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        file.append([Labelled("bb", 1)], "ann")
        inner = file.hold._folding._connection

        class Disturbed:
            def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
                done = inner.execute(sql, *values)
                if "checkpoint" in sql and way is not None:
                    way(path)
                return done

            def close(self) -> None:
                inner.close()

        file.hold._folding._connection = Disturbed()  # type: ignore[assignment]
        assert not file.hold._folding.fold()
        with pytest.raises(OutOfPlace) if told else nullcontext():
            file.append([Labelled("cc", 1)], "ann")


def test_what_was_not_folded_yet_is_in_the_moved_file_when_its_move_is_told(file: SessionFile, path: Path) -> None:
    file.append([Labelled("bb", 1)], "ann")
    moved(path)
    with pytest.raises(OutOfPlace):
        file.append([Labelled("cc", 1)], "ann")
    assert alone(path.with_name("other")) == {"aa": 1, "bb": 1}


@pytest.mark.parametrize("way", [moved, removed], ids=lambda way: way.__name__)
def test_what_is_folded_when_its_name_is_gone_is_found_all_the_same(
    file: SessionFile, path: Path, way: Callable[[Path], None]
) -> None:
    """The thread may fold between the move and the next key."""
    file.append([Labelled("bb", 1)], "ann")
    way(path)
    fold(file)
    with pytest.raises(OutOfPlace):
        file.append([Labelled("cc", 1)], "ann")
    left = leave(file)
    assert left.path == (path if way is removed else None)
    there = path if way is removed else path.with_name("other")
    assert alone(there) == {"aa": 1, "bb": 1}
    assert not any(log.exists() for log in sidecars(path))


def test_a_file_that_is_moved_while_a_commit_is_under_way(file: SessionFile, path: Path) -> None:
    """It is told as not saved, and is not there twice when the file is put back."""
    assert file.hold is not None

    class Mover:
        def __init__(self, inner: sqlite3.Connection) -> None:
            self._inner = inner

        def execute(self, sql: str, *rest: Any) -> Any:
            if sql == "COMMIT":
                moved(path)
            return self._inner.execute(sql, *rest)

        def close(self) -> None:
            self._inner.close()

    file.hold._connection = Mover(file.hold._connection)  # type: ignore[assignment]
    with pytest.raises(OutOfPlace):
        file.append([Labelled("bb", 1)], "ann")
    assert file.ledger.person_labels == {"aa": 1}
    path.with_name("other").rename(path)
    file.append([Labelled("bb", 2)], "ann")
    assert labels(path) == {"aa": 1, "bb": 2}
    assert check_session(path).problems == ()


def test_a_file_that_is_put_back_is_written_to_again(file: SessionFile, path: Path) -> None:
    moved(path)
    with pytest.raises(OutOfPlace):
        file.append([Labelled("bb", 1)], "ann")
    path.with_name("other").rename(path)
    file.append([Labelled("bb", 2)], "ann")
    assert labels(path) == {"aa": 1, "bb": 2}


def test_a_file_that_was_only_touched_is_written_to(file: SessionFile, path: Path) -> None:
    os.utime(path, (1, 1))
    file.append([Labelled("bb", 2)], "ann")
    path.chmod(0o640)
    file.append([Labelled("cc", 2)], "ann")
    assert labels(path) == {"aa": 1, "bb": 2, "cc": 2}


def test_another_file_with_the_same_in_it_is_gone_on_with(file: SessionFile, path: Path) -> None:
    fold(file)
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").replace(path)
    file.append([Labelled("bb", 2)], "ann")
    assert labels(path) == {"aa": 1, "bb": 2}
    file.close()
    assert labels(path) == {"aa": 1, "bb": 2}


def test_an_older_state_under_the_name_is_refused(file: SessionFile, path: Path) -> None:
    fold(file)
    shutil.copy(path, path.with_name("copy"))
    file.append([Labelled("bb", 1)], "ann")
    fold(file)
    for beside in sidecars(path)[:2]:
        beside.unlink()
    path.with_name("copy").replace(path)
    with pytest.raises(OutOfPlace, match="changed by another program"):
        file.append([Labelled("cc", 1)], "ann")
    assert labels(path) == {"aa": 1}


@pytest.mark.parametrize("folded", [True, False])
@pytest.mark.parametrize("number", [0, 1])
def test_what_is_beside_the_file_may_be_removed(file: SessionFile, path: Path, number: int, folded: bool) -> None:
    """Also when the log has not been folded yet: it is still open, and nothing in it is lost."""
    if folded:
        fold(file)
    sidecars(path)[number].unlink()
    file.append([Labelled("bb", 2)], "ann")
    assert labels(path) == {"aa": 1, "bb": 2}


def test_leaving_a_file_that_was_moved_leaves_nothing_behind(file: SessionFile, path: Path) -> None:
    file.append([Labelled("bb", 2)], "ann")
    moved(path)
    left = leave(file)
    assert left.path is None
    assert left.problem is not None
    assert "was moved or renamed" in left.problem
    assert labels(path.with_name("other")) == {"aa": 1, "bb": 2}
    assert {entry.name for entry in path.parent.iterdir()} == {"other"}


def test_leaving_a_file_that_was_removed(file: SessionFile, path: Path) -> None:
    """Whoever goes on labelling wants it; whoever removes it and leaves does not."""
    removed(path)
    assert leave(file).path is None
    assert list(path.parent.iterdir()) == []


def test_what_was_removed_is_written_anew_when_somebody_went_on(file: SessionFile, path: Path) -> None:
    before = file.ledger
    removed(path)
    with pytest.raises(OutOfPlace):
        file.append([Labelled("bb", 2)], "ann")
    left = leave(file)
    assert left.path == path
    assert left.problem is not None
    with SessionFile.open(path) as again:
        assert again.ledger == before
    assert {entry.name for entry in path.parent.iterdir()} == {path.name}


def test_what_was_committed_when_the_file_went_and_said_not_to_be_saved_is_not_written_anew(
    file: SessionFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is removed between the look before a commit and the look behind it."""
    standing = Place.standing

    def and_gone(place: Place) -> Standing:
        found = standing(place)
        path.unlink(missing_ok=True)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Place, "standing", and_gone)
        with pytest.raises(OutOfPlace):
            file.append([Labelled("bb", 2)], "ann")
    left = leave(file)
    assert left.problem is not None
    assert "what was saved is written anew" in left.problem
    assert left.path is not None
    assert labels(left.path) == {"aa": 1}
    assert check_session(left.path).problems == ()


def test_what_was_removed_with_its_directory_is_written_to_the_sessions(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "place" / "mine.session"
    path.parent.mkdir()
    with SessionFile.create(path, settings, "ann") as file:
        file.append([Labelled("aa", 1)], "ann")
        shutil.rmtree(path.parent)
        with pytest.raises(OutOfPlace):
            file.append([Labelled("bb", 2)], "ann")
        left = leave(file)
    assert left.path == tmp_path / "data" / "al-tui" / "sessions" / "mine.session"
    assert labels(left.path) == {"aa": 1}


def test_what_another_program_spoiled_is_written_to_another_file(file: SessionFile, path: Path) -> None:
    file.append([Labelled("bb", 2)], "ann")
    file.append([Labelled("cc", 0), Skipped("dd"), Flagged("aa", "why?")], "ben")
    file.append([MachineLabelled("truth", None, (("ee", 1),)), MachineLabelled("model", 0.9, (("ff", 2),))][:1], "ben")
    file.append([RoundFinished(0, 1, None, None, None, ())], "ben")
    fold(file)
    known = file.ledger
    emptied(path)
    left = leave(file)
    assert left.path == path.with_name("pets-2.session")
    assert left.problem is not None
    with SessionFile.open(left.path) as again:
        ledger = again.ledger
    assert ledger.settings == known.settings
    assert ledger.flags == known.flags
    for books in (ledger, known):
        answers = {item: (given.label, given.annotator) for item, given in books.answers.items()}
        assert answers == {"aa": (1, "ann"), "bb": (2, "ann"), "cc": (0, "ben"), "dd": (None, "ben")}
        assert {item: (entry.label, entry.by) for item, entry in books.machine.items()} == {"ee": (1, "truth")}


def test_leaving_when_nothing_can_be_written_anew_says_so(
    file: SessionFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed(path)
    with pytest.raises(OutOfPlace):
        file.append([Labelled("bb", 2)], "ann")

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("al_core.sessions.leaving.os.link", full)
    left = leave(file)
    assert left.path is None
    assert left.problem is not None
    assert "could not be written anew: No space left on device" in left.problem
    assert list(path.parent.iterdir()) == []


def test_a_lock_file_of_somebody_else_is_left_alone(file: SessionFile, path: Path) -> None:
    lock_path(path).unlink()
    lock_path(path).write_text("somebody else's")
    file.close()
    assert lock_path(path).read_text() == "somebody else's"


def test_without_a_thread_the_log_is_folded_at_the_end(path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none)
    with SessionFile.create(path, settings, "ann") as file:
        file.append([Labelled("aa", 1)], "ann")
        file.append([Labelled("bb", 1)], "ann")
    assert alone(path) == {"aa": 1, "bb": 1}
