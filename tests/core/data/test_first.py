"""Some of a data set, to be asked about while the others are still being read."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from al_core.data import array_files, arrays, opened
from al_core.data.dataset import Part
from al_core.data.how_far import HowFar, listening
from al_core.data.kept_pictures import Place
from al_core.data.opened import open_dataset
from al_core.data.origin import Origin
from al_core.data.readers import pictures
from al_core.data.readers.pictures import by_chance
from al_core.ground.errors import UserError


@pytest.fixture(autouse=True)
def nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "_open", {})
    monkeypatch.setattr(opened, "_behind", {})


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading counts as slow from the tenth file on."""
    for name, value in (("SOON", -1.0), ("FEWEST_FIRST", 10), ("WORTH", -1.0)):
        monkeypatch.setattr(pictures, name, value)


def folder(root: Path, names: list[str]) -> Path:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.random.default_rng(number).integers(0, 256, (8, 8), dtype=np.uint8)).save(root / name)
    return root


@pytest.fixture
def pots(tmp_path: Path) -> Path:
    """60 pictures of three classes, of which one is that of a single picture, which comes last by chance."""
    names = [f"{('bowl', 'jug')[number % 2]}/{number:02}.png" for number in range(60)]
    odd = by_chance(names)[-1]
    return folder(tmp_path / "pots", [*(name for name in names if name != odd), f"cup/{Path(odd).name}"])


def told(origin: Origin) -> list[HowFar]:
    found: list[HowFar] = []
    with listening(found.append):
        open_dataset(origin)
    return found


def test_it_is_told_once_how_many_pictures_can_be_had(pots: Path, slowly: None) -> None:
    found = [far for far in told(Origin(str(pots))) if far.first]
    assert found == [HowFar("reading", "files", 10, 60, 10)]


@pytest.mark.usefixtures("slowly")
@pytest.mark.parametrize(
    "names", [[f"{n}.png" for n in range(9)], [f"test/{n}.png" for n in range(30)]], ids=["few", "to measure"]
)
def test_of_few_pictures_or_some_that_may_be_measured_by_none_come_before_the_others(tmp_path: Path, names: list[str]) -> None:
    more = [f"train/{name}" for name in names] if "/" in names[0] else []
    origin = Origin(str(folder(tmp_path / "a", [*names, *more])), ("bowl", "jug"))
    assert not any(far.first for far in told(origin))


def test_quick_reading_is_waited_for(pots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "FEWEST_FIRST", 10)
    monkeypatch.setattr(pictures, "SOON", -1.0)
    monkeypatch.setattr(pictures, "WORTH", 1e9)
    assert not any(far.first for far in told(Origin(str(pots))))


def test_the_first_pictures_are_some_at_random_with_the_classes_of_all(pots: Path) -> None:
    part = open_dataset(Origin(str(pots), first=20))
    everything = open_dataset(Origin(str(pots)))
    assert part.part == Part(60)
    assert everything.part is None
    assert list(part.item_names) == sorted(by_chance(list(everything.item_names))[:20])
    assert part.classes == everything.classes == ("bowl", "cup", "jug")
    ids = dict(zip(everything.item_names, everything.item_ids, strict=True))
    assert [ids[name] for name in part.item_names] == list(part.item_ids)
    labels = dict(zip(everything.item_names, everything.y.tolist(), strict=True))
    assert [labels[name] for name in part.item_names] == part.y.tolist()


def test_a_class_of_which_no_picture_can_be_used_is_one_all_the_same(pots: Path) -> None:
    (pots / "vase").mkdir()
    (pots / "vase" / "broken.png").write_bytes(b"\x89PNG")
    assert open_dataset(Origin(str(pots), first=20)).classes == ("bowl", "cup", "jug", "vase")
    with pytest.warns(UserWarning, match="set aside: 1 because it cannot be decoded"):
        assert open_dataset(Origin(str(pots))).classes == ("bowl", "cup", "jug", "vase")


def test_nobody_waits_for_who_reads_all_of_them(pots: Path) -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(len(open_dataset(Origin(str(pots), first=20)).y)), daemon=True)
    with Place.of(pots).turn():
        thread.start()
        thread.join(60.0)
    assert found == [20]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred rows are many."""
    monkeypatch.setattr(array_files, "MANY", 100)
    monkeypatch.setattr(arrays, "FIRST", 30)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("dtype", ["<f8", "<f4", ">f8", "<i2", "fortran"])
def test_the_first_rows_of_a_file_are_some_at_random(tmp_path: Path, dtype: str) -> None:
    rows = np.arange(400.0).reshape(200, 2).astype("<f8" if dtype == "fortran" else dtype)
    np.save(tmp_path / "a.npy", np.asfortranarray(rows) if dtype == "fortran" else rows)
    origin = Origin(str(tmp_path / "a.npy"), ("a", "b"))
    assert told(origin) == [HowFar("reading", "items", 0, 200, 30)]
    part, everything = open_dataset(replace(origin, first=30)), open_dataset(origin)
    assert part.part == Part(200)
    chosen = (part.X[:, 0] // 2).astype(int).tolist()
    assert len(set(chosen)) == 30
    assert max(chosen) > 100
    assert part.X.tolist() == everything.X[chosen].tolist()
    assert list(part.item_ids) == [everything.item_ids[row] for row in chosen]
    assert part.classes == ("a", "b")


@pytest.mark.usefixtures("many")
def test_pictures_in_a_file_come_first_as_well(tmp_path: Path) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (200, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "a.npy", levels)
    part = open_dataset(Origin(str(tmp_path / "a.npy"), ("a", "b"), first=30))
    everything = open_dataset(Origin(str(tmp_path / "a.npy"), ("a", "b")))
    assert part.images is not None
    assert set(part.item_ids) < set(everything.item_ids)
    assert [levels[everything.item_ids.index(item)].tolist() for item in part.item_ids] == part.images.tolist()


@pytest.mark.usefixtures("many")
def test_few_rows_and_archives_are_read_as_a_whole(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(90.0)[:, None])
    np.savez(tmp_path / "b.npz", X=np.arange(200.0)[:, None])
    assert told(Origin(str(tmp_path / "a.npy"), ("a", "b"))) == []
    assert told(Origin(str(tmp_path / "b.npz"), ("a", "b"))) == []


def test_a_file_that_is_cut_short_is_said_at_once(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(200.0)[:, None])
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content[:-8])
    with pytest.raises(UserError, match="1,592 bytes of numbers, and its header says 1,600"):
        open_dataset(Origin(str(tmp_path / "a.npy"), ("a", "b"), first=30))
