"""Data of one's own, known by a name and by its content, opened where it is computed."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from al_core import Dataset, Inline
from al_core.compute.processes import Processes
from al_core.data import facts, given, opened, sources
from al_core.data.columns import Columns
from al_core.data.contents import open_contents
from al_core.data.facts import describe_dataset, known
from al_core.data.kinds import load_dataset
from al_core.data.origin import Origin
from al_core.data.sources import Knowing, Source, describe, meet, named_data, names_for, sources_of
from al_core.ground.errors import UserError
from al_core.ground.written import ABSENT


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module, name in ((facts, "_given"), (given, "_given"), (given, "_opens"), (sources, "_origins"), (opened, "_open")):
        monkeypatch.setattr(module, name, {})
    yield
    for forget in given._forget:
        forget()


def pots(path: Path, seed: int = 0, n: int = 60, **more: object) -> Path:
    y = np.arange(n) % 3
    X = np.eye(3, 4)[y] + np.random.default_rng(seed).normal(size=(n, 4))
    np.savez(path, X=X, y=np.where(np.arange(n) % 10 == 0, -1, y), classes=np.array(["bowl", "jug", "vase"]), **more)  # type: ignore[arg-type]
    return path


def items(name: str) -> int:
    return len(load_dataset(name).X)


def test_what_is_known_of_a_file_is_what_is_in_it(tmp_path: Path) -> None:
    source = describe(Origin(str(pots(tmp_path / "pots.npz"))), "pots")
    assert (source.items, source.unlabelled, source.classes, source.held) == (54, 6, 3, None)
    assert source.origin is not None
    assert source.origin.fingerprint == source.fingerprint
    meet(source)
    assert describe_dataset("pots") == source.info
    assert describe_dataset("pots").rows == 60
    assert items("pots") == 60
    assert sources_of(["digits", "pots", "pots", "nothing"]) == (source,)


def test_a_worker_opens_the_file_when_it_needs_it(tmp_path: Path) -> None:
    source = describe(Origin(str(pots(tmp_path / "pots.npz"))), "pots")
    workers = Knowing([source], Processes(1, log=tmp_path / "log"))
    try:
        assert len(workers.submit(open_contents, "pots").result().ids) == 60
        assert len(workers.submit(open_contents, "digits").result().ids) == 1797
    finally:
        workers.shutdown()


def test_a_file_that_changes_before_it_is_opened_is_refused_and_one_of_the_same_content_is_not(tmp_path: Path) -> None:
    source = describe(Origin(str(pots(tmp_path / "pots.npz"))), "pots")
    opened._open.clear()
    pots(tmp_path / "pots.npz", seed=1)
    meet(source)
    with pytest.raises(UserError, match="pots is not what it was when this was begun; begin anew over what it is now"):
        load_dataset("pots")
    assert named_data("pots") is None
    pots(tmp_path / "pots.npz")
    assert items("pots") == 60
    (tmp_path / "pots.npz").unlink()
    assert items("pots") == 60  # it is open


def test_a_name_means_what_was_met_last(tmp_path: Path) -> None:
    first = describe(Origin(str(pots(tmp_path / "a.npz"))), "pots")
    second = describe(Origin(str(pots(tmp_path / "b.npz", n=90))), "pots")
    for source, rows in ((first, 60), (second, 90), (first, 60)):
        meet(source)
        assert items("pots") == rows
        assert known("pots") == source.info
    given.give(Dataset("pots", np.eye(4), ["a", "b", "a", "b"]))
    assert items("pots") == 4
    assert sources_of(["pots"])[0].origin is None
    meet(second)
    assert items("pots") == 90


def test_meeting_the_same_again_forgets_nothing_that_was_made_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [describe(Origin(str(pots(tmp_path / f"{name}.npz", seed=name))), str(name)) for name in range(3)]
    forgotten: list[int] = []
    monkeypatch.setattr(given, "_forget", [lambda: forgotten.append(1)])
    for _ in range(3):
        Knowing(every, Inline()).submit(items, "1").result()
    assert len(forgotten) == 3


def test_a_name_of_the_program_is_nobody_elses() -> None:
    with pytest.raises(UserError, match="a data set of this program is called 'digits'"):
        meet(Source("digits", "0" * 32, 5, 0, 2))
    assert items("digits") == 1797


def test_names_are_as_short_as_they_can_be() -> None:
    assert names_for(["/a/pots.npz"]) == ("pots.npz",)
    assert names_for(["/a/pots", "/b/pots", "/c/jugs"]) == ("a/pots", "b/pots", "jugs")
    assert names_for(["/digits", "/a/iris"]) == ("/digits", "a/iris")
    for paths in (["/a/pots", "/a/pots"], ["/a/x\x1b", "/a/x\x1b"]):
        with pytest.raises(UserError, match="is named twice"):
            names_for(paths)
    (odd,) = names_for(["/a/\x1b[31mred\n" + "x" * 200])
    assert "\x1b" not in odd
    assert "\n" not in odd
    assert len(odd) <= given.LONGEST_NAME


def test_how_it_was_read_is_said_from_the_folder_in_which_it_has_its_name() -> None:
    origin = Origin("/home/anna/a/pots", ("bowl", "jug"), "hog", "0" * 32, "/home/anna/a/kept", "/mnt/own.npy")
    source = Source("a/pots", "0" * 32, 5, 0, 2, None, origin)
    assert source.sayable
    said = (("classes", "bowl,jug"), ("features", "hog"), ("test", "a/kept"), ("embeddings", "own.npy"))
    assert source.read_with == said
    assert dataclasses.replace(source, name="pots").read_with[2] == ("test", "kept")
    table = dataclasses.replace(origin, classes=None, features="auto", test=None, embeddings=None)
    table = dataclasses.replace(table, columns=Columns("kind", None, "body", ("a, in cm", "b"), ("c",)))
    said = (("label-column", "kind"), ("text-column", "body"), ("drop", '"a, in cm",b'), ("show", "c"))
    assert dataclasses.replace(source, origin=table).read_with == said
    assert not dataclasses.replace(source, name="another").sayable
    assert dataclasses.replace(source, origin=None).read_with == ()


def test_whatever_is_added_to_an_origin_may_be_absent_in_what_was_written_before() -> None:
    late = [entry for entry in dataclasses.fields(Origin) if entry.name != "word"]
    assert all(entry.metadata.get(ABSENT, ...) == entry.default for entry in late)


def test_two_threads_of_a_worker_open_the_same(tmp_path: Path) -> None:
    source = describe(Origin(str(pots(tmp_path / "pots.npz"))), "pots")
    opened._open.clear()
    meet(source)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(items("pots"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [60] * 4
