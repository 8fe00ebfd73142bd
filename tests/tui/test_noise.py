"""A race whose labels are careless, on a terminal: left, resumed, reported, and computed anew by the printed command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from commands import al_tui

from al_tui.commands.palette_provider import TableProvider
from al_tui.screens.help import Help


def document(*words: str, home: Path) -> dict[str, Any]:
    done = al_tui(words, {"HOME": str(home), "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def curves(found: dict[str, Any]) -> dict[str, Any]:
    return {row["name"]: row["curve"] for row in found["strategies"]}


@pytest.mark.parametrize(
    ("noise", "words"),
    [
        (0.0, "Answer the rest of the batch from ground truth"),
        (0.25, "Answer the rest of the batch as somebody careless would, wrong with probability 0.25"),
    ],
)
async def test_what_a_answers_is_said_in_help_and_palette(desk: Callable[..., Any], noise: float, words: str) -> None:
    at = desk()
    at.engine.view = at.engine.view._replace(spec=replace(at.engine.view.spec, noise=noise))
    async with at.app.run_test(size=(120, 50)) as pilot:
        palette = [hit.text async for hit in TableProvider(at.app.screen).discover()]
        await at.press(pilot, "question_mark")
        assert isinstance(at.app.screen, Help)
        shown = at.app.screen._text().plain
        assert words in " ".join(shown.split())
        assert ("ground truth" in shown) == (not noise)
        assert [text for text in palette if text is not None and "rest of the batch" in text] == [words.partition(",")[0]]


def test_a_race_with_noise_is_left_resumed_reported_and_computed_anew(terminal: Callable[..., Any], tmp_path: Path) -> None:
    kept = tmp_path / "a.session"
    race = ("--strategies", "random,margin", "--budget", "60", "--noise", "0.3", "--workers", "2")
    at = terminal(*race, "--pace", "1", "--session", str(kept))
    at.wait("noise 0.3")
    at.wait("30/60")
    at.press("q")
    assert at.finish() == 0
    at = terminal("resume", str(kept), "--pace", "max")
    at.wait("noise 0.3")
    at.wait("Comparison")
    at.press("q")
    assert at.finish() == 0
    found = document("report", str(kept), "--format", "json", home=tmp_path)
    assert found["protocol"]["noise"] == 0.3
    command = shlex.split(found["command"])
    assert command[-2:] == ["--noise", "0.3"]
    bench = (*command[1:], "--no-results", "--executor", "inline", "--json")
    assert curves(document(*bench, home=tmp_path)) == curves(found)
    quiet = document(*bench, "--noise", "0", home=tmp_path)
    assert curves(quiet) != curves(found)
    assert "noise" not in quiet["protocol"]
