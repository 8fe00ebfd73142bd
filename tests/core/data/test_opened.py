"""Data sets that a process has open: read once, and never taken for others."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from al_core.data import array_files, kinds, opened
from al_core.data.contents import open_looks
from al_core.data.how_far import HowFar, listening, tell
from al_core.data.looks import Size
from al_core.data.opened import MOST_OPEN, open_dataset, read_on
from al_core.data.origin import Origin, class_word, file_stem, short_name
from al_core.data.readers import pictures
from al_core.ground.errors import UserError
from al_core.labelling.opening import task_of
from al_core.task.spec import TaskSpec


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read from files, in its order; nothing is open at first."""
    words: list[str] = []

    def counting(word: Any, *args: Any, **beside: Any) -> Any:
        words.append(Path(word).name)
        return real(word, *args, **beside)

    real = kinds.read_dataset
    monkeypatch.setattr(kinds, "read_dataset", counting)
    monkeypatch.setattr(opened, "_open", {})
    monkeypatch.setattr(opened, "_stamps", {})
    monkeypatch.setattr(opened, "_behind", {})
    return words


def save(path: Path, *rows: float) -> Origin:
    np.save(path, np.array(rows)[:, None])
    return Origin(str(path), ("a", "b"))


def test_a_file_is_read_once_for_as_long_as_it_is_known_by_its_fingerprint(tmp_path: Path, read: list[str]) -> None:
    origin = save(tmp_path / "a.npy", 1.0, 2.0)
    known = replace(origin, fingerprint=open_dataset(origin).fingerprint)
    assert open_dataset(known) is open_dataset(known)
    assert open_looks(known, (1,), Size(8, 8)) == open_looks(known, None, Size(8, 8))[1:]
    assert read == ["a.npy"]
    open_dataset(origin)  # nobody has said what it must be: it is read anew
    assert read == ["a.npy"] * 2


def test_what_has_changed_is_no_stand_in_for_what_was_opened(tmp_path: Path) -> None:
    origin = save(tmp_path / "a.npy", 1.0, 2.0)
    known = replace(origin, fingerprint=open_dataset(origin).fingerprint)
    opened._open.clear()  # as in a worker that has just started
    assert open_dataset(known).X.tolist() == [[1.0], [2.0]]
    opened._open.clear()
    save(tmp_path / "a.npy", 0.5, 1.0, 2.0)
    with pytest.raises(UserError, match=r"a\.npy is not what it was when it was opened"):
        open_looks(known, (1,), Size(8, 8))


def pictures_in(root: Path, count: int) -> Origin:
    root.mkdir()
    for number in range(count):
        Image.new("L", (8, 8), number).save(root / f"{number}.png")
    return Origin(str(root), ("a", "b"))


