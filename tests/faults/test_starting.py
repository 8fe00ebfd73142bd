"""Workers that start where it is not easy, and screens that leave with the reason where they cannot start."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

StartTerminal = Callable[..., Any]

BROKEN = "raise ImportError('libopenblas.so.0: cannot open shared object file')\n"


def left(at: Any, words: str) -> None:
    """The program has left with its terminal in order, and one line that says why."""
    code = at.finish()
    after = at.raw.rpartition("\x1b[?1049l")[2]
    told = [line for line in after.replace("\r", "").split("\n") if "al-tui: " in line]
    assert code == 2, at.raw
    assert len(told) == 1, after
    assert re.search(words, told[0])
    assert "Traceback" not in at.raw
    assert "go on with" not in after


@pytest.mark.parametrize("name", ["t" * 90, "missing"])
def test_the_temporary_directory_may_be_called_anything(terminal: StartTerminal, tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    if name != "missing":
        place.mkdir()
    race = terminal("--budget", "40", "--pace", "max", env={"TMPDIR": str(place)})
    race.wait("Comparison ·")
    race.press("q")
    assert race.finish() == 0
    label = terminal("label", env={"TMPDIR": str(place)})
    label.wait("one of the first items")
    for number, key in enumerate("314", 1):
        label.press(key)
        label.wait(rf"{number} labels? ")
    pids = label.workers
    label.press("q")
    assert label.finish() == 0
    assert "Traceback" not in race.raw + label.raw
    assert label.all_gone(pids)


@pytest.mark.parametrize("words", [(), ("--seeds", "3"), ("label",)], ids=" ".join)
def test_where_nothing_can_be_started_a_screen_leaves_and_says_why(
    terminal: StartTerminal, tmp_path: Path, words: tuple[str, ...]
) -> None:
    place = tmp_path / "gone"

    def remove() -> None:
        place.mkdir()
        os.chdir(place)
        place.rmdir()

    left(terminal(*words, prepare=remove), r"no worker process can be started: the working directory is gone")


@pytest.mark.parametrize("words", [(), ("label",)], ids=" ".join)
def test_libraries_that_cannot_be_loaded_are_told_by_whoever_sees_it_first(
    terminal: StartTerminal, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """The screen's process loads none of them: it is the workers that find out."""
    broken = tmp_path / "site" / "sklearn"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text(BROKEN)
    at = terminal(*words, env={"PYTHONPATH": str(broken.parent)})
    left(at, r"no worker process can be started: ImportError: libopenblas\.so\.0: cannot open")
