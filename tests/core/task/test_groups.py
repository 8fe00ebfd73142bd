"""Items of a group are on one side of the split, and who reads of it is told."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st

from al_core import Dataset, Inline, TaskSpec, bench, findings_of
from al_core.comparison.encoding import comparison_json, from_json
from al_core.comparison.summary import compare
from al_core.data.columns import Columns
from al_core.data.given import info_of
from al_core.data.kinds import read_dataset
from al_core.data.part import only
from al_core.ground.errors import UserError
from al_core.reports.formats.methods import write as methods_report
from al_core.task import groups as module
from al_core.task.groups import apart
from al_core.task.split import split

SPEC = TaskSpec("pets", batch=5, budget=20)
KINDS = ("cat", "dog", "owl")


def pets(groups: object = None, n: int = 120) -> Dataset:
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    return Dataset("pets", 2.5 * np.eye(3, 5)[y] + rng.normal(size=(n, 5)), [KINDS[k] for k in y], groups=groups)


def owners(n: int = 120, many: int = 20) -> list[str]:
    return [f"owner {number}" for number in np.random.default_rng(1).integers(0, many, n)]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 7)), min_size=2, max_size=60), st.integers(0, 3))
def test_no_group_is_on_both_sides_and_the_seed_fixes_them(pairs: list[tuple[int, int]], seed: int) -> None:
    y, groups = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    rows = np.arange(len(y)) * 2
    if len(set(groups)) < 2 or np.bincount(y).max() < 2:
        with pytest.raises(ValueError, match="one group only"):
            apart(rows, y, groups, seed)
        return
    rest, test = apart(rows, y, groups, seed)
    assert sorted([*rest, *test]) == rows.tolist()
    assert len(rest)
    assert len(test)
    of = dict(zip(rows.tolist(), groups.tolist(), strict=True))
    assert not {of[row] for row in rest.tolist()} & {of[row] for row in test.tolist()}
    again = apart(rows, y, groups, seed)
    assert [part.tolist() for part in again] == [rest.tolist(), test.tolist()]


@pytest.mark.parametrize("most", [module.MOST_STRATIFIED, 10])
def test_about_three_in_ten_are_measured_by(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(module, "MOST_STRATIFIED", most)
    y, groups = np.arange(600) % 3, np.random.default_rng(0).integers(0, 100, 600)
    tests = [apart(np.arange(600), y, groups, seed)[1] for seed in range(5)]
    assert all(0.25 < len(test) / 600 < 0.35 for test in tests)
    assert len({tuple(test) for test in tests}) == 5
    shares = np.array([np.bincount(y[test], minlength=3) / len(test) for test in tests])
    stratified = 0.05 if sklearn.__version__.startswith("1.6.") else 0.03  # the lowest that is allowed divides a little worse
    assert np.abs(shares - 1 / 3).max() < (stratified if most > 100 else 0.1)


def test_a_task_keeps_groups_together_and_rows_without_one_stand_alone() -> None:
    said = [*owners()[:100], *([None] * 10), *([""] * 10)]
    data = pets(said)
    assert len(set(data.groups[100:].tolist())) == 20
    for seed in range(4):
        task = split(data, replace(SPEC, seed=seed))
        learnt = {said[row] for row in [*task.pool.tolist(), *task.initial.tolist()]} - {None, ""}
        assert learnt.isdisjoint({said[row] for row in task.test.tolist()})
    alone = split(pets(), SPEC)
    assert {owners()[row] for row in alone.test.tolist()} & {owners()[row] for row in alone.pool.tolist()}


def test_groups_are_part_of_what_the_data_is() -> None:
    plain, together = pets(), pets(owners())
    assert together.fingerprint != plain.fingerprint
    assert together.fingerprint == pets(np.unique(owners(), return_inverse=True)[1]).fingerprint, "whatever they are called"
    assert (info_of(plain, "pets").groups, info_of(together, "pets").groups) == (0, 20)
    part = only(together, np.arange(0, 120, 2), None)
    assert part.groups is not None
    for number in range(20):
        assert len(set(part.groups[together.groups[::2] == number].tolist())) <= 1
    assert only(together, np.flatnonzero(together.groups == 0), None).groups is None


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["a"] * 120, "all items are of one group, 'a', so none can be kept apart"),
        (["a", "b"], "there are 2 groups for 120 items"),
    ],
)
def test_what_says_nothing_is_one_line(groups: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        pets(groups)


def write(path: Path, groups: list[str]) -> Path:
    rng = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["size", "owner", "label"])
        for row, owner in enumerate(groups):
            out.writerow([f"{row % 3 + rng.normal():.3f}", owner, KINDS[row % 3]])
    return path


def test_a_column_says_it_and_is_not_learnt_from(tmp_path: Path) -> None:
    path = write(tmp_path / "pets.csv", owners())
    data = read_dataset(path, columns=Columns(group="owner"))
    assert data.groups is not None
    assert data.groups.max() == 19
    assert data.X.shape[1] == 1
    assert "owner" not in dict(data.looks[0].fields)
    assert read_dataset(path).groups is None
    with pytest.raises(UserError, match="--group-column: no column 'ownr'; did you mean 'owner'"):
        read_dataset(path, columns=Columns(group="ownr"))
    with pytest.raises(UserError, match="--group-column and --drop both name the column 'owner'"):
        read_dataset(path, columns=Columns(group="owner", drop=("owner",)))
    with pytest.raises(UserError, match="all items are of one group, 'anna'"):
        read_dataset(write(tmp_path / "one.csv", ["anna"] * 30), columns=Columns(group="owner"))
    with pytest.raises(UserError, match="--group-column is about the split, and --test says"):
        read_dataset(path, test=path, columns=Columns(group="owner"))


def test_an_archive_has_them_beside(tmp_path: Path) -> None:
    data = pets()
    np.savez(tmp_path / "pets.npz", X=data.X, y=data.y, classes=np.array(KINDS), groups=np.array(owners()))
    read = read_dataset(tmp_path / "pets.npz")
    assert read.groups is not None
    assert read.groups.tolist() == pets(owners()).groups.tolist()


def test_documents_and_the_methods_say_it() -> None:
    result = bench(SPEC, ["random", "margin"], Inline(), data=pets(owners()))
    found = compare(result)
    assert "Items are in 20 groups, and all of a group are on one side of the split." in found.conclusion
    document = comparison_json(found)
    assert document["data"]["groups"] == 20
    (read,) = from_json(document).comparisons
    assert (read.data, comparison_json(read)) == (found.data, document)
    assert "held out some 36 stratified test items" in methods_report(findings_of([result]))
    plain = comparison_json(compare(bench(SPEC, ["random"], Inline(), data=pets())))
    assert "groups" not in plain["data"]
    assert "groups" not in plain["conclusion"]
