"""`al-tui bench` and `al-tui report` through the door that people use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import commands
import pytest
from trials import PATIENCE

BASE = ["--dataset", "iris", "--budget", "26", "--strategies", "random,margin", "--workers", "1"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def al_tui(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """By the script that people call where worker processes are wanted, and in a fork otherwise."""
    env = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_STATE_HOME": str(home / "state")}
    if "--workers" not in words:
        return commands.al_tui(words, env)
    script = Path(sys.executable).with_name("al-tui")
    return subprocess.run([script, *words], capture_output=True, text=True, env=env, timeout=PATIENCE, check=False)


def test_the_second_time_is_answered_from_the_store_and_reported(home: Path, tmp_path: Path) -> None:
    first = al_tui(home, "bench", *BASE, "--seeds", "2", "--json")
    again = al_tui(home, "bench", *BASE, "--seeds", "2", "--json")
    assert first.returncode == again.returncode == 0
    assert first.stdout == again.stdout
    assert "8 of 8 runs are known already" in again.stderr
    document = json.loads(first.stdout)
    assert [row["name"] for row in document["strategies"]] == ["random", "margin", "random#2"]
    assert {row["verdict"] for row in document["strategies"]} == {"preview"}
    assert al_tui(home, "report", "--list").stdout.count("iris with logistic") == 1
    page = tmp_path / "report.html"
    assert al_tui(home, "report", "--out", str(page)).returncode == 0
    assert page.read_text().startswith("<!DOCTYPE html>")
    twice = al_tui(home, "report", "--out", str(page))
    assert (twice.returncode, twice.stdout) == (2, "")
    assert "is there already" in twice.stderr
    assert al_tui(home, "report", "--format", "json").stdout == first.stdout


def test_one_against_one_values_of_a_named_learner_are_not_taken_for_classes(home: Path) -> None:
    """Three classes have three pairs: read as classes, margin's area on iris fell from .969 to .882, below random's."""
    areas = []
    for shape in ("ovo", "ovr"):
        learner = f"sklearn.svm:SVC(decision_function_shape={shape},C=10)"
        words = ["--dataset", "iris", "--strategies", "margin", "--budget", "60", "--batch", "5", "--executor", "inline"]
        done = al_tui(home, "bench", *words, "--learner", learner, "--no-results", "--json")
        assert done.returncode == 0
        areas.append(json.loads(done.stdout)["strategies"][0]["aulc"]["mean"])
    assert areas[0] == areas[1] > 0.95


def test_without_a_store_nothing_is_kept(home: Path) -> None:
    done = al_tui(home, "bench", *BASE, "--no-results", "--executor", "inline")
    assert done.returncode == 0
    assert "One seed: a preview, no verdict." in done.stdout
    assert "random#2" not in done.stdout
    assert not list(home.rglob("*.sqlite3"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--executor", "dask"], "--executor dask and --scheduler"),
        (["--scheduler", "tcp://127.0.0.1:1"], "--executor dask and --scheduler"),
        (["--seeds", "0"], "--seeds is 0; at least 1 is needed"),
        (["--datasets", "iris,vine"], "no data set, file or folder 'vine'; did you mean 'wine'?"),
        (["--datasets", ","], "--datasets is empty"),
        (["--learners", "logistic,logistic"], "--learners names logistic more than once"),
        (["--second-target", "2"], "--second-target is 2"),
        (["--no-results", "--results", "x"], "exclude each other"),
        (["--strategies", "random#1"], "write random#2 for a second, independent random"),
    ],
)
def test_wrong_options_are_one_line(home: Path, words: list[str], message: str) -> None:
    done = al_tui(home, "bench", *(BASE[2:] if "--datasets" in words else BASE), *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_tables_are_for_the_bench(home: Path) -> None:
    done = al_tui(home, "--dataset", "breast_cancer")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        "breast_cancer is a table, which the dashboard cannot show; use: al-tui bench --datasets breast_cancer" in done.stderr
    )


def test_a_class_is_made_rare_by_the_name_of_the_data_set(home: Path) -> None:
    words = ["--datasets", "iris,iris( rare='setosa', share=.1 )", "--metric", "recall(setosa)", "--executor", "inline"]
    done = al_tui(home, "bench", *BASE[2:], *words, "--no-results", "--json")
    assert done.returncode == 0, done.stderr
    whole, part = json.loads(done.stdout)["comparisons"]
    assert part["protocol"]["dataset"] == part["data"]["name"] == "iris(rare=setosa,share=0.1)"
    assert (whole["protocol"]["pool"], part["protocol"]["pool"]) == (99, 71)
    assert "'iris(rare=setosa,share=0.1)'" in part["command"]
    for wrong, message in (
        ("iris(rare=rose)", "no class 'rose'; the classes of iris are: setosa"),
        ("iris(rare=setosa", "no data set"),
    ):
        done = al_tui(home, "bench", wrong, *BASE[2:], "--no-results")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert message in done.stderr
