"""Labelled pictures in a folder for each class: everything lies in it, whatever classes and files are called."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from al_core.data.identity import identity
from al_core.data.kinds import read_dataset
from al_core.exchange.records import import_labels, records
from al_core.exchange.registry import formats, trees
from al_core.exchange.tree import PICTURES, Grown, grow, plain_name
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.sessions.actions import Choice, Flagged, Labelled, MachineLabelled, Named, Settings, Skipped
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile

CLASSES = ("bowl", "jug")
NAMES = ("a/1.png", "b/1.png", "2.png", "3.PNG", "4.png", "5.png")
HOSTILE = (
    "\x1b]52;c;aGk=\x07",
    "\x1b[2J\x1b[H",
    "\x9b2J\x9c",
    "\u202egnp.\u2066x\u2069\u200f",
    "[@click=app.quit]press[/]",
    "[bold][/nope][",
    "a\x00b",
    "\x07",
    "\udc9b\udcff",
    "x" * 100_000,
    "e" + "\u0301" * 5000,
    "a\nb\rc\u2028g\u2029h",
    "../../../../tmp/out",
    "..",
    ".",
    "/etc",
    "a/../../b",
    "C:\\Windows\\x",
    ".hidden",
    "labels.jsonl",
    "Metadata.JSONL",
    "-rf",
    "jug ",
    "=1+1",
)

every_tree = pytest.mark.parametrize("form", ["copies", "links"])


def picture(path: Path, number: int) -> str:
    """Write a picture and give what it is known by."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 4), number, np.uint8)).save(path, "PNG")
    return identity(path.read_bytes())


@pytest.fixture
def pots(tmp_path: Path) -> Path:
    return tmp_path / "pots"


@pytest.fixture
def items(pots: Path) -> tuple[str, ...]:
    return tuple(picture(pots / name, number) for number, name in enumerate(NAMES))


def labelled(path: Path, pots: Path, items: tuple[str, ...], classes: tuple[str, ...] = CLASSES) -> Ledger:
    settings = Settings(str(pots), "f" * 32, classes, own_classes=True)
    with SessionFile.create(path, settings, "ann") as file:
        file.append([Named(tuple(zip(items, NAMES, strict=True)))], "ann")
        file.append(
            [Labelled(item, label, Choice("audit", 0.1)) for item, label in zip(items, (0, 0, 1, 1), strict=False)], "ann"
        )
        file.append([Skipped(items[4], "bad"), Flagged(items[0], "chipped")], "ann")
        file.append([MachineLabelled("model", 0.9, ((items[5], 1),))], "ann")
    return file.ledger


@pytest.fixture
def ledger(tmp_path: Path, pots: Path, items: tuple[str, ...]) -> Ledger:
    return labelled(tmp_path / "pots.session", pots, items)


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


IN_IT = {"bowl/1.png", "jug/2.png", "jug/3.png", "jug/5.png", "labels.jsonl", "metadata.jsonl"}


def test_there_are_just_these_trees() -> None:
    assert list(trees()) == ["copies", "links"]
    assert not set(trees()) & set(formats())


@every_tree
def test_labelled_files_stand_in_the_folder_of_their_class_and_everything_in_the_file_of_labels(
    ledger: Ledger, pots: Path, items: tuple[str, ...], tmp_path: Path, form: str
) -> None:
    out = tmp_path / "sorted"
    assert grow(ledger, form, out, pots) == Grown(5, 2, 1, ())
    (second,) = everything(out) - IN_IT
    assert second.startswith("bowl/1-")
    lines = [json.loads(line) for line in (out / PICTURES).read_text().splitlines()]
    for line in lines:
        path = out / line["file_name"]
        assert path.is_symlink() == (form == "links")
        assert identity(path.read_bytes()) == line["item"]
        assert path.parent.name == line["label"]
        assert (line["annotator"], line["by"]) in (("ann", "person"), ("", "model"))
    assert len(lines) == 5
    assert {(line["selected_by"], line["probability"]) for line in lines if line["by"] == "person"} == {("audit", 0.1)}
    assert import_labels(out) == records(ledger)
    again = read_dataset(out)
    assert {item: again.classes[label] for item, label in zip(again.item_ids, again.truth, strict=True)} == {
        line["item"]: line["label"] for line in lines
    }


