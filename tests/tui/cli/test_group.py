"""The command line's contract: what goes to stdout, what to stderr, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from commands import al_tui

from al_core.ground.release import __version__

QUICK = ("--strategies", "random,margin", "--budget", "40", "--no-results")
INLINE = ("--executor", "inline")


def run(*args: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return al_tui(args, {**os.environ, **(env or {})}, cwd)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--strategies", "margn"), "no strategy 'margn'; did you mean 'margin'?"),
        (("--strategies", ""), "--strategies is empty"),
        (("--strategies", "margin,margin"), "names margin more than once"),
        (("--strategies", "margin(beta=1)"), "takes no parameters"),
        (("--strategies", "margin("), "cannot read"),
        (("--batch", "0"), "--batch is 0"),
        (("--batch", "ten"), "'ten' is not a valid integer"),
        (("--budget", "5000"), "has only 1,257 labels to give"),
        (("--target", "1.5"), "--target is 1.5"),
        (("--learner", "logistik"), "did you mean 'logistic'?"),
        (("--workers", "0"), "--workers is 0"),
        (("--pace", "0"), "is no pace"),
        (("--round-limit", "0"), "--round-limit is 0"),
        (("--round-limit", "inf"), "--round-limit is inf"),
        (("--round-limit", "9", "--executor", "inline"), "--executor inline does not have"),
        (("bench", "--round-limit", "9", "--executor", "inline"), "--executor inline does not have"),
        (("--seed", "4294967296"), "seeds go from 0 to 4294967295"),
        (("bench", "--seed", "4294967295", "--seeds", "2"), "go beyond the last one, 4294967295"),
        (("bench", "--dataset", "iris", "--datasets", "iris,wine"), "--dataset and --datasets exclude each other"),
        (("bench", "--learner", "knn", "--learners", "knn,svm"), "--learner and --learners exclude each other"),
        (("bench", "--datasets", "iris,wine", "--budget", "6"), "must exceed the 6 labels a run starts with"),
        (("--seeds", "0"), "--seeds is 0; at least 1 is needed"),
        (("--executor", "dask"), "--executor dask and --scheduler tcp://… belong together"),
        (("--no-results", "--results", "x"), "exclude each other"),
        (("--sead", "3"), "No such option '--sead'"),
        (
            ("label", "x.csv", "--group-column", "patient"),
            "al-tui label takes no --group-column, which is an option of al-tui and al-tui bench; leave it away",
        ),
        (("bench", "--seeds", "0"), "--seeds is 0"),
        (("bench", "--seeds", "x"), "not a valid integer"),
        (("--seed", "3", "bench"), "write it behind"),
        (("benhc",), "benhc"),
    ],
)
def test_bad_options_are_one_line_and_exit_2(args: tuple[str, ...], words: str) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.startswith("al-tui: ")
    assert done.stderr.count("\n") == 1


def test_without_a_terminal_the_hint_names_bench() -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "al-tui: this is no terminal; for a race without a screen use: al-tui bench\n"


def test_version_and_help_with_examples() -> None:
    assert run("--version").stdout == f"al-tui {__version__}\n"
    for args in (("--help",), ("bench", "--help")):
        done = run(*args)
        assert done.returncode == 0
        assert "Examples:" in done.stdout
        assert "--strategies" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    done = run("completion", shell)
    assert done.returncode == 0
    assert "_AL_TUI_COMPLETE" in done.stdout


def test_strategies_as_text_and_json() -> None:
    text = run("strategies").stdout
    assert "P(y₁|x) − P(y₂|x)" in text
    rows = {row["name"]: row for row in json.loads(run("strategies", "--json").stdout)}
    assert {"random", "least_confidence", "margin", "entropy"} <= set(rows)
    assert rows["margin"]["source"].startswith("Scheffer")
    assert all(row["formula"] and row["family"] and row["source"] for row in rows.values())


def without_times(document: dict[str, Any]) -> dict[str, Any]:
    for entry in document["strategies"]:
        times = {key: entry.pop(key) for key in [key for key in entry if "seconds" in key]}
        assert times
        assert all(value > 0 for value in times.values()), times
    return document


def test_bench_json_has_its_fields_and_does_not_depend_on_workers() -> None:
    one, two = (run("bench", *QUICK, "--seeds", "2", "--json", "--workers", workers) for workers in ("1", "2"))
    assert one.returncode == two.returncode == 0
    document = json.loads(one.stdout)
    assert without_times(json.loads(two.stdout)) == without_times(json.loads(one.stdout))
    protocol = document["protocol"]
    assert {
        key: protocol[key] for key in ("dataset", "learner", "seeds", "initial", "pool", "test", "batch", "budget", "target")
    } == {
        "dataset": "digits",
        "learner": "logistic",
        "seeds": [0, 1],
        "initial": 20,
        "pool": 1237,
        "test": 540,
        "batch": 10,
        "budget": 40,
        "target": 0.9,
    }
    assert document["version"] == __version__
    entry = next(entry for entry in document["strategies"] if entry["name"] == "margin")
    assert set(entry["labels_to_target"]) >= {"mean", "median", "reached", "per_seed"}
    assert set(entry["labels_to_target_held"]) >= {"mean", "median", "reached", "per_seed"}
    assert "estimate" in entry["saved_vs_random"]
    assert len(entry["aulc"]["per_seed"]) == len(entry["final_accuracy"]["per_seed"]) == 2
    assert entry["curve"]["labels"] == [20, 30, 40]
    assert len(entry["curve"]["accuracy"]) == 3
    assert entry["seconds_per_round"] > 0


def test_bench_prints_a_table_on_stdout_and_narrates_on_stderr(tmp_path: Path) -> None:
    done = run("bench", *QUICK)
    assert done.returncode == 0
    assert done.stdout.startswith("strategy")
    assert "preview" in done.stdout
    assert "margin" in done.stdout
    assert "on digits with logistic" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_bench_out_is_never_replaced_without_force(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    out.write_text("precious")
    refused = run("bench", *QUICK, *INLINE, "--json", "--out", str(out))
    assert refused.returncode == 2
    assert "is there already" in refused.stderr
    assert out.read_text() == "precious"
    done = run("bench", *QUICK, *INLINE, "--json", "--out", str(out), "--force")
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(out.read_text())["protocol"]["budget"] == 40
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
