"""What is found by words and by likeness, in tables, texts, pictures and arrays; and how what was found so counts."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from al_core.data.origin import Origin
from al_core.labelling import finding
from al_core.labelling.finding import find_items, items_like
from al_core.labelling.opening import open_items
from al_core.task.spec import TaskSpec

CLASSES = ("a", "b")


def asked(origin: Origin) -> tuple[TaskSpec, Origin]:
    spec = TaskSpec(origin.word, initial="typical")
    return spec, open_items(spec, origin).origin


def found(spec: TaskSpec, origin: Origin, text: str) -> list[str]:
    """Names of what is found."""
    names = open_items(spec, origin).names
    return [names[match.row] for match in find_items(spec, origin, text).matches]


@pytest.fixture
def pots(tmp_path: Path) -> tuple[TaskSpec, Origin]:
    with (tmp_path / "pots.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["height", "clay", "note"])
        for number in range(12):
            out.writerow([number, ("red", "white")[number % 2], f"Layer {number}, by the WELL" if number % 3 else "clay pit"])
    return asked(Origin(str(tmp_path / "pots.csv"), CLASSES))


def test_all_words_are_looked_for_in_columns_whatever_the_case(pots: tuple[TaskSpec, Origin]) -> None:
    assert found(*pots, "well RED") == ["row 3", "row 5", "row 9", "row 11"]
    assert found(*pots, "layer 11,") == ["row 12"]
    assert found(*pots, "row 12") == ["row 12"]
    assert found(*pots, "nowhere") == found(*pots, "   ") == []
    answer = find_items(*pots, "well red")
    assert (answer.total, answer.among) == (4, 12)
    assert answer.matches[0].words == "note: Layer 2, by the WELL"


def test_a_word_can_be_looked_for_in_one_column_and_names_of_columns_are_words_too(pots: tuple[TaskSpec, Origin]) -> None:
    assert found(*pots, "clay:red note:pit") == ["row 1", "row 7"]
    assert found(*pots, "pit") == ["row 1", "row 4", "row 7", "row 10"]
    assert found(*pots, "height:1") == ["row 2", "row 11", "row 12"]
    assert len(found(*pots, "height")) == 12
    assert found(*pots, "colour:red") == []


def test_of_many_matches_the_first_are_told_and_all_are_counted(
    pots: tuple[TaskSpec, Origin], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    answer = find_items(*pots, "clay")
    assert ([match.row for match in answer.matches], answer.total) == ([0, 1], 12)


def test_texts_are_searched_in_their_files_and_long_ones_are_told_by_what_was_found(tmp_path: Path) -> None:
    for number in range(6):
        text = "and so on\n" * 500 + f"the kettle {number}\x1b[31m leaks" if number == 4 else f"a lid that fits {number}"
        (tmp_path / f"{number}.txt").write_text(text)
    spec, origin = asked(Origin(str(tmp_path), CLASSES))
    (match,) = find_items(spec, origin, "KETTLE").matches
    assert match.words.startswith("…so on and so on the kettle 4␛[31m leaks")
    (tmp_path / "2.txt").unlink()
    assert found(spec, origin, "fits") == ["0.txt", "1.txt", "3.txt", "5.txt"]


def test_pictures_are_found_by_the_names_of_their_files_and_none_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    for number in range(8):
        place = tmp_path / ("cats" if number % 2 else "dogs") / f"scan {number}.png"
        place.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (16, 16), dtype=np.uint8)).save(place)
    spec, origin = asked(Origin(str(tmp_path), CLASSES))
    classes = asked(Origin(str(tmp_path)))
    monkeypatch.setattr("al_core.data.readers.pictures.content_of", lambda path: pytest.fail("a picture was opened"))
    assert found(spec, origin, "scan 3") == ["cats/scan 3.png"]
    assert len(found(spec, origin, "cats")) == 4  # folders that are no classes
    assert found(*classes, "cats") == []  # nobody is to copy what folders say
    assert {name.rpartition("/")[2] for name in found(*classes, "scan")} <= {f"scan {number}.png" for number in range(8)}


def test_numbers_without_names_are_found_by_what_is_on_their_cards(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(12.0).reshape(4, 3) + 0.5)
    spec, origin = asked(Origin(str(tmp_path / "a.npy"), CLASSES))
    assert [match.row for match in find_items(spec, origin, "x2:7.5").matches] == [2]


def test_the_likest_are_those_whose_features_are_nearest_to_one_of_several(tmp_path: Path) -> None:
    X = np.array([[0.0], [10.0], [1.0], [10.5], [4.0], [0.0], [20.0]])
    np.save(tmp_path / "a.npy", X)
    spec, origin = asked(Origin(str(tmp_path / "a.npy"), CLASSES))

    def like(*these: int, closed: tuple[int, ...] = ()) -> list[int]:
        return [match.row for match in items_like(spec, origin, these, closed).matches]

    assert like(0) == [2, 4, 1, 3, 6]  # row 5 is the same item as row 0
    assert like(0, 1) == [3, 2, 4, 6]
    assert like(1, closed=(3, 4)) == [2, 0, 6]
    assert like(0, closed=(1, 2, 3, 4, 6)) == like() == []


def test_distances_in_blocks_are_those_of_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.default_rng(0).normal(size=(40, 3))
    these, rows = np.array([3, 17]), np.arange(40)
    plain = ((X[:, None] - X[these]) ** 2).sum(axis=2).min(axis=1)
    monkeypatch.setattr(finding, "_BLOCK", 20)
    assert np.allclose(finding._distances(X, rows, these), plain)
