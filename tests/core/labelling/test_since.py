"""What has become of a person's files since last time is said as it is, and nothing where it is not known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.data import opened
from al_core.data.origin import Origin
from al_core.ground import cache
from al_core.labelling import since
from al_core.labelling.since import Changes, compared, since_last_time

A, B, C, D = ("a" * 16, "b" * 16, "c" * 16, "d" * 16)


@pytest.mark.parametrize(
    ("before", "now", "changes"),
    [
        ([(A, "x")], [(A, "x")], Changes()),
        ([(A, "x")], [(A, "x"), (B, "y")], Changes(added=1)),
        ([(A, "x"), (B, "y")], [(B, "y")], Changes(gone=1)),
        ([(A, "p/x")], [(A, "q/x")], Changes(moved=1)),
        ([(A, "p/x")], [(A, "p/y")], Changes(renamed=1)),
        ([(A, "p/x")], [(A, "q/y")], Changes(renamed=1)),
        ([(A, "x")], [(B, "x")], Changes(changed=1)),
        ([(A, "x"), (B, "y")], [(B, "x"), (A, "y")], Changes(renamed=2)),
        ([(A, "x")], [(A, "x"), (A, "copy")], Changes(added=1)),
        ([(A, "x"), (A, "copy")], [(A, "x")], Changes(gone=1)),
        ([(A, "x"), (B, "y"), (C, "z/z")], [(A, "x"), (D, "y"), (C, "z")], Changes(moved=1, changed=1)),
        ([(A, ""), (B, "")], [(B, ""), (C, "")], Changes(added=1, gone=1)),
        ([], [(A, "x")], Changes(added=1)),
    ],
)
def test_each_file_counts_as_what_has_become_of_it(
    before: list[tuple[str, str]], now: list[tuple[str, str]], changes: Changes
) -> None:
    assert compared(before, now) == changes


FOLDERS = st.dictionaries(
    st.sampled_from([f"{place}/{name}" for place in "pq" for name in "xyz"]), st.sampled_from([A, B, C, D])
)


@given(FOLDERS, FOLDERS)
def test_no_file_is_counted_twice_or_lost(first: dict[str, str], second: dict[str, str]) -> None:
    before, now = ([(item, name) for name, item in folder.items()] for folder in (first, second))
    found = compared(before, now)
    assert min(found) >= 0
    assert len(before) - found.gone + found.added == len(now)
    assert (found == Changes()) == (Counter(before) == Counter(now))
    back = compared(now, before)
    assert (back.added, back.gone, back.changed) == (found.gone, found.added, found.changed)
    assert back.moved + back.renamed == found.moved + found.renamed


def test_in_words_only_what_has_happened_is_said() -> None:
    assert str(Changes()) == ""
    assert str(Changes(1200, 3, 0, 5)) == "since last time: 1,200 added, 3 gone, 5 renamed"
    assert str(Changes(moved=2, changed=1)) == "since last time: 2 moved, 1 changed"


@pytest.fixture(autouse=True)
def nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "_open", {})


def at(path: Path, rows: range, names: list[str] | None = None) -> Origin:
    X = np.arange(200.0).reshape(100, 2)[rows]
    np.savez(path, X=X, **({} if names is None else {"ids": names}))
    return Origin(str(path), ("a", "b"))


def test_what_was_there_is_remembered_by_session(tmp_path: Path) -> None:
    first, second = at(tmp_path / "a.npz", range(10)), at(tmp_path / "b.npz", range(4, 20))
    assert since_last_time(first, "anna", True) == ""
    assert since_last_time(second, "ben", True) == ""
    assert since_last_time(first, "anna", True) == ""
    assert since_last_time(second, "anna", False) == "since last time: 10 added, 4 gone"
    assert since_last_time(second, "anna", True) == "since last time: 10 added, 4 gone"
    assert since_last_time(second, "anna", True) == ""
    named = at(tmp_path / "c.npz", range(4, 20), [f"p/{row}" for row in range(16)])
    assert since_last_time(named, "carl", True) == ""
    again = at(tmp_path / "d.npz", range(4, 20), [f"q/{row}" for row in range(16)])
    assert since_last_time(again, "carl", True) == "since last time: 16 moved"


def test_where_nothing_can_be_remembered_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = at(tmp_path / "a.npz", range(10))
    cache.keep(repr(("what was there", "anna")), [b"not what was written"])
    assert since_last_time(data, "anna", True) in ("", "since last time: 10 added")
    monkeypatch.setattr(since, "MOST", 9)
    assert since_last_time(data, "anna", True) == ""
    monkeypatch.setattr(since, "MOST", 100)
    monkeypatch.setattr(cache, "_directory", lambda make=False: None)
    assert since_last_time(data, "ben", True) == ""
    assert since_last_time(data, "ben", True) == ""
