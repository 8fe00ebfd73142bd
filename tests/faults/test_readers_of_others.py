"""Readers of other distributions: found by how a file's name ends or by what is in it, in every process, and named when bad."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from outside import Ran
from test_plugins import LOUD, STRATEGY, Site

READER = """
from pathlib import Path
import numpy as np
from al_core.data.dataset import Dataset
from al_core.data.looks import Card
from al_core.data.reader import Reader

def takes(path):
    {takes}

def read(path, classes, features):
    {read}
    rows = [line.split("|") for line in path.read_text().splitlines() if "|" in line]
    looks = [Card((("what", name), ("size", size))) for name, size in rows]
    X = np.array([[float(size), float(size) ** 2] for _, size in rows])
    names = [name for name, _ in rows]
    return Dataset(str(path), X, [None] * len(rows), classes or ("big", "small"), looks=looks, item_names=names, recipe="bars")

READER = Reader(takes, read)
"""
BY_ENDING = 'return path.suffix == ".bars"'
BY_CONTENT = 'return path.is_file() and path.read_bytes()[:4] == b"BARS"'


RAISES = "raise ValueError('line\\nline')"


class Readers(Site):
    """The same site, with readers."""

    def add_reader(self, name: str, code: str, distribution: str = "") -> None:
        """Install a distribution with a reader called ``name``."""
        module = distribution or f"reads_{name}"
        info = self.home / "site" / f"{module}-0.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 0.1\n")
        (info / "entry_points.txt").write_text(f"[al_tui.readers]\n{name} = {module}\n")
        self.module(module, code)

    def python(self, *words: str) -> Ran:
        """Run Python where the distributions are installed."""
        done = subprocess.run([sys.executable, *words], capture_output=True, env=self.environment, cwd=self.home, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    def label(self, *words: str) -> Ran:
        """Read data and say what is in it, as a worker would."""
        code = (
            "import json, sys; from al_core import read_dataset; data = read_dataset(sys.argv[1]);"
            " print(json.dumps([list(data.item_names), data.X.tolist(), list(data.classes)]))"
        )
        return self.python("-c", code, *words)


@pytest.fixture
def site(tmp_path: Path) -> Readers:
    (tmp_path / "pots.bars").write_text("jug|3\nbowl|1\nvase|2\nurn|8\ncup|9\n")
    (tmp_path / "pots.dat").write_text("BARS\njug|3\nbowl|1\n")
    return Readers(tmp_path)


def test_a_reader_is_found_by_the_end_of_a_name_and_no_other_is_imported(site: Readers) -> None:
    site.add_reader("bars", LOUD + READER.format(takes=BY_ENDING, read=""))
    site.add_reader("other", READER.format(takes=BY_CONTENT, read=""))
    done = site.label("pots.bars")
    assert done.code == 0, done.err
    names, X, classes = json.loads(next(line for line in done.out.splitlines() if line.startswith(b"[")))
    assert (names, X[0], classes) == (["jug", "bowl", "vase", "urn", "cup"], [3.0, 9.0], ["big", "small"])
    assert site.imported == {"reads_bars"}


def test_or_by_what_is_in_the_file(site: Readers) -> None:
    site.add_reader("bars", READER.format(takes=BY_ENDING, read=""))
    site.add_reader("other", READER.format(takes=BY_CONTENT, read=""))
    done = site.label("pots.dat")
    assert done.code == 0, done.err
    assert json.loads(done.out)[0] == ["jug", "bowl"]


def test_what_is_ours_is_read_by_ours_and_imports_none(site: Readers) -> None:
    for name in ("csv", "npy", "txt", "anything"):
        site.add_reader(name, READER.format(takes="return True", read=""))
    (site.home / "a.csv").write_text("x,label\n1,a\n2,b\n3,a\n")
    assert json.loads(site.label("a.csv").out)[2] == ["a", "b"]
    assert site.python("-c", "import numpy; numpy.savez('a.npz', X=[[1.0], [2.0]], y=['u', 'v'])").code == 0
    assert json.loads(site.label("a.npz").out)[2] == ["u", "v"]
    assert site.imported == set()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys; sys.exit(0)", "the plug-in 'bars', which reads such files, is left out: "),
        ("READER = 3", "names no Reader"),
        ("raise RuntimeError('\\x1b[2J')", "is left out: RuntimeError"),
        (
            READER.format(takes=BY_ENDING, read=RAISES),
            "its reader, the plug-in 'bars', failed: ValueError",
        ),
        (READER.format(takes=BY_ENDING, read="import sys; sys.exit(3)"), "failed: SystemExit"),
        (READER.format(takes="return 1 / 0", read=""), "its reader, the plug-in 'bars', failed: ZeroDivisionError"),
    ],
    ids=["exits", "is_none", "raises", "fails_to_read", "ends_the_program", "fails_to_say"],
)
def test_one_that_misbehaves_is_named_in_one_line(site: Readers, code: str, words: str) -> None:
    site.add_reader("bars", code)
    done = site.run("bench", "pots.bars", "--no-results", "--executor", "inline")
    assert (done.code, done.out, done.problems) == (2, b"", [])
    assert words in done.err.decode()
    assert done.err.count(b"\n") == 1


def test_two_of_one_name_are_not_confused(site: Readers) -> None:
    site.add_reader("bars", READER.format(takes=BY_ENDING, read=""), "first")
    site.add_reader("bars", READER.format(takes=BY_ENDING, read="raise ValueError('second')"), "second")
    done = site.label("pots.bars")
    assert b"'bars' is taken by first" in done.err or done.code == 0


def test_what_it_reads_is_labelled_in_a_terminal_and_taken_home(site: Readers, terminal: Callable[..., Any]) -> None:
    site.add_reader("bars", LOUD + READER.format(takes=BY_ENDING, read=""))
    site.add("good", STRATEGY.format(name="mine", body=""))  # what the screen has tried says nothing of what workers need
    at = terminal("label", "pots.bars", "--strategy", "mine", "--session", "b.session", "--audit", "0", env=site.environment)
    at.wait("one of the first")
    at.wait("size")
    for number, key in enumerate("121", 1):
        at.press(key)
        at.wait(rf"{number} labels? ")
    at.press("q")
    assert at.finish() == 0
    assert "LOUD" not in at.raw
    done = site.run("export", "b.session", "--format", "jsonl")
    records = [json.loads(line) for line in done.out.splitlines()]
    assert sorted(record["label"] for record in records) == ["big", "big", "small"]
    assert {record["name"] for record in records} < {"jug", "bowl", "vase", "urn", "cup"}
