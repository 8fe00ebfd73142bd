"""A bench over files of one's own, through the command."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.tui.cli.test_group import run

from al_core import Inline, TaskSpec, bench, read_dataset, summary

pytestmark = pytest.mark.filterwarnings("ignore:data set")
LEVELS = {"bowl": 40, "jug": 120, "vase": 200}
"""Of grey, about, in the pictures of a class."""
ASKED = ("--strategies", "random,margin", "--budget", "24", "--batch", "6", "--no-references")
QUICK = ("--executor", "inline")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))


def write_pots(folder: Path, each: int = 24, *, size: int = 8, seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    for name, level in LEVELS.items():
        (folder / name).mkdir(parents=True)
        for number in range(each):
            levels = np.clip(rng.normal(level, 35, (size, size)), 0, 255).astype(np.uint8)
            Image.fromarray(levels).save(folder / name / f"{number:02}.png")
    return folder


def write_archive(path: Path, seed: int = 0, n: int = 72, unknown: int = 0) -> Path:
    y = np.arange(n) % 3
    X = 2 * np.eye(3, 4)[y] + np.random.default_rng(seed).normal(size=(n, 4))
    np.savez(path, X=X, y=np.where(np.arange(n) < unknown, -1, y), classes=np.array(list(LEVELS)))
    return path


def found(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told(document: Any) -> Any:
    """What does not differ from run to run."""
    names = {"seconds_per_round", "fit_seconds_per_round", "query_seconds_per_round"}
    return [{key: value for key, value in row.items() if key not in names} for row in document["strategies"]]


def in_command(document: Any) -> list[str]:
    words = shlex.split(document["command"])
    assert words[:2] == ["al-tui", "bench"]
    return words[1:]


@pytest.mark.parametrize("way", [("pots",), ("./pots",), ("--dataset", "pots"), ("--datasets", "pots")])
def test_a_folder_is_raced_over_however_it_is_named(tmp_path: Path, way: tuple[str, ...]) -> None:
    write_pots(tmp_path / "pots")
    document = found(run("bench", *way, *ASKED, *QUICK, "--json", "--no-results", cwd=tmp_path))
    assert document["protocol"]["dataset"] == document["data"]["name"] == "pots"
    assert document["protocol"]["test"] == 22
    assert document["command"].startswith("al-tui bench ./pots --learner logistic ")
    assert str(tmp_path) not in json.dumps(document)


def test_path_archive_and_script_come_to_the_same_in_one_process_and_in_two(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "pots.npz", unknown=6)
    here = found(run("bench", "pots.npz", *ASKED, *QUICK, "--json", "--no-results", cwd=tmp_path))
    workers = found(run("bench", str(path), *ASKED, "--workers", "2", "--json", "--no-results", cwd=tmp_path))
    assert told(workers) == told(here)
    assert workers["data"] == here["data"]
    assert here["data"]["items"] == 72
    assert here["data"]["unlabelled"] == 6
    spec = TaskSpec(batch=6, budget=24)
    script = summary(bench(spec, ["random", "margin"], Inline(), data=read_dataset(path)))
    assert told(script) == told(here)
    assert script["data"]["fingerprint"] == here["data"]["fingerprint"]


def test_the_command_of_a_document_computes_the_same_again(tmp_path: Path) -> None:
    write_pots(tmp_path / "a" / "pots", size=16)
    write_pots(tmp_path / "a" / "kept", each=8, size=16, seed=1)
    words = ("a/pots", "--test", "a/kept", "--features", "pixels", *ASKED, *QUICK, "--json", "--no-results")
    first = found(run("bench", *words, cwd=tmp_path))
    assert first["protocol"]["test"] == 24
    assert first["data"]["read_with"] == [["features", "pixels"], ["test", "kept"]]
    again = found(run(*in_command(first), *QUICK, "--json", "--no-results", cwd=tmp_path / "a"))
    assert told(again) == told(first)
    assert again["command"] == first["command"]


def test_a_table_is_raced_over_by_the_columns_that_are_named(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [f"{i % 3 + rng.normal() / 3:.3f},{rng.normal():.3f},{'abc'[i % 3]},{i}" for i in range(72)]
    (tmp_path / "pots.csv").write_text("\n".join(["height,width,kind,number", *rows]))
    words = ("./pots.csv", "--label-column", "kind", "--drop", "number")
    first = found(run("bench", *words, *ASKED, *QUICK, "--json", "--no-results", cwd=tmp_path))
    assert first["command"].startswith("al-tui bench ./pots.csv --label-column kind --drop number --learner logistic ")
    again = found(run(*in_command(first), *QUICK, "--json", "--no-results", cwd=tmp_path))
    assert told(again) == told(first)
    assert run("bench", "iris", "--label-column", "kind", *ASKED, cwd=tmp_path).returncode == 2


def test_what_was_computed_is_found_again_where_the_files_lie_now(tmp_path: Path) -> None:
    write_pots(tmp_path / "pots")
    first = run("bench", "pots", *ASKED, *QUICK, "--json", cwd=tmp_path)
    (tmp_path / "pots").rename(tmp_path / "jugs")
    again = run("bench", "jugs", *ASKED, *QUICK, "--json", cwd=tmp_path)
    assert "3 of 3 runs are known already" in again.stderr
    assert told(found(again)) == told(found(first))
    Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(tmp_path / "jugs" / "jug" / "00.png")
    changed = run("bench", "jugs", *ASKED, *QUICK, "--json", cwd=tmp_path)
    assert "known already" not in changed.stderr
    assert found(changed)["data"]["fingerprint"] != found(first)["data"]["fingerprint"]
    report = run("report", "--format", "md", "--bench", "1", cwd=tmp_path)
    assert "in the folder that holds pots:" in report.stdout, report.stderr


def test_several_data_sets_are_told_apart_by_as_much_of_their_paths_as_it_takes(tmp_path: Path) -> None:
    write_pots(tmp_path / "a" / "pots")
    write_pots(tmp_path / "b" / "pots", seed=1)
    document = found(run("bench", "iris", "a/pots", "b/pots", *ASKED, *QUICK, "--json", "--no-results", cwd=tmp_path))
    assert [part["protocol"]["dataset"] for part in document["comparisons"]] == ["iris", "a/pots", "b/pots"]
    assert document["command"].startswith("al-tui bench iris ./a/pots ./b/pots --learner logistic ")
    twice = run("bench", "a/pots", "./a/pots", *ASKED)
    assert twice.returncode == 2


def test_a_path_called_like_a_data_set_is_a_path_where_it_is_written_as_one(tmp_path: Path) -> None:
    write_pots(tmp_path / "digits")
    document = found(run("bench", "./digits", *ASKED, *QUICK, "--json", "--no-results", cwd=tmp_path))
    assert document["protocol"]["dataset"] == f"{tmp_path.name}/digits"
    assert document["data"]["own"] == "files"


def test_a_larger_budget_than_there_are_labels_ends_there(tmp_path: Path) -> None:
    write_pots(tmp_path / "pots")
    done = run("bench", "pots", "--strategies", "random", *QUICK, "--json", "--no-results", cwd=tmp_path)
    assert "pots has only 50 labels to give; its runs end there" in done.stderr
    assert found(done)["protocol"]["budget"] == 50
    assert f"--budget {found(done)['protocol']['budget']} " in found(done)["command"]


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("flat",), "flat has no labels, and a race needs them; label it: al-tui label {here}/flat"),
        (("none.npy",), "none.npy has no labels, and a race needs them; label it: al-tui label {here}/none.npy"),
        (("flat", "--classes", "a,b"), "flat has no labels, and a race needs them; label it: al-tui label {here}/flat"),
        (("nothing",), "no data set, file or folder 'nothing'; there are: blobs, breast_cancer, classification, digits, "),
        (("./nothing",), "there is no file or folder ./nothing"),
        (("iris", "--features", "hog"), "--features is about pictures of your own, and iris has its own; leave it away"),
        (("pots", "--dataset", "iris"), "--dataset names data, and so do words without it; give one of them"),
        (("pots", "--datasets", "iris"), "--datasets names data, and so do words without it; give one of them"),
        (("pots", "./pots"), "pots is named more than once; name each data set once"),
        (("pots", "few", "--test", "pots"), "--test is about one data set, and 2 paths are named; give one of them"),
        (("few",), "few has 6 labels of 2 classes, which are too few for a race; label more"),
        (("pots", "--strategies", "nobody"), "no strategy 'nobody'"),
    ],
)
def test_what_cannot_be_raced_over_is_one_line(tmp_path: Path, args: tuple[str, ...], line: str) -> None:
    write_pots(tmp_path / "pots", each=4)
    np.save(tmp_path / "none.npy", np.zeros((9, 4)))
    for number in range(9):
        (tmp_path / "flat").mkdir(exist_ok=True)
        Image.fromarray(np.full((8, 8), number, dtype=np.uint8)).save(tmp_path / "flat" / f"{number}.png")
        if number < 6:
            (tmp_path / "few" / str(number % 2)).mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((8, 8), number, dtype=np.uint8)).save(tmp_path / "few" / str(number % 2) / f"{number}.png")
    done = run("bench", *args, *QUICK, "--no-results", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert line.format(here=tmp_path) in done.stderr
    assert done.stderr.startswith("al-tui: ")
    assert done.stderr.count("\n") == 1


def test_a_project_names_its_data_and_a_word_on_the_command_line_counts_first(tmp_path: Path) -> None:
    write_pots(tmp_path / "pots")
    write_pots(tmp_path / "jugs")
    (tmp_path / "al-tui.toml").write_text('dataset = "pots"\nbudget = 24\nbatch = 6\nstrategies = "random"\n')
    quick = (*QUICK, "--json", "--no-results")
    assert found(run("bench", *quick, cwd=tmp_path))["protocol"]["dataset"] == "pots"
    assert found(run("bench", "jugs", *quick, cwd=tmp_path))["protocol"]["dataset"] == "jugs"
    elsewhere = run("bench", *quick, "--project", str(tmp_path / "al-tui.toml"), cwd=tmp_path / "jugs")
    assert found(elsewhere)["protocol"]["dataset"] == "pots"


HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07",
    "[bold]x[/nope]",
    "<script>1</script>",
    "a\nb",
    "=cmd()",
    "‮evil",
    "| x |",
    "x" * 200,
    "壺🏺",
)


def test_hostile_names_are_harmless(tmp_path: Path) -> None:
    for number, name in enumerate(HOSTILE):
        write_pots(tmp_path / name.replace("/", "_"), each=8, seed=number)
    paths = [f"./{name.replace('/', '_')}" for name in HOSTILE]
    done = run("bench", *paths, "--strategies", "random", "--budget", "12", *QUICK, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    pages = {form: run("report", "--format", form, cwd=tmp_path) for form in ("html", "md", "csv", "methods")}
    assert not any(page.returncode for page in pages.values())
    for text in (done.stdout, done.stderr, *(page.stdout for page in pages.values())):
        assert not any(character in text for character in "\x1b\x07\u202e")
        assert str(tmp_path) not in text
    assert "<script>1" not in pages["html"].stdout
    assert "whose name no command can say" in pages["html"].stdout


def test_rows_of_a_group_are_kept_together_and_the_printed_command_says_so(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [f"{row % 3 + rng.normal():.3f},owner {row % 11},{list(LEVELS)[row % 3]}" for row in range(90)]
    (tmp_path / "pots.csv").write_text("\n".join(["size,owner,label", *rows]) + "\n")
    asked = ("bench", "pots.csv", *ASKED, *QUICK, "--json", "--no-results")
    document = found(run(*asked, "--group-column", "owner", cwd=tmp_path))
    assert document["data"]["groups"] == 11
    assert "Items are in 11 groups" in document["conclusion"]
    again = found(run(*in_command(document), *QUICK, "--json", "--no-results", cwd=tmp_path))
    assert told(again) == told(document) != told(found(run(*asked, cwd=tmp_path)))
    for words, message in (
        (("--group-column", "ownr"), "no column 'ownr'"),
        (("--test", "pots.csv"), "leave one of them away"),
    ):
        done = run(*asked, *words, *(() if "ownr" in words else ("--group-column", "owner")), cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert message in done.stderr
    done = run("bench", "digits", *ASKED, "--group-column", "owner", cwd=tmp_path)
    assert "--group-column is about tables of your own, and digits has its own columns" in done.stderr
