"""A person's own pictures and arrays, labelled with the real program in a real terminal, killed, resumed, exported."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from own_pictures import (
    CLASSES,
    ITEMS,
    StartTerminal,
    killed,
    label_five,
    write_archive,
    write_labelled,
    write_unlabelled,
)
from PIL import Image
from sklearn.datasets import load_digits
from tests.tui.test_label_pty import run

from al_core.data.identity import hashes_in, identity
from al_core.data.kinds import read_dataset
from al_core.data.origin import Origin
from al_core.labelling.audit import Audit
from al_core.labelling.opening import open_items
from al_core.sessions.actions import Choice, Settings
from al_core.sessions.entries import Given
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile


@pytest.mark.parametrize(("word", "write"), [("scans", write_unlabelled), ("scans.npz", write_archive)])
def test_five_labels_survive_a_kill_and_go_home_with_the_names_of_their_items(
    terminal: StartTerminal, tmp_path: Path, word: str, write: Callable[[Path], None]
) -> None:
    write(tmp_path / word)
    at = terminal("label", word, "--classes", CLASSES, "--annotator", "anna")
    at.wait(r"(train|test)/\d{3}\.png · to l" if write is write_unlabelled else r"scan \d+ · to learn or measure")
    label_five(at)
    at.wait("Nothing is measured yet|Estimate, for a random item of the pool")
    assert "ccuracy" not in at.raw
    at.press("P")
    at.wait("path is copied")
    (copied,) = re.findall(r"\x1b\]52;c;([^\x07]*)\x07", at.raw)
    place = base64.b64decode(copied).decode()
    assert Path(place).is_file() if write is write_unlabelled else re.fullmatch(r"scan \d+", place)
    killed(at)
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    assert path.name.startswith("scans")

    again = terminal("resume")
    again.wait("5 labels ")
    again.wait(rf"of {ITEMS} {word}")
    again.press("9")
    again.wait("6 labels ")
    again.press("q")
    assert again.finish() == 0

    with SessionFile.open(path, read_only=True) as file:
        typed = {item: given.label for item, given in file.ledger.answers.items()}
        assert file.ledger.settings.dataset == str(tmp_path / word)
    assert list(typed.values()) == [3, 1, 4, 1, 5, 9]
    wanted = {item: CLASSES.split(",")[label] for item, label in typed.items() if label is not None}
    data = read_dataset(tmp_path / word, CLASSES.split(","))
    called = dict(zip(data.item_ids, data.item_names, strict=True))
    lines = [json.loads(line) for line in run(tmp_path, "export", path.stem, "--format", "jsonl").stdout.splitlines()]
    table = list(csv.DictReader(io.StringIO(run(tmp_path, "export", path.stem, "--format", "csv").stdout)))
    for rows in (lines, table):
        assert {row["item"]: row["label"] for row in rows} == wanted
        assert {row["item"]: row["name"] for row in rows} == {item: called[item] for item in wanted}
    if write is write_unlabelled:  # whoever has the files needs nothing of ours to find them
        assert all(identity((tmp_path / word / row["name"]).read_bytes()) == row["item"] for row in lines)

    with SessionFile.open(path, read_only=True) as file:
        settings = file.ledger.settings
        givers = {item: given.annotator for item, given in file.ledger.answers.items()}
    assert [*givers.values()][:5] == ["anna"] * 5
    for form in ("csv", "jsonl", "npz", *(("links", "copies") if write is write_unlabelled else ())):
        assert run(tmp_path, "export", path.stem, "--format", form, "--out", str(tmp_path / f"labels.{form}")).returncode == 0
        if form in ("links", "copies"):  # a folder for each class
            sorted_so = {identity(png.read_bytes()): png.parent.name for png in (tmp_path / f"labels.{form}").glob("*/*.png")}
            assert sorted_so == wanted
        SessionFile.create(tmp_path / f"{form}.session", settings, "ben").close()
        done = run(tmp_path, "import", str(tmp_path / f"{form}.session"), str(tmp_path / f"labels.{form}"))
        assert (done.returncode, done.stdout) == (0, "6 of 6 taken in; 0 known already, 0 differ and were left out\n")
        with SessionFile.open(tmp_path / f"{form}.session", read_only=True) as file:
            assert {item: given.label for item, given in file.ledger.answers.items()} == typed
            assert {item: given.annotator for item, given in file.ledger.answers.items()} == givers
            assert file.ledger.names == {item: called[item] for item in typed}


def turns_to_measure(path: Path, count: int) -> list[int]:
    """Before which answers an item to measure with comes, in a session as the program begins it; seen without the program."""
    items = open_items(Settings(str(path), "", ()).spec(), Origin(str(path), tuple(CLASSES.split(","))))
    ledger = Ledger(Settings(str(path), "", items.classes, audit=0.1), "margin", "logistic", 1)
    audit, found = Audit(ledger, items), []
    for turn in range(count):
        if (item := audit.next()) is not None:
            ledger.choices[item] = Choice("audit")
            found.append(turn)
        ledger.answers[item or f"another {turn}"] = Given(0, "ann", "", turn)
    return found


def test_what_no_model_learns_goes_on_the_same_after_a_kill_and_measures_the_model(
    terminal: StartTerminal, tmp_path: Path
) -> None:
    write_unlabelled(tmp_path / "scans")
    turns = turns_to_measure(tmp_path / "scans", 40)
    cut = next(turn for turn in turns if turn >= 5)  # an item to measure with is on the screen when the program is killed
    at = terminal("label", "scans", "--classes", CLASSES, "--annotator", "anna")
    for number in range(1, cut + 1):
        at.wait("to learn or measure")
        at.press(str(number % 10))
        at.wait(rf"{number} labels? ")
        at.wait(rf"{number} labels? (?s:.)*to learn or measure")
    assert "to measure" not in at.raw  # nothing tells it before one has answered
    killed(at)
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    with SessionFile.open(path, read_only=True) as file:
        assert (file.ledger.settings.audit, file.ledger.how) == (0.1, "audit")
        there = file.ledger.current

    again = terminal("resume")
    last = turns[turns.index(cut) + 2]
    for number in range(cut + 1, last + 2):
        again.wait(rf"{number - 1} labels? (?s:.)*to learn or measure")
        again.press(str(number % 10))
        again.wait(rf"{number} labels? ")
    again.wait(rf"of the pool: \d+ of {turns.index(last) + 1}, [0-9.]+% to [0-9.]+%")
    again.wait("Measured on items drawn at random")
    again.press("[")
    again.wait(rf"you said {(last + 1) % 10}, to measure")
    assert "ccuracy" not in at.raw + again.raw
    again.press("q")
    assert again.finish() == 0

    with SessionFile.open(path, read_only=True) as file:
        ledger = file.ledger
        drawn = [turn for turn, item in enumerate(ledger.answers) if item in ledger.choices.audited]
        assert drawn == turns[: len(drawn)]
        assert drawn[-1] == last
        assert there in ledger.choices.audited
        assert ledger.rounds[-1].labels == len(ledger.answers) - len(drawn)
        wanted = {item: ledger.choices[item].probability for item in ledger.choices.audited if item in ledger.answers}
    lines = [json.loads(line) for line in run(tmp_path, "export", path.stem, "--format", "jsonl").stdout.splitlines()]
    assert {row["item"]: row["probability"] for row in lines if row["selected_by"] == "audit"} == wanted
    table = list(csv.DictReader(io.StringIO(run(tmp_path, "export", path.stem, "--format", "csv").stdout)))
    assert {row["item"] for row in table if row["selected_by"] == "audit"} == set(wanted)


def test_labels_by_keystroke_label_the_rest_and_new_pictures(terminal: StartTerminal, tmp_path: Path) -> None:
    write_unlabelled(tmp_path / "scans")
    truth = {identity(png.read_bytes()): str(load_digits().target[int(png.stem)]) for png in tmp_path.glob("scans/*/*.png")}
    new = tmp_path / "scans" / "train"
    new = new.rename(tmp_path / "new")  # every second picture; nobody is asked about them
    path = tmp_path / "scans.session"
    at = terminal("label", "scans", "--classes", CLASSES, "--annotator", "anna", "--session", str(path))
    for number in range(1, 31):
        at.wait("to learn or measure")
        at.wait(rf"{number - 1} labels? " if number > 1 else "0 labels")
        with SessionFile.open(path, read_only=True) as file:
            shown = file.ledger.current
        assert shown is not None
        at.press(truth[shown])
        at.wait(rf"{number} labels? ")
        at.wait(rf"{number} labels? (?s:.)*to learn or measure")
    at.press("q")
    assert at.finish() == 0
    with SessionFile.open(path, read_only=True) as file:
        measured = len(file.ledger.choices.audited.keys() & file.ledger.answers.keys())
    for words, name in (((), "rest.csv"), ((str(new),), "new.csv")):
        done = run(tmp_path, "predict", str(path), *words, "--out", str(tmp_path / name), "--json")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        rows = list(csv.DictReader(io.StringIO((tmp_path / name).read_text())))
        assert (found["person"], found["predicted"], len(rows)) == ((30, 70, 100) if not words else (0, 100, 100))
        assert (found["labels"], found["estimate"]["asked"]) == (30 - measured, measured)
        right = [row["label"] == truth[row["item"]] for row in rows if row["by"] == "predicted"]
        assert sum(right) / len(right) > 0.5
        assert all(row["label"] == truth[row["item"]] for row in rows if row["by"] == "person")
    certificate = json.loads(run(tmp_path, "certify", str(path), "--json").stdout)
    assert certificate["annotators"] == {"anna": {"labels": 30, "others": 0}}
    assert (certificate["estimate"]["asked"], certificate["chosen"]["audit"]) == (measured, measured)
    page = run(tmp_path, "certify", str(path))
    assert page.returncode == 0
    assert (
        f"and that it has not learnt: {measured}. The model has {certificate['estimate']['right']} of them right."
        in page.stdout
    )


def test_who_wants_no_item_to_measure_with_is_asked_as_ever(terminal: StartTerminal, tmp_path: Path) -> None:
    write_archive(tmp_path / "scans.npz")
    at = terminal("label", "scans.npz", "--classes", CLASSES, "--audit", "0")
    at.wait("one of the first items")
    at.wait("how often the model is right")
    at.press("q")
    assert at.finish() == 0
    refused = run(tmp_path, "label", str(tmp_path / "scans.npz"), "--classes", CLASSES, "--audit", "0.7")
    assert refused.returncode == 2
    assert refused.stderr == "al-tui: --audit is 0.7; give a share from 0 to 0.5, e.g. 0.1\n"


def test_folders_that_are_classes_are_measured_as_bundled_data_are(terminal: StartTerminal, tmp_path: Path) -> None:
    write_labelled(tmp_path / "scans")
    at = terminal("label", "scans")
    at.wait("Test accuracy over labels")
    label_five(at)
    at.wait(r"Test accuracy [0-9.]+%")
    at.press("q")
    assert at.finish() == 0


def test_accuracy_is_measured_on_what_was_kept_for_it_and_never_asked(terminal: StartTerminal, tmp_path: Path) -> None:
    """Digits in train/ and test/, the folder moved away while nobody labels, and other files to measure by on demand."""
    write_labelled(tmp_path / "all")
    for number, path in enumerate(sorted((tmp_path / "all").glob("*/*.png"))):
        place = tmp_path / "scans" / ("test" if number % 4 == 0 else "train") / path.parent.name / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
    kept = {identity(path.read_bytes()) for path in (tmp_path / "scans" / "test").glob("*/*.png")}
    at = terminal("label", "scans")
    at.wait(r"Measured on 50 items of test/\.")
    label_five(at)
    at.wait(r"Test accuracy [0-9.]+%")
    killed(at)
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    (tmp_path / "scans").rename(tmp_path / "pots")
    (tmp_path / "pots" / "test").rename(tmp_path / "pots" / "validation")
    again = terminal("resume", "--data", "pots")
    again.wait(r"Measured on 50 items of validation/\.")
    again.press("9")
    again.wait("6 labels ")
    again.press("q")
    assert again.finish() == 0
    with SessionFile.open(path, read_only=True) as file:
        assert {*hashes_in(file.ledger.settings.tested)} == kept
        assert kept.isdisjoint(file.ledger.answers)
        assert kept.isdisjoint(item for made in file.ledger.rounds for item in made.picks)
        assert file.ledger.rounds[-1].accuracy is not None

    (tmp_path / "kept").mkdir()
    (tmp_path / "pots" / "validation").rename(tmp_path / "kept" / "0")
    (tmp_path / "flat").mkdir()
    for number, picture in enumerate((tmp_path / "pots").glob("*/*/*.png")):
        picture.rename(tmp_path / "flat" / f"{number}.png")
    at = terminal("label", "flat", "--test", "kept/0", "--session", "flat.session")
    at.wait(r"Measured on 50 items of 0\.")
    at.press("3")
    at.wait("1 label ")
    at.press("q")
    assert at.finish() == 0
    (tmp_path / "kept" / "0").rename(tmp_path / "exam")
    lost = terminal("resume", "flat.session")
    assert lost.finish() == 2
    assert re.search(r"there is no file or folder \S+kept/0; .* al-tui resume \S*flat.session --test PATH", lost.raw)
    found = terminal("resume", "flat.session", "--test", "exam")
    found.wait(r"Measured on 50 items of exam\.")
    found.press("q")
    assert found.finish() == 0


def test_a_persons_own_features_are_learnt_from_and_asked_for_when_they_are_gone(
    terminal: StartTerminal, tmp_path: Path
) -> None:
    write_unlabelled(tmp_path / "scans")
    names = sorted(str(path.relative_to(tmp_path / "scans")) for path in (tmp_path / "scans").glob("*/*.png"))
    pixels = load_digits().data[[int(Path(name).stem) for name in names]]
    np.save(tmp_path / "mine.npy", pixels)
    np.save(tmp_path / "short.npy", pixels[1:])
    wrong = terminal("label", "scans", "--classes", CLASSES, "--embeddings", "short.npy")
    assert wrong.finish() == 2
    assert f"there are {ITEMS - 1} rows, and {ITEMS} pictures in" in wrong.raw
    assert not list(tmp_path.glob(".local/share/al-tui/sessions/*.session"))
    at = terminal("label", "scans", "--classes", CLASSES, "--embeddings", "mine.npy")
    at.wait(r"scans \(your embeddings\)")
    label_five(at)
    at.press("q")
    assert at.finish() == 0
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    (tmp_path / "mine.npy").rename(tmp_path / "yours.npy")
    lost = terminal("resume")
    assert lost.finish() == 2
    assert re.search(rf"there is no file or folder \S+mine\.npy; .* al-tui resume {path.stem} --embeddings PATH", lost.raw)
    found = terminal("resume", "--embeddings", "yours.npy")
    found.wait(r"scans \(your embeddings\)")
    found.press("9")
    found.wait("6 labels ")
    found.press("q")
    assert found.finish() == 0


def test_what_looks_nearly_the_same_is_labelled_by_one_key_and_taken_back_by_one(
    terminal: StartTerminal, tmp_path: Path
) -> None:
    """Twelve scenes, each photographed seven times in a row."""
    rng = np.random.default_rng(0)
    shows = {}
    for number in range(84):
        coarse = Image.fromarray(np.random.default_rng(number // 7).integers(0, 256, (5, 5, 3), dtype=np.uint8))
        scene = np.asarray(coarse.resize((64, 64), Image.Resampling.BICUBIC)) + rng.normal(0, 4, (64, 64, 3))
        path = tmp_path / "burst" / f"{number:02}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.clip(scene, 0, 255).astype(np.uint8)).save(path)
        shows[identity(path.read_bytes())] = number // 7
    at = terminal("label", "burst", "--classes", "a,b", "--audit", "0", size=(80, 24))
    at.wait("7 look nearly the same: = labels them by one key")
    at.press("=")
    at.wait("The next key labels these 7 alike")
    at.wait("And these 6")
    at.press("1")
    at.wait("7 labels ")
    at.press("u")
    at.wait("Taken back: the labels of 7 items")
    at.wait("0 labels ")
    at.wait("7 look nearly the same")
    at.press("2")
    at.wait("1 label ")
    at.wait("7 look nearly the same")
    at.press("=")
    at.wait("The next key labels these 7 alike")
    at.press("2")
    at.wait("8 labels ")
    killed(at)
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    with SessionFile.open(path, read_only=True) as file:
        found = [shows[item] for item in file.ledger.answers]
        assert sorted(map(found.count, set(found))) == [1, 7]
        assert {given.label for given in file.ledger.answers.values()} == {1}
    again = terminal("resume")
    again.wait("8 labels ")
    again.press("u")
    again.wait("1 label ")
    again.press("q")
    assert again.finish() == 0
    with SessionFile.open(path, read_only=True) as file:
        assert len(file.ledger.answers) == 1


@pytest.mark.parametrize(
    ("write", "args", "words"),
    [
        (lambda folder: folder.mkdir(), (), "there are no pictures in it that can be read"),
        (write_unlabelled, (), "name them"),
        (lambda path: path.write_bytes(b"no numbers"), (), "scans"),
        (lambda path: os.mkfifo(path), (), "neither a file nor a folder"),
        (lambda path: None, (), "no data set, file or folder 'scans'"),
        (write_unlabelled, ("--classes", "one"), "name at least two"),
        (write_unlabelled, ("--classes", CLASSES, "--test", "nothing"), "there is no file or folder ./nothing"),
        (write_unlabelled, ("--classes", CLASSES, "--test", "scans/test"), "nothing says what is in it"),
        (write_unlabelled, ("--classes", "a,b", "--initial", "random_per_class"), "use the start 'typical'"),
    ],
)
def test_what_cannot_be_labelled_is_refused_in_one_line(
    terminal: StartTerminal, tmp_path: Path, write: Callable[[Path], object], args: tuple[str, ...], words: str
) -> None:
    write(tmp_path / "scans")
    at = terminal("label", "scans", *args)
    assert at.finish() == 2
    (line,) = re.findall("al-tui: .*", at.raw)
    assert words in line
    assert not list(tmp_path.glob(".local/share/al-tui/sessions/*.session"))


def test_data_that_holds_none_of_a_sessions_items_are_refused_whichever_is_bundled(
    terminal: StartTerminal, tmp_path: Path
) -> None:
    write_unlabelled(tmp_path / "scans")
    write_labelled(tmp_path / "digits")
    for words, other in ((("scans", "--classes", CLASSES), "digits"), (("digits",), "./digits")):
        path = tmp_path / f"{words[0]}.session"
        at = terminal("label", *words, "--session", str(path))
        at.wait("one of the first|to learn or measure")
        at.press("3")
        at.wait("1 label ")
        at.press("q")
        assert at.finish() == 0
        refused = terminal("resume", str(path), "--data", other)
        assert refused.finish() == 2
        assert f"{path.name} is about another data set than the 'digits' that is here: none of its 1 answered" in refused.raw
        with SessionFile.open(path, read_only=True) as file:
            assert [given.label for given in file.ledger.answers.values()] == [3]


@pytest.mark.parametrize(
    ("items", "named", "seen"),
    [
        (5001, (), "auto · auto"),
        (5001, ("--learner", "logistic"), "auto · logistic"),
        (300, ("--strategy", "expected_error_reduction"), "expected_error_reduction · gaussian_field"),
    ],
)
def test_own_data_begins_with_what_finds_its_own_mix_unless_something_is_named(
    terminal: StartTerminal, tmp_path: Path, items: int, named: tuple[str, ...], seen: str
) -> None:
    np.save(tmp_path / "rows.npy", np.random.default_rng(0).normal(size=(items, 2)))
    at = terminal("label", "./rows.npy", "--classes", "a,b", *named)
    at.wait(rf"{items:,} rows.*{seen}")
    at.press("q")
    assert at.finish() == 0