def test_links_are_relative_where_both_may_be_moved_together_and_else_absolute(
    ledger: Ledger, pots: Path, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    for out in (tmp_path / "sorted", tmp_path / "deep" / "sorted"):
        grow(ledger, "links", out, pots)
        assert str((out / "jug" / "2.png").readlink()) == os.path.relpath(pots / "2.png", out / "jug")
    away = tmp_path / "moved"
    away.mkdir()
    for name in ("pots", "sorted"):
        (tmp_path / name).rename(away / name)
    assert (away / "sorted" / "jug" / "2.png").read_bytes() == (away / "pots" / "2.png").read_bytes()
    grow(ledger, "links", tmp_path / "elsewhere", away / "pots")
    assert (tmp_path / "elsewhere" / "jug" / "2.png").readlink() == away / "pots" / "2.png"


@every_tree
def test_what_is_gone_or_has_changed_is_counted_and_what_was_moved_is_found(
    ledger: Ledger, pots: Path, tmp_path: Path, form: str
) -> None:
    (pots / "a/1.png").unlink()
    (pots / "2.png").write_bytes(b"another picture")
    (pots / "new").mkdir()
    (pots / "3.PNG").rename(pots / "new" / "other.png")
    assert grow(ledger, form, tmp_path / "sorted", pots) == Grown(3, 2, 1, ("2.png", "a/1.png"))
    assert everything(tmp_path / "sorted") == {"bowl/1.png", "jug/other.png", "jug/5.png", "labels.jsonl", "metadata.jsonl"}
    assert import_labels(tmp_path / "sorted") == records(ledger), "their labels are not gone"
    shutil.rmtree(pots)
    pots.mkdir()
    with pytest.raises(UserError, match="none of the 5 labelled files is in"):
        grow(ledger, form, tmp_path / "none", pots)
    assert not (tmp_path / "none").exists()


@every_tree
@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: ascii(word)[:30])
def test_no_class_leads_out_of_the_tree_or_hides_in_it(
    pots: Path, items: tuple[str, ...], tmp_path: Path, form: str, word: str
) -> None:
    made = labelled(tmp_path / "s.session", pots, items, (word, "jug"))
    home = tmp_path / "home"
    home.mkdir()
    before = everything(tmp_path)
    assert grow(made, form, home / "sorted", pots).made == 5
    assert {name for name in everything(tmp_path) - before if not name.startswith("home/sorted/")} == set()
    assert [path.name for path in home.iterdir()] == ["sorted"]
    folders = sorted(path.name for path in (home / "sorted").iterdir() if path.is_dir())
    assert len(folders) == 2
    for folder in folders:
        assert folder.isprintable()
        assert not folder.startswith(".")
        assert len(os.fsencode(folder)) <= 200
    lines = [json.loads(line) for line in (home / "sorted" / PICTURES).read_text().splitlines()]
    assert {line["label"] for line in lines} == {*made.classes}
    assert (made.classes[0] == word) == (safe_text(word, 2000) == word)
    for line in lines:
        assert identity((home / "sorted" / line["file_name"]).read_bytes()) == line["item"]


@every_tree
@pytest.mark.parametrize(
    "word", [*HOSTILE, "../secret.png", "/etc/hostname", "a/../../secret.png"], ids=lambda word: ascii(word)[:30]
)
def test_no_name_of_an_item_leads_to_a_file_that_is_not_the_item(
    pots: Path, items: tuple[str, ...], tmp_path: Path, form: str, word: str
) -> None:
    secret = picture(tmp_path / "secret.png", 200)
    settings = Settings(str(pots), "f" * 32, CLASSES, own_classes=True)
    with SessionFile.create(tmp_path / "s.session", settings, "ann") as file:
        named = ((secret, word), ("0" * 16, word), (items[2], word))
        file.append([Named(named), *(Labelled(item, 1) for item, _ in named)], "ann")
    grown = grow(file.ledger, form, tmp_path / "sorted", pots)
    assert (grown.made, len(grown.gone)) == (1, 2)
    assert everything(tmp_path / "sorted") == {"jug/2.png", "labels.jsonl", "metadata.jsonl"}


