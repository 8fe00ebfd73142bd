"""A race whose labels are careless, on a terminal: left, resumed, reported, and computed anew by the printed command."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def document(*words: str, home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "al_tui", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def curves(found: dict[str, Any]) -> dict[str, Any]:
    return {row["name"]: row["curve"] for row in found["strategies"]}


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
