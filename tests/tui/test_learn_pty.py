"""A lesson taken in a real terminal, with real workers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

StartTerminal = Callable[..., Any]


def test_lesson_one_from_the_list_to_its_end_and_the_next_begins_with_the_same_workers(terminal: StartTerminal) -> None:
    at = terminal("learn", "--workers", "1")
    at.wait("What labels cost")
    at.press("\r")
    at.wait("A label is work")
    at.wait("paused")
    at.press("\r")
    at.wait("Two who choose")
    at.press("n")
    at.wait(r"n ✓")
    at.press("\r\r\r")
    at.wait("who will have labelled more eights")
    at.press("\r")
    at.wait("What do you expect")
    at.press("\x1b[B\r")
    at.wait("As you expected: margin")
    at.press("\r")
    at.wait("What to take along")
    at.press("\r")
    at.wait("✓ 1")
    pids = at.workers
    at.press("\r")
    at.wait("Where is doubt")
    at.wait("paused")
    assert set(at.workers) == set(pids)
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert "\x1b[?1049l" in at.raw
    assert at.all_gone(pids)


def test_the_palette_of_a_race_leads_to_the_lessons_and_the_race_is_kept(terminal: StartTerminal, tmp_path: Path) -> None:
    path = tmp_path / "r.session"
    words = ("--strategies", "random,margin", "--budget", "12", "--pace", "max", "--workers", "1")
    at = terminal("plane", *words, "--session", str(path))
    at.wait("Comparison ·")
    pids = at.workers
    at.press(":")
    at.wait("Find a command|Search")
    at.press("lessons")
    at.wait("Lessons, in place of this")
    at.press("\x1b[B\r")
    at.wait("how to label less, lesson by lesson")
    assert "the race is kept; see it again with: al-tui resume" in at.raw
    assert at.all_gone(pids)
    assert path.exists()
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