def test_names_that_some_system_takes_for_one_are_told_apart(pots: Path, items: tuple[str, ...], tmp_path: Path) -> None:
    for number, classes in enumerate((("Jug", "jug"), ("e\u0301", "\u00e9"), ("a/b", "a_b"), ("labels.jsonl", "LABELS.jsonl"))):
        made = labelled(tmp_path / f"{number}.session", pots, items, classes)
        out = tmp_path / f"sorted {number}"
        assert grow(made, "copies", out, pots).classes == 2
        assert len({path.name.casefold() for path in out.iterdir()}) == 4


@pytest.mark.parametrize("word", [*HOSTILE, "", "\ud800", "CON", "~", "a" * 79 + "/x"], ids=lambda word: ascii(word)[:30])
def test_any_text_becomes_a_name_of_its_own_on_any_system(word: str, tmp_path: Path) -> None:
    name = plain_name(word)
    (tmp_path / name).touch()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert name.isprintable()
    assert not set(name) & set('/\\:*?"<>|')
    assert name.strip(". ") == name
    assert plain_name(word + "?") != name


@every_tree
def test_what_is_there_is_not_written_over(ledger: Ledger, pots: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "sorted"
    grow(ledger, form, out, pots)
    before = {name: (out / name).read_bytes() for name in everything(out)}
    with pytest.raises(UserError, match="is there already; choose another name or use --force"):
        grow(ledger, form, out, pots)
    (out / "jug" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match=r"jug/mine\.txt in .* was not exported into it"):
        grow(ledger, form, out, pots, force=True)
    (out / "jug" / "mine.txt").unlink()
    (out / "new").mkdir()
    with pytest.raises(UserError, match=r"new in .* was not exported into it"):
        grow(ledger, form, out, pots, force=True)
    (out / "new").rmdir()
    grow(ledger, form, out, pots, force=True)
    assert {name: (out / name).read_bytes() for name in everything(out)} == before
    assert not list(tmp_path.glob(".al-tui-*"))


@every_tree
def test_only_a_tree_of_ours_is_replaced(ledger: Ledger, pots: Path, tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").write_text("mine")
    (tmp_path / "lost").symlink_to("nowhere")
    grow(ledger, form, tmp_path / "sorted", pots)
    (tmp_path / "link").symlink_to("sorted")
    for name in ("file", "folder", "lost", "link"):
        for force in (False, True):
            words = "is no tree that was exported" if force else "is there already"
            with pytest.raises(UserError, match=f"{name} {words}"):
                grow(ledger, form, tmp_path / name, pots, force=force)
    assert (tmp_path / "file").read_text() == (tmp_path / "folder" / "mine").read_text() == "mine"
    assert everything(tmp_path / "sorted") >= IN_IT
    inside, nowhere = "lies in the folder that was labelled", "there is no directory"
    for place, words in (
        (pots / "sorted", inside),
        (pots, inside),
        (pots / "new" / "sorted", nowhere),
        (tmp_path / "none" / "sorted", nowhere),
    ):
        with pytest.raises(UserError, match=words):
            grow(ledger, form, place, pots, force=True)
    assert len(everything(pots)) == 6


def test_items_that_are_no_files_make_no_tree(tmp_path: Path, ledger: Ledger) -> None:
    np.savez(tmp_path / "pots.npz", X=np.zeros((3, 2)))
    digits = replace(ledger, settings=replace(ledger.settings, dataset="digits"))
    for made, root in ((ledger, tmp_path / "pots.npz"), (digits, Path("digits"))):
        with pytest.raises(UserError, match="are no files, so there is nothing to make links of; export jsonl, csv or npz"):
            grow(made, "links", tmp_path / "sorted", root)


def test_where_there_can_be_no_links_copies_are_proposed(
    ledger: Ledger, pots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refused)
    with pytest.raises(UserError, match=r"cannot make links in .*: Operation not permitted; export copies"):
        grow(ledger, "links", tmp_path / "sorted", pots)
    assert {path.name for path in tmp_path.iterdir()} == {"pots", "pots.session"}


def test_a_picture_that_changes_while_it_is_copied_is_counted_as_gone(
    ledger: Ledger, pots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from al_core.exchange import tree

    def found(root: Path, wanted: dict[str, str]) -> dict[str, Path]:
        there = {item: root / name for item, name in wanted.items()}
        (root / "2.png").write_bytes(b"another picture")
        return there

    monkeypatch.setattr(tree, "found_files", found)
    assert grow(ledger, "copies", tmp_path / "sorted", pots).gone == ("2.png",)
    assert "jug/2.png" not in everything(tmp_path / "sorted")
