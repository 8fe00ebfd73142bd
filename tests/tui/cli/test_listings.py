"""Learners and starting sets on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from al_tui.main import main


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["al-tui", *args])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capsys.readouterr()
    return int(str(end.value.code)), out, err


def test_lists_learners_with_their_parameters(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(monkeypatch, capsys, "learners")
    assert code == 0
    for text in ("gaussian_field", "neighbours=7", "soft_vote(a,b,…)", "knn", "k=5", "module:factory"):
        assert text in out


def test_lists_learners_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(monkeypatch, capsys, "learners", "--json")
    found = {entry["name"]: entry for entry in json.loads(out)}
    assert code == 0
    assert found["knn"]["parameters"][0]["name"] == "k"
    assert found["knn"]["parameters"][0]["default"] == "5"
    assert found["soft_vote"]["takes_learners"] is True
    assert all({"name", "summary", "source", "takes_learners", "parameters"} == set(entry) for entry in found.values())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--initial", "typicl"), "'typicl' is not one of 'random_per_class', 'typical'"),
        (("--initial", "typical", "--budget", "10"), "it must exceed the 10 labels"),
        (("--learner", "knn(k=0)"), "knn: k is 0; it must be at least 1"),
        (("--learner", "no.such:thing"), "cannot import no.such"),
    ],
)
def test_says_in_one_line_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], message: str
) -> None:
    code, out, err = run(monkeypatch, capsys, "bench", *args)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_bench_starts_from_typical_items(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    args = ("--learner", "gaussian_field", "--strategies", "expected_error_reduction", "--initial", "typical", "--batch", "1")
    code, out, _ = run(monkeypatch, capsys, "bench", *args, "--budget", "13", "--workers", "1", "--json")
    assert code == 0
    document = json.loads(out)
    assert document["protocol"]["initial_method"] == "typical"
    assert document["strategies"][0]["curve"]["labels"] == [10, 11, 12, 13]


def test_a_learner_of_an_installed_distribution_is_listed_and_learns(tmp_path: Path) -> None:
    info = tmp_path / "guessing-0.1.dist-info"
    info.mkdir()
    (tmp_path / "guessing.py").write_text(
        "from al_core import learner\n"
        "from al_core.learners.estimator import ConstantModel\n"
        "@learner('first_class', summary='Always the first class.', source='nobody')\n"
        "def first_class(training):\n"
        "    return ConstantModel(0, training.n_classes)\n"
    )
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: guessing\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[al_tui.learners]\nguessing = guessing\nbroken = nowhere\n")
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "al_tui"]
    listed = subprocess.run([*command, "learners"], env=env, capture_output=True, text=True, check=True)
    assert "first_class\n  Always the first class." in listed.stdout
    assert "the plug-in 'broken' is left out: ModuleNotFoundError" in listed.stderr
    options = ["--strategies", "random", "--learner", "first_class", "--dataset", "iris", "--budget", "16", "--no-results"]
    done = subprocess.run([*command, "bench", *options, "--json"], env=env, capture_output=True, text=True, check=True)
    (row,) = json.loads(done.stdout)["strategies"]
    assert row["final_accuracy"]["mean"] == pytest.approx(1 / 3, abs=0.01)


def test_lists_data_sets_with_their_parameters(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(monkeypatch, capsys, "datasets")
    assert code == 0
    for text in ("digits  (1,797 items, 10 classes)", "plane  (200 items, 2 classes)", "separation=1.0 (0 to 100)"):
        assert text in out
    code, out, _ = run(monkeypatch, capsys, "datasets", "--json")
    found = {entry["name"]: entry for entry in json.loads(out)}
    assert code == 0
    assert [entry["name"] for entry in found["blobs"]["parameters"]] == ["items", "centres", "rare", "spread", "seed"]
    assert found["iris"]["parameters"] == []


@pytest.mark.parametrize("words", [("--dataset",), ("bench",), ("bench", "--datasets"), ("label",), ()])
def test_wrong_parameters_of_a_data_set_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, out, err = run(monkeypatch, capsys, *words, "plane(separatio=2)")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "no parameter of plane 'separatio'; did you mean 'separation'?" in err


def test_a_strategy_that_is_named_says_what_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(monkeypatch, capsys, "strategies", "margin", "power_margin(beta=2)")
    assert code == 0
    for text in ("margin  (uncertainty)", "P(y₁|x) − P(y₂|x)", "Scheffer", "the smallest", "power_margin  (", "beta=1.0"):
        assert text in out
    assert "entropy" not in out
    code, out, _ = run(monkeypatch, capsys, "strategies", "entropy", "--json")
    assert [entry["name"] for entry in json.loads(out)] == ["entropy"]
    code, out, err = run(monkeypatch, capsys, "strategies", "margn")
    assert (code, out) == (2, "")
    assert "did you mean 'margin'?" in err
