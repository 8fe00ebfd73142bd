"""A race over data of which some items have no label says so: on its screen, in its files, on stderr and in reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from trials import PATIENCE

from al_core.data import kinds
from al_core.data.dataset import UNKNOWN, Dataset
from al_core.data.kinds import load_dataset
from al_core.reports.comparison import race_json, race_markdown, race_note
from al_tui.widgets.header import HeaderLine

SAID = "150 of 1,797 items have no label; the race is over the other 1,647"


@pytest.fixture
def partly(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = load_dataset("digits")
    y = np.where(np.arange(1797) < 150, UNKNOWN, digits.y)
    data = Dataset("digits", digits.X, y, digits.classes, digits.images)
    monkeypatch.setattr(kinds, "load_dataset", lambda name: data)


@pytest.mark.usefixtures("partly")
async def test_the_race_screen_says_it(desk: Callable[..., Any]) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        assert "1,647 of 1,797 items have a label" in at.app.screen.query_one(HeaderLine).render().plain
        view = at.app.engine.view
        assert race_note(view).endswith(f" {SAID}.")
        assert SAID in race_markdown(view)
        assert SAID in json.loads(race_json(view))["note"]


async def test_where_every_item_has_a_label_nothing_is_said(desk: Callable[..., Any]) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        assert "have a label" not in at.app.screen.query_one(HeaderLine).render().plain
        assert "label;" not in race_note(at.app.engine.view)


SOME_IRISES = """
from sklearn import datasets

whole = datasets.load_iris

def load_iris():
    bunch = whole()
    bunch.target[::5] = -1
    return bunch

datasets.load_iris = load_iris
"""


def test_bench_and_reports_say_it(tmp_path: Path) -> None:
    """The program with all its workers, on a machine whose irises are labelled but for every fifth."""
    (tmp_path / "sitecustomize.py").write_text(SOME_IRISES)
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    env = {name: value for name, value in env.items() if not name.startswith("XDG_")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "al_tui", *words]
        return subprocess.run(command, capture_output=True, text=True, env=env, timeout=PATIENCE, check=False)

    asked = ("--dataset", "iris", "--budget", "26", "--strategies", "random,margin", "--seeds", "2", "--workers", "1")
    said = "30 of 150 items have no label; the race is over the other 120"
    done = run("bench", *asked)
    assert done.returncode == 0
    assert done.stderr.count(said) == 1
    assert f"data set 'iris': {said}" in done.stderr
    assert said in " ".join(done.stdout.split())
    document = json.loads(run("bench", *asked, "--json").stdout)
    assert (document["data"]["items"], document["data"]["unlabelled"]) == (150, 30)
    assert (document["protocol"]["test"], document["protocol"]["pool"]) == (36, 120 - 36 - 6)
    out = tmp_path / "bench.json"
    out.write_text(json.dumps(document))
    for form in ("md", "html", "methods"):
        assert run("report", "--format", form).stdout.count(said) == 1
        assert run("report", str(out), "--format", form).stdout.count(said) == 1