def test_while_a_folder_is_read_it_is_told_how_far_that_is(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    origin, reached, go_on = pictures_in(tmp_path / "pots", 6), threading.Event(), threading.Event()
    looked_into = pictures._looked_into

    def stopping(path: str) -> Any:
        if path.endswith("4.png"):
            reached.set()
            go_on.wait()
        return looked_into(path)

    monkeypatch.setattr(pictures, "_looked_into", stopping)
    try:
        assert read_on(origin, 0.0) is not None
        reached.wait()
        assert read_on(origin, 0.0) == HowFar("reading", "files", 4, 6)
    finally:
        go_on.set()
    while (far := read_on(origin, 1.0)) is not None:
        assert far.total == 6
    data = open_dataset(origin)
    assert len(data.X) == 6
    assert read == ["pots"]
    known = replace(origin, fingerprint=data.fingerprint)
    assert read_on(known) is None
    assert open_dataset(known) is data
    open_dataset(origin)  # what was read behind is taken once
    assert read == ["pots"] * 2


def test_what_cannot_be_read_is_said_as_if_it_had_not_been_read_behind(tmp_path: Path) -> None:
    def read(origin: Origin) -> None:
        while read_on(origin, 1.0) is not None:
            pass

    (tmp_path / "pots").mkdir()
    origin = Origin(str(tmp_path / "pots"), ("a", "b"))
    for _ in range(2):
        with pytest.raises(UserError, match="there are no pictures in it"):
            read(origin)
    Image.new("L", (8, 8)).save(tmp_path / "pots" / "1.png")  # and is read anew, once something was done about it
    read(origin)
    assert len(open_dataset(origin).X) == 1


def test_features_are_told_of_as_well(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.random.default_rng(0).integers(0, 256, (600, 16, 16), dtype=np.uint8))
    told: list[str] = []
    with listening(lambda far: told.append(str(far))):
        open_dataset(Origin(str(tmp_path / "a.npy"), ("a", "b")))
    tell("reading", "what nobody hears of")
    features = [words for words in told if words.startswith("computing features of")]
    assert features[0] == "computing features of 0 of 600 pictures"
    assert features[-1] == "computing features of 576 of 600 pictures"
    assert len(features) == 10


@pytest.mark.parametrize("shape", [(3000, 1), (3000, 2, 2), (3000, 2, 2, 3)])
def test_what_lies_in_a_file_is_not_touched_once_the_file_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    """A page that is gone would end the process, and another number in its place would be taken for the item's."""
    monkeypatch.setattr(array_files, "_MAPPED_FROM", 0)
    path, numbers = tmp_path / "a.npy", np.arange(float(np.prod(shape))).reshape(shape)
    array = numbers if len(shape) == 2 else numbers.astype(np.uint8)
    np.save(path, array)
    origin = Origin(str(path), ("a", "b"))
    data = open_dataset(origin)
    assert data.mapped
    known, spec = replace(origin, fingerprint=data.fingerprint), TaskSpec("", "logistic", batch=1, initial="typical")
    assert task_of(spec, known).dataset is task_of(spec, known).dataset is open_dataset(known) is data
    changed = np.load(path)
    changed[7] = 250
    np.save(path, changed)
    for touch in (lambda: open_dataset(known), lambda: task_of(spec, known), lambda: open_looks(known, (7,), Size(8, 8))):
        with pytest.raises(UserError, match=r"a\.npy is not what it was when it was opened"):
            touch()
    os.truncate(path, 4000)
    for touch in (lambda: open_dataset(known), lambda: task_of(spec, known), lambda: open_looks(known, (7,), Size(8, 8))):
        with pytest.raises(UserError, match=r"a\.npy: [0-9,]+ bytes of numbers, and its header says"):
            touch()
    np.save(path, array)
    assert task_of(spec, known).dataset is open_dataset(known)
    assert open_dataset(known).fingerprint == data.fingerprint


def test_what_is_in_memory_stays_what_it_was(tmp_path: Path, read: list[str]) -> None:
    origin = save(tmp_path / "a.npy", 1.0, 2.0)
    data = open_dataset(origin)
    known = replace(origin, fingerprint=data.fingerprint)
    (tmp_path / "a.npy").write_bytes(b"")
    assert not data.mapped
    assert open_dataset(known) is data
    assert read == ["a.npy"]


def test_only_the_latest_stay_open(tmp_path: Path, read: list[str]) -> None:
    for number in range(MOST_OPEN + 2):
        open_dataset(save(tmp_path / f"{number}.npy", 1.0 + number, 2.0))
    assert len(opened._open) == MOST_OPEN
    assert len(read) == MOST_OPEN + 2


def test_a_bundled_data_set_is_the_one_that_comes_with_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("digits").mkdir()
    assert len(open_dataset(Origin("digits")).X) == 1797


@pytest.mark.parametrize(
    ("word", "name", "stem"),
    [
        ("digits", "digits", "digits"),
        ("/home/anna/pots.npz", "pots.npz", "pots-npz"),
        ("/data/digits", "digits", "digits"),
        ("/data/../..$(rm -rf)", "..$(rm -rf)", "rm-rf"),
        ("/data/" + "x" * 300, "x" * 300, "x" * 40),
        ("/data/壺", "壺", "data"),
        ("/", "/", "data"),
        ("/data/\x1b]0;!\x07", "\x1b]0;!\x07", "0"),
    ],
)
def test_what_data_are_called_is_short_and_begins_a_name_of_a_file(word: str, name: str, stem: str) -> None:
    assert short_name(word) == name
    assert file_stem(word) == stem


def test_only_digits_are_asked_about_as_such() -> None:
    assert [class_word(word) for word in ("digits", "iris", "./digits", "/data/digits")] == ["digit", "class", "class", "class"]
