"""A part of a data set that is too large: drawn by content, the same tomorrow, and with what somebody asks for by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from al_core.data import opened
from al_core.data.dataset import Dataset, Part
from al_core.data.kinds import load_dataset
from al_core.data.looks import Picture
from al_core.data.opened import known_as, open_dataset
from al_core.data.origin import Origin
from al_core.data.part import drawn


def numbers(rows: int, *, begin: int = 0, test: list[int] | None = None) -> Dataset:
    X = np.arange(begin, begin + rows, dtype=np.float64)[:, None]
    return Dataset("numbers", X, np.arange(rows) % 2, ("even", "odd"), item_names=[f"n{row}" for row in range(rows)], test=test)


def test_a_small_one_is_taken_as_it_is() -> None:
    data = numbers(50)
    assert drawn(data, 50) is data


def test_what_is_drawn_depends_on_content_alone() -> None:
    data = numbers(500)
    part = drawn(data, 100)
    assert part.part == Part(500)
    assert len(part.y) == 100
    backwards = Dataset("others", data.X[::-1].copy(), data.y[::-1].copy(), data.classes)
    assert set(drawn(backwards, 100).item_ids) == set(part.item_ids)


def test_every_item_keeps_its_label_its_name_and_its_look() -> None:
    part = drawn(numbers(500), 100)
    assert part.X[:, 0].tolist() == sorted(part.X[:, 0].tolist())
    assert part.y.tolist() == [int(value) % 2 for value in part.X[:, 0].tolist()]
    assert list(part.item_names) == [f"n{int(value)}" for value in part.X[:, 0].tolist()]
    digits = load_dataset("digits")
    assert digits.images is not None
    looks = [Picture(8, 8, image.tobytes()) for image in digits.images]
    some = drawn(Dataset("d", digits.X, digits.y, digits.classes, looks=looks), 60)
    assert some.looks is not None
    assert [look.pixels for look in some.looks] == [
        digits.images[digits.item_ids.index(item)].tobytes()
        for item in some.item_ids  # type: ignore[union-attr]
    ]


def test_what_is_added_takes_the_places_of_its_share_only() -> None:
    before, after = set(drawn(numbers(1000), 200).item_ids), set(drawn(numbers(2000), 200).item_ids)
    assert 70 <= len(before & after) <= 130
    assert before & after == before & set(sorted(numbers(2000).item_ids)[:200])


def test_every_item_is_as_likely_as_any_other() -> None:
    """A thousand draws of 20 of 100: how often each item is in one is binomial; none is four standard deviations off."""
    counts = np.zeros(100)
    for number in range(1000):
        part = drawn(numbers(100, begin=1000 * number), 20)
        counts[(part.X[:, 0] - 1000 * number).astype(int)] += 1
    assert np.abs(counts - 200).max() < 4 * np.sqrt(1000 * 0.2 * 0.8)


def test_what_is_asked_for_by_name_is_there_and_said() -> None:
    data = numbers(500)
    missing = sorted(set(data.item_ids) - set(drawn(data, 100).item_ids))
    part = drawn(data, 100, keep=(*missing[:3], sorted(data.item_ids)[0], "0123456789abcdef"))
    assert part.part == Part(500, tuple(missing[:3]))
    assert len(part.y) == 103
    assert set(missing[:3]) < set(part.item_ids)


def test_equal_items_are_drawn_as_one() -> None:
    X = np.repeat(np.arange(100.0), 5)[:, None]
    part = drawn(Dataset("repeated", X, [0, 1] * 250), 30)
    assert len(part.y) == len(set(part.item_ids)) == 30


def test_what_is_measured_by_is_not_asked_from() -> None:
    held = list(range(0, 500, 5))
    part = drawn(numbers(500, test=held), 100)
    assert part.test is not None
    assert {int(value) for value in part.X[part.test, 0].tolist()} == set(held)
    rest, test = part.parted()
    assert len(rest) == 100
    assert len(test) == 100


def test_another_process_opens_the_very_same_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "_open", {})
    np.save(tmp_path / "a.npy", np.arange(300.0)[:, None])
    origin = Origin(str(tmp_path / "a.npy"), ("a", "b"), most=50)
    plain = open_dataset(origin)
    extra = sorted(open_dataset(replace(origin, most=None)).item_ids)[60]
    found = open_dataset(replace(origin, keep=(extra, plain.item_ids[0])))
    assert len(found.y) == 51
    known = known_as(replace(origin, keep=(extra, plain.item_ids[0])), found)
    assert known.keep == (extra,)
    assert open_dataset(known) is found
    opened._open.clear()  # as in another process
    assert open_dataset(known).fingerprint == found.fingerprint
