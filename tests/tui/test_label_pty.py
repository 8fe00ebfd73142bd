"""Labelling with the real program in a real terminal, with real workers."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest
from commands import al_tui

from al_core.data.contents import open_contents, open_looks
from al_core.data.looks import Size
from al_core.sessions.actions import ClassAdded
from al_core.sessions.store import SessionFile

StartTerminal = Callable[..., Any]


def run(tmp_path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return al_tui(args, home(tmp_path))


def home(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return kept | {"HOME": str(tmp_path)}


def test_label_five_undo_one_quit_resume_export(terminal: StartTerminal, tmp_path: Path) -> None:
    at = terminal("label", "--annotator", "anna")
    at.wait("one of the first items")
    for number, key in enumerate("31415", 1):
        at.press(key)
        at.wait(rf"{number} labels? ")
    at.press("u")
    at.wait(r"4 labels ")
    pids = at.workers
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert at.all_gone(pids)
    (session,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    assert f"al-tui resume {session.stem}" in at.raw

    with SessionFile.open(session, read_only=True) as file:
        at_quit = file.ledger.current
    again = terminal("resume")
    again.wait(r"4 labels ")
    assert "resuming digits-" in again.raw
    again.press("9")
    again.wait(r"5 labels ")
    again.press("q")
    assert again.finish() == 0
    with SessionFile.open(session, read_only=True) as file:
        typed = [given.label for given in file.ledger.answers.values()]
        assert list(file.ledger.answers)[-1] == at_quit
    assert typed == [3, 1, 4, 1, 9]
    done = run(tmp_path, "export", session.stem, "--format", "jsonl")
    records = {record["item"]: record for record in map(json.loads, done.stdout.splitlines())}
    assert {item: record["label"] for item, record in records.items()} == {
        item: str(given.label) for item, given in file.ledger.answers.items()
    }
    assert {record["by"] for record in records.values()} == {"person"}


def test_a_session_with_a_class_that_was_added_is_labelled_on(terminal: StartTerminal, tmp_path: Path) -> None:
    path, project = tmp_path / "foxes.session", tmp_path / "al-tui.toml"
    at = terminal("label", "--session", str(path))
    at.wait("one of the first items")
    at.press("1")
    at.wait("1 label ")
    at.press("q")
    assert at.finish() == 0
    with SessionFile.open(path) as file:
        file.append([ClassAdded(10, "fox")], "ann")
    project.write_text('[keys]\nfox = "j"\n')
    again = terminal("resume", str(path), "--project", str(project))
    again.wait("j fox")
    again.press("j")
    again.wait("2 labels ")
    again.press("\t")
    again.wait("Which class")
    again.press("fo\r")
    again.wait("3 labels ")
    for number, key in enumerate("2345678", 4):
        again.press(key)
        again.wait(rf"{number} labels ")
    again.wait("asked by expected_error_reduction|the model's next best")
    again.wait("model knows every answer")
    again.press("q")
    assert again.finish() == 0
    assert "Traceback" not in again.raw
    assert run(tmp_path, "export", str(path), "--format", "csv").stdout.count(",fox,") == 2
    with SessionFile.open(path, read_only=True) as file:
        assert sorted(file.ledger.person_labels.values()) == [1, *range(2, 9), 10, 10]
        assert file.ledger.rounds[-1].labels == 10


def test_a_second_process_is_told_and_may_look(terminal: StartTerminal, tmp_path: Path) -> None:
    at = terminal("label", "--session", str(tmp_path / "mine.session"))
    at.wait("one of the first items")
    at.press("7")
    at.wait("1 label ")
    second = terminal("resume", str(tmp_path / "mine.session"))
    assert second.finish() == 2
    assert "is held by process" in second.raw
    third = terminal("resume", str(tmp_path / "mine.session"), "--read-only")
    third.wait("reading only")
    third.press("4")
    third.wait("open for reading only")
    third.press("q")
    assert third.finish() == 0
    at.press("q")
    assert at.finish() == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("label",), "labelling needs one"),
        (("resume",), "begin one with: al-tui"),
        (("label", "--batch", "0"), "--batch is 0"),
        (("label", "--budget", "0"), "--budget is 0"),
        (("label", "--seed", "-1"), "--seed is -1"),
        (("label", "--seed", "4294967296"), "--seed is 4294967296"),
        (("label", "--batch", "10000000000000000000"), "--batch is 10000000000000000000"),
        (("label", "--budget", "10000000000000000000"), "--budget is 10000000000000000000"),
        (("label", "wine"), "wine is a table"),
        (("label", "--strategy", "margins"), "did you mean"),
        (("resume", "nothing"), "no session"),
    ],
)
def test_what_cannot_begin_says_why_in_one_line(tmp_path: Path, args: tuple[str, ...], words: str) -> None:
    done = run(tmp_path, *args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_burst_of_keys_in_a_real_terminal_is_labelled_in_order(terminal: StartTerminal, tmp_path: Path) -> None:
    typed = [(7 * number + number // 9) % 10 for number in range(200)]
    at = terminal("label", "--session", str(tmp_path / "burst.session"))
    at.wait("one of the first items")
    at.press("".join(map(str, typed)))
    at.wait("200 labels ")
    at.press("q")
    assert at.finish() == 0
    with SessionFile.open(tmp_path / "burst.session", read_only=True) as file:
        assert [given.label for given in file.ledger.answers.values()] == typed


PICTURE_TOP, PICTURE_LEFT, ZOOM = 2, 1, 2


def read_picture(at: Any) -> bytes:
    """The grey levels of the large picture on the screen, from the background colours of its cells."""
    levels = bytearray()
    for y in range(8):
        for x in range(8):
            cell = at.screen.buffer[PICTURE_TOP + ZOOM * y][PICTURE_LEFT + 2 * ZOOM * x]
            levels.append(round((int(cell.bg[0:2], 16) - 0x10) * 255 / (0xF4 - 0x10)))
    return bytes(levels)


def next_item(at: Any, looks: list[bytes], before: int | None) -> int:
    """The row of the picture on the screen, once it is another than ``before``."""
    for _ in range(200):
        seen = read_picture(at)
        apart, row = min((sum(abs(a - b) for a, b in zip(seen, look, strict=True)), row) for row, look in enumerate(looks))
        if apart <= 64 and row != before:
            return row
        with contextlib.suppress(pexpect.TIMEOUT):
            at.stream.feed(at.child.read_nonblocking(65536, timeout=0.5))
    raise AssertionError(f"no item can be read from\n{at.text}")


@pytest.mark.scale
def test_a_person_who_reads_the_screen_reaches_98_percent_with_65_labels(
    terminal: StartTerminal, record_property: Callable[[str, object], None]
) -> None:
    here = open_contents("digits")
    looks = [look.pixels for look in open_looks("digits", None, Size(8, 8))]
    reached = []
    for seed in range(5):
        at = terminal("label", "--seed", str(seed))
        at.wait("one of the first items")
        row = None
        for number in range(1, 66):
            row = next_item(at, looks, row)
            at.press(here.classes[here.truth[row]])
            at.wait(rf"\b{number} labels? ")
            at.wait("model knows every answer")
        at.settle()
        reached.append(float(at.wait(r"Test accuracy ([\d.]+)%")[1]))
        at.press("q")
        assert at.finish() == 0
    record_property("test_accuracy_per_seed", reached)
    assert sum(reached) / len(reached) >= 98.0, reached
